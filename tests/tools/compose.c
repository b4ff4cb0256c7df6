/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compose - the copies that intakes get of given messages
 *
 *	compose [-b] [-n ADDRESS] TO CASE...
 *
 * CASE is a directory as in tests/cases/report: "message", and its "envelope"
 * as in a spool file.  Each becomes TO/NAME.eml, a journal report, or with -b
 * the message below X-CSE- fields; -n: journal_null_sender.  The boundary is
 * always the same one.
 */
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/own.h"
#include "journal/envelope.h"
#include "journal/report/report.h"

static struct report_options options = {
	.from = "journal@gw.example",
	.null_sender = "<>",
	.remote_ip_header = "X-IronPort-RemoteIP",
	.host = "gw.example",
	.nonce = "0123456789abcdef0123456789abcdef",
};

static void __attribute__((noreturn))
die(const char *what, const char *why)
{
	fprintf(stderr, "compose: %s: %s\n", what, why);
	exit(EX_DATAERR);
}

/* content - of DIR/NAME */
static struct buf
content(const char *dir, const char *name)
{
	own(str) char *path = mem_format("%s/%s", dir, name);
	struct buf bytes = BUF;
	FILE *file = fopen(path, "r");
	size_t n;

	if (file == NULL)
		die(path, "cannot be opened");
	while ((n = fread(buf_room(&bytes, 65536), 1, 65536, file)) > 0)
		bytes.len += n;
	fclose(file);
	return bytes;
}

static void
put(const char *path, const struct report *report, const struct buf *message)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		die(path, "cannot be written");
	fwrite(report->head.data, 1, report->head.len, file);
	fwrite(message->data, 1, message->len, file);
	fwrite(report->tail.data, 1, report->tail.len, file);
	if (ferror(file) || fclose(file) == EOF)
		die(path, "not written");
}

static void
compose(const char *to, char *dir)
{
	own(buf) struct buf message = content(dir, "message");
	own(buf) struct buf json = content(dir, "envelope");
	own(str) char *path = mem_format("%s/%s.eml", to, basename(dir));
	struct arena arena = { 0 };
	struct envelope envelope;
	struct report report;
	struct err err;

	if (envelope_parse(json.data, json.len, &arena, &envelope, &err) == -1)
		die(dir, err.text);
	if (envelope.length != message.len ||
	    envelope.header_length > message.len)
		die(dir, "the envelope has another message's length");
	report_compose(&envelope, &options, message.data,
	    envelope.header_length, &report);
	put(path, &report, &message);
	report_drop(&report);
	arena_drop(&arena);
}

int
main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "bn:")) != -1)
		if (option == 'b')
			options.bcc = true;
		else if (option == 'n')
			options.null_sender = optarg;
		else
			argc = 0;
	if (argc - optind < 2) {
		fprintf(stderr, "usage: compose [-b] [-n ADDRESS] TO "
		    "CASE...\n");
		return EX_USAGE;
	}
	setenv("TZ", "UTC", 1);
	for (int i = optind + 1; i < argc; i++)
		compose(argv[optind], argv[i]);
	return 0;
}
