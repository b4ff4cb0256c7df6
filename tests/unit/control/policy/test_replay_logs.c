/* SPDX-License-Identifier: BSD-2-Clause */
/* test_replay_logs - messages of the past, joined from the lines of Postfix and
 * of tdc-milter */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/policy/policy_replay.h"
#include "tests/unit/scratch.h"

static struct buf heard = BUF;

static void
hear(void *arg, const struct past_message *message)
{
	(void)arg;
	buf_format(&heard, "%s <%s> %s[%s]%s %llu", message->queue_id,
	    message->sender, message->client.name, message->client.address,
	    message->authenticated ? " auth" : "",
	    (unsigned long long)message->size);
	if (message->skipped != SKIP_NOT)
		buf_format(&heard, " skip %d", message->skipped);
	for (size_t i = 0; i < message->count; i++) {
		const struct past_recipient *to = &message->recipients[i];

		buf_format(&heard, " <%s>", to->address);
		if (to->intake != NULL)
			buf_format(&heard, " %s %s %llu", to->intake,
			    to->policy, (unsigned long long)to->mid);
	}
	buf_byte(&heard, '\n');
}

/* messages - that these lines tell of */
static void
messages(const char *lines, const char *expected, unsigned parts)
{
	static const struct conf conf = { .syslog_name = "" };
	char *dir = scratch_new();
	own(str) char *path = scratch_file(dir, "log", lines);
	const char *const files[] = { path };
	const struct replay_from from = { .files = files, .file_count = 1 };
	struct replay_logs *logs = replay_logs_open(&conf, &from);
	struct replay_seen seen;

	buf_cut(&heard, 0);
	replay_logs_read(logs, hear, NULL, &seen);
	replay_logs_close(logs);
	assert_string_equal(heard.data != NULL ? heard.data : "", expected);
	assert_int_equal(seen.parts, parts);
	assert_int_equal(seen.late, 0);
	scratch_free(dir);
}

#define AT "Nov 26 07:30:05 gw "
#define CLIENT AT "postfix/smtpd[1]: 4Q1234: client=mx.client.example[192.0.2.1]"
#define QUEUED AT "postfix/qmgr[1]: 4Q1234: from=<s@client.example>, size=123, " \
    "nrcpt=2 (queue active)\n"
#define TO(address) AT "postfix/lmtp[1]: 4Q1234: to=<" address ">, relay=none, " \
    "delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (250 to=<x@y.example>)\n"
#define REMOVED AT "postfix/qmgr[1]: 4Q1234: removed\n"
#define MILTER AT "tdc-milter[2]: TDC: "
#define ENQUEUED(mid, intake) MILTER "MID " mid " with Message-ID '<a@b>' " \
    "enqueued for forwarding to Cisco to the message intake address " intake "\n"
#define ORIGIN(mid, to) MILTER "MID " mid " queue-id 4Q1234 from " \
    "<S@client.example> to " to " policy A b size 99\n"
#define A "<a@corp.example>"
#define B "<b@corp.example>"
#define COPIED " j@intake.example A b 7"

static void
joined(void **state)
{
	(void)state;
	messages(CLIENT "\n" ENQUEUED("7", "j@intake.example") ORIGIN("7", A)
	    QUEUED TO("a@corp.example") TO("b@corp.example") REMOVED,
	    "4Q1234 <S@client.example> mx.client.example[192.0.2.1] 99 "
	    A COPIED " " B "\n", 0);
	/* as another thread writes it */
	messages(CLIENT "\n" QUEUED TO("A@corp.example") REMOVED
	    ENQUEUED("7", "j@intake.example") ORIGIN("7", A),
	    "4Q1234 <S@client.example> mx.client.example[192.0.2.1] 99 "
	    "<A@corp.example>" COPIED "\n", 0);
	messages(CLIENT ", sasl_method=PLAIN, sasl_username=s\n" QUEUED
	    TO("a@corp.example>, orig_to=<alias@corp.example")
	    TO("b@corp.example>, orig_to=<alias@corp.example"),
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] auth 123 "
	    "<alias@corp.example>\n", 0);
	/* the same queue id, later */
	messages(CLIENT "\n" QUEUED TO("a@corp.example") REMOVED CLIENT "\n"
	    QUEUED TO("b@corp.example") REMOVED,
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 " A "\n"
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 " B "\n",
	    0);
	/* mail_logs_file alone */
	messages(ENQUEUED("7", "j@intake.example") ORIGIN("7", A "," B),
	    "4Q1234 <S@client.example> [] 99 " A COPIED " " B COPIED "\n", 0);
}

static void
reasons(void **state)
{
	(void)state;
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: client "
	    "in internal_networks\n" QUEUED TO("a@corp.example"),
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 skip 2 "
	    A "\n", 0);
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: policy "
	    "P says NO for " A "; no policy asks for " B "; from "
	    "<s@client.example>\n" QUEUED,
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 " A " "
	    B "\n", 0);
	messages(CLIENT "\n" ENQUEUED("7", "j@intake.example") ORIGIN("7", A)
	    MILTER "queue-id 4Q1234 not journaled for some recipients: policy P "
	    "says NO for " B "; from <S@client.example>\n" QUEUED,
	    "4Q1234 <S@client.example> mx.client.example[192.0.2.1] 99 "
	    A COPIED " " B "\n", 0);
}

