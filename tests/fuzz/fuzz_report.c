/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever an envelope and a header hold, the report around them keeps its
 * form, and so do the fields on top of a copy without a report.  Input: a line
 * of JSON, then the message's header.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "journal/footer.h"
#include "journal/report/report.h"
#include "tests/fuzz/fuzz.h"

/* nonce_for - what does not stand in the input, as good as certainly */
static const char *
nonce_for(const uint8_t *data, size_t size, char out[REPORT_NONCE])
{
	uint64_t sum = footer_sum(1, data, size);

	snprintf(out, REPORT_NONCE, "%016" PRIx64 "%016" PRIx64, sum,
	    footer_sum(sum, data, size));
	return out;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

static void
check(const struct report *report, const char *nonce, size_t recipients)
{
	own(str) char *boundary = mem_format("\r\n--_%s_\r\n", nonce);
	const char *head = report->head.data, *text, *end, *quoted;
	size_t lines = 0;

	must(strlen(head) == report->head.len);
	for (const char *p = head; *p != '\0'; p++) {
		must(*p != '\r' || p[1] == '\n');
		must(*p != '\n' || p[-1] == '\r');
		must((unsigned char)*p < 128 || report->eight_bit);
	}
	must(count(head, boundary) == 2);
	must(count(head, nonce) == 3);
	must(count(head, "\r\nReceived: from ") >= 1);
	text = strstr(strstr(head, boundary) + 2, "\r\n\r\n");
	end = strstr(text, boundary);
	/* "=" ends a line only where quoted-printable breaks it. */
	quoted = strstr(head, "\r\nContent-Transfer-Encoding: quoted-printable");
	for (const char *p = text + 4; p < end; p++)
		lines += *p == '\n' && (quoted == NULL || p[-2] != '=');
	must(lines == 3 + recipients);
}

/* check_bcc - fields on top of the message: each a line, or lines that go on
 * with a blank; the four each once, and nothing that ends a header */
static void
check_bcc(const struct report *report, const struct envelope *envelope)
{
	own(str) char *head = mem_format("\r\n%s", report->head.data);
	const char *line = head;
	size_t recipients = 0;

	must(report->tail.len == 0);
	must(strlen(report->head.data) == report->head.len);
	for (const char *p = head; *p != '\0'; p++) {
		must((*p == '\r') == (p[1] == '\n'));
		must((unsigned char)*p < 128 || report->eight_bit);
	}
	for (; line[2] != '\0'; line = strstr(line + 2, "\r\n")) {
		must(strstr(line + 2, "\r\n") != NULL);
		/* a message without a header gets the end of one */
		if (line[2] == '\r')
			must(envelope->header_length == 0 && line[4] == '\0');
		else
			must(line[2] == ' ' || line[2] == '\t' ||
			    strcspn(line + 2, ": \r") ==
			    strcspn(line + 2, ":"));
	}
	must(count(head, "\r\nX-CSE-ClientIP: ") ==
	    (*envelope->client_addr != '\0'));
	must(count(head, "\r\nX-CSE-MailFrom: ") == 1);
	must(count(head, "\r\nX-CSE-RcptTo:") == 1);
	must(count(head, "\r\nX-CSE-MsgDirection: Incoming\r\n") == 1);
	must(count(head, "\r\nReceived: from ") == 1);
	line = strstr(head, "\r\nX-CSE-RcptTo:") + 2;
	do
		recipients++;
	while ((line = strstr(line, "\r\n") + 2)[0] == ' ');
	must(recipients == (envelope->recipient_count > 0 ?
	    envelope->recipient_count : 1));
}

/* any_eight_bit - as the envelope of such a header would say */
static bool
any_eight_bit(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)bytes[i] > 127)
			return true;
	return false;
}

/* any_utf8 - as the envelope with such addresses would say */
static bool
any_utf8(const struct envelope *envelope)
{
	bool any = any_eight_bit(envelope->sender, strlen(envelope->sender)) ||
	    any_eight_bit(envelope->client_addr, strlen(envelope->client_addr));

	for (size_t i = 0; i < envelope->recipient_count && !any; i++)
		any = any_eight_bit(envelope->recipients[i],
		    strlen(envelope->recipients[i]));
	return any;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	const char *header = size > 0 ? memchr(json, '\n', size) : NULL;
	char nonce[REPORT_NONCE];
	struct report_options options = {
		.from = "journal@gw.example", .null_sender = "<>", .host = "gw.example",
		.remote_ip_header = "X-IronPort-RemoteIP",
		.nonce = nonce_for(data, size, nonce),
	};
	struct arena arena = { 0 };
	struct envelope envelope;
	struct report report;
	struct err err;

	if (header == NULL)
		return 0;
	header++;
	size -= (size_t)(header - json);
	if (envelope_parse(json, (size_t)(header - json), &arena, &envelope,
	    &err) == 0) {
		envelope.eight_bit = any_eight_bit(header, size);
		report_compose(&envelope, &options, header, size, &report);
		check(&report, nonce, envelope.recipient_count);
		report_drop(&report);
		options.bcc = true;
		envelope.smtputf8 = any_utf8(&envelope);
		report_compose(&envelope, &options, header, size, &report);
		check_bcc(&report, &envelope);
		report_drop(&report);
	}
	arena_drop(&arena);
	return 0;
}
