/* SPDX-License-Identifier: BSD-2-Clause */
/* What is sent: a message that says what it is, and a report around it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "forward/trial/trial_private.h"

/* write_message - lines end as SMTP wants it */
static void
write_message(const struct trial *trial, const char *date,
    struct trial_message *out)
{
	const char *host = trial->worker->settings->conf.helo_name;

	buf_texts(&out->bytes, "From: <", trial->sender, ">\r\n"
	    "To: <", trial->sender, ">\r\n"
	    "Subject: tdc test ", host, " ", date, "\r\n"
	    "Date: ", date, "\r\n"
	    "Message-ID: ", out->id, "\r\n"
	    TRIAL_FIELD ": ", host, "; ", date, "\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n"
	    "\r\n"
	    "This is a test message of the Threat Defense Connector on ", host,
	    ".\r\nAn operator sent it by \"tdcctl send-test\".  It is nobody's "
	    "mail:\r\nit shows that journal copies can be delivered to this "
	    "address.\r\n");
}

/* describe - as tdc-milter would an original of this host's own */
static struct envelope
describe(const struct trial *trial, const char **sender, int64_t now,
    const struct trial_message *message)
{
	const char *host = trial->worker->settings->conf.helo_name;
	const char *client = trial->order->client;
	const char *body = strstr(message->bytes.data, "\r\n\r\n") + 4;

	return (struct envelope){ .intake = trial->order->intake,
	    .sender = *sender, .recipients = sender, .recipient_count = 1,
	    .queue_id = "", .message_id = message->id,
	    .client_addr = client != NULL ? client : "127.0.0.1",
	    .client_name = client != NULL ? "unknown" : "localhost",
	    .helo = host, .protocol = "ESMTP", .gateway = host,
	    .policy = "send-test", .accepted = now,
	    .length = message->bytes.len,
	    .header_length = (uint64_t)(body - message->bytes.data),
	    .longest_line = 78 };
}

/* trial_compose - as forward/parcel.c does of a copy */
void
trial_compose(const struct trial *trial, struct trial_message *out)
{
	const struct conf *conf = &trial->worker->settings->conf;
	int64_t now = clock_wall();
	char nonce[REPORT_NONCE], date[CLOCK_RFC5322];
	const struct report_options options = { .from = conf->journal_from,
	    .null_sender = conf->journal_null_sender,
	    .remote_ip_header = conf->remote_ip_header,
	    .host = conf->helo_name, .nonce = nonce,
	    .bcc = conf->journal_format == CONF_BCC };
	const char *sender = trial->sender;
	struct envelope envelope;

	report_nonce(nonce);
	*out = (struct trial_message){ .bytes = BUF,
	    .id = mem_format("<tdc-test.%s@%s>", nonce, conf->helo_name) };
	write_message(trial, clock_rfc5322(now, date), out);
	envelope = describe(trial, &sender, now, out);
	report_compose(&envelope, &options, out->bytes.data,
	    (size_t)envelope.header_length, &out->report);
}

/* trial_message_drop - all of it */
void
trial_message_drop(struct trial_message *message)
{
	report_drop(&message->report);
	buf_drop(&message->bytes);
	free(message->id);
}