/* What a line of tdc-milter says of the client, or nobody knows any more. */
static void
other_reasons(void **state)
{
	(void)state;
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: client "
	    "authenticated\n" QUEUED TO("a@corp.example"),
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] auth 123 "
	    "skip 1 " A "\n", 0);
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: for "
	    "a reason of later versions\n" QUEUED TO("a@corp.example"),
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 "
	    A "\n", 0);
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: Postfix "
	    "did not show it to its end\n" QUEUED TO("a@corp.example"), "", 0);
	/* of the list that was cut nothing is left out */
	messages(CLIENT "\n" MILTER "MID 0 queue-id 4Q1234 not journaled: policy "
	    "P says NO for " A " and 1 more; from <s@client.example>\n" QUEUED
	    TO("a@corp.example") TO("b@corp.example"),
	    "4Q1234 <s@client.example> mx.client.example[192.0.2.1] 123 "
	    A " " B "\n", 0);
}

/* Lines of Postfix that were cut tell nothing. */
static void
cut(void **state)
{
	static const char *const lines[] = {
		"postfix/qmgr[1]: 4Q1234: from=<s@client.example>, size=",
		"postfix/qmgr[1]: 4Q1234: from=<s@client.example>, siz",
		"postfix/qmgr[1]: 4Q1234: from=<s@client.example",
		"postfix/qmgr[1]: 4Q1234: from=<\"s\\",
		"postfix/qmgr[1]: 4Q1234: from=<\"s",
		"postfix/qmgr[1]: 4Q1234: from=",
		"postfix/qmgr[1]: 4Q1234: fro",
		"postfix/lmtp[1]: 4Q1234: to=<z@corp.example>, orig_to=",
		"postfix/lmtp[1]: 4Q1234: to=<z@corp.example>, orig_to=<y",
		"postfix/cleanup[1]: 4Q1234: message-",
		"postfix/qmgr[1]: 4Q1234",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		own(str) char *log = mem_format("%s\n%s%s\n%s%s", CLIENT, AT,
		    lines[i], QUEUED, TO("a@corp.example"));

		messages(log, "4Q1234 <s@client.example> "
		    "mx.client.example[192.0.2.1] 123 " A "\n", 0);
	}
}

static void
many(void **state)
{
	(void)state;
	/* the list was cut, and there is one copy */
	messages(CLIENT "\n" ENQUEUED("7", "j@intake.example")
	    ORIGIN("7", A " and 1 more") QUEUED TO("a@corp.example")
	    TO("b@corp.example"),
	    "4Q1234 <S@client.example> mx.client.example[192.0.2.1] 99 "
	    A COPIED " " B COPIED "\n", 0);
	/* or two, or some without one */
	messages(CLIENT "\n" ENQUEUED("7", "j@intake.example")
	    ORIGIN("7", A " and 1 more") ENQUEUED("8", "k@intake.example")
	    ORIGIN("8", "<c@corp.example>") QUEUED TO("b@corp.example"), "", 1);
	messages(CLIENT "\n" ENQUEUED("7", "j@intake.example")
	    ORIGIN("7", A " and 1 more") QUEUED TO("b@corp.example")
	    TO("c@corp.example"), "", 1);
}

static void
not_compared(void **state)
{
	(void)state;
	/* refused; not by SMTP; begun before the log; without its recipients */
	messages(CLIENT "\n", "", 0);
	messages(AT "postfix/pickup[1]: 4Q1234: uid=0 from=<root>\n" QUEUED
	    TO("a@corp.example") REMOVED, "", 0);
	messages(ENQUEUED("7", "j@intake.example") ORIGIN("7", A) QUEUED
	    REMOVED, "", 1);
	messages(CLIENT "\n" QUEUED, "", 1);
	messages(CLIENT "\n" MILTER "Warning: queue-id 4Q1234 accepted without "
	    "a copy: no room\n" QUEUED TO("a@corp.example"), "", 1);
	messages(CLIENT "\n" MILTER "Warning: queue-id 4Q1234 deferred: no "
	    "room\n", "", 0);
}

/* Nobody else has a say in it. */
static void
hostile(void **state)
{
	(void)state;
	messages(CLIENT "\n" AT "evil[1]: TDC: MID 0 queue-id 4Q1234 not journaled: "
	    "client in internal_networks\n" AT "postfix/cleanup[1]: 4Q1234: "
	    "message-id=<x> client=y[192.0.2.9]\n" AT "postfix/cleanup[1]: "
	    "4Q1234: warning: header X: to=<z@corp.example>\n"
	    AT "postfix/qmgr[1]: 4Q1234: from=<\"x>, size=1, \\\" "
	    "\"@client.example>, size=5, nrcpt=1 (queue active)\n"
	    TO("\"a>, orig_to=<z@corp.example>, \"@corp.example")
	    AT "postfix/smtpd[1]: NOQUEUE: client=y[192.0.2.9]\n"
	    AT "postfix/smtpd[1]: 4Q1234: client=\n"
	    AT "postfix/smtpd[1]: 4Q1234: client=y[192.0.2.9\n"
	    AT "postfix/smtp[1]: 4Q1234: to=<z@corp.example\n"
	    AT "postfix/smtp[1]: 4Q1234: to=\n" AT "postfix/smtp[1]: 4Q1234:\n"
	    AT "postfix/smtp[1]: 4Q1234: \n" AT "smtp: to=<z@corp.example>\n",
	    "4Q1234 <\"x>, size=1, \\\" \"@client.example> "
	    "mx.client.example[192.0.2.1] 5 <\"a>, orig_to=<z@corp.example>, "
	    "\"@corp.example>\n", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined),
		cmocka_unit_test(reasons),
		cmocka_unit_test(other_reasons),
		cmocka_unit_test(cut),
		cmocka_unit_test(many),
		cmocka_unit_test(not_compared),
		cmocka_unit_test(hostile),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_drop(&heard);
	return failed;
}
