/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fill - put copies into a spool, as the milter would
 *
 *	fill [-n COUNT] [-s BYTES] [-i INTAKE] [-S] [-t] SPOOL
 *
 * For benchmarks and for tests that want a long queue at once.  -S: durable,
 * as the milter's; without it nothing is synced.  -t: print the time of day
 * in microseconds when the last was there.  The spool belongs to user nobody
 * afterwards, as in the tests.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "journal/spool_highest.h"

static const char usage[] =
    "usage: fill [-n COUNT] [-s BYTES] [-i INTAKE] [-S] [-t] "
    "SPOOL\n";

static void __attribute__((noreturn))
die(const char *text)
{
	fprintf(stderr, "fill: %s\n", text);
	exit(EX_SOFTWARE);
}

/* message - a header and lines of text; new */
static struct buf
message(size_t size, size_t *out_header)
{
	struct buf buf = BUF;

	buf_text(&buf, "From: sender@client.example\r\n"
	    "To: user@corp.example\r\nSubject: a copy among many\r\n"
	    "Message-ID: <fill@client.example>\r\n\r\n");
	*out_header = buf.len;
	while (buf.len + 72 <= size)
		buf_text(&buf, "The quick brown fox jumps over the lazy dog, "
		    "and over it, and once more.\r\n");
	return buf;
}

static void
fill_one(struct spool *spool, struct counters *counters, const char *intake,
    const struct buf *text, size_t header)
{
	static const char *recipients[] = { "user@corp.example" };
	struct draft *draft = draft_new(spool);
	struct envelope envelope = {
		.intake = intake, .sender = "sender@client.example",
		.recipients = recipients, .recipient_count = 1,
		.queue_id = "FILL", .message_id = "<fill@client.example>",
		.client_addr = "192.0.2.1", .client_name = "client.example",
		.helo = "client.example", .protocol = "ESMTP",
		.gateway = "gateway.example", .policy = "fill",
		.accepted = clock_wall(), .length = text->len,
		.header_length = header, .longest_line = 73,
	};
	struct err err;

	if (counters_next_mid(counters, &envelope.mid, &err) == -1 ||
	    draft_write(draft, text->data, text->len, &err) == -1 ||
	    draft_commit(draft, &envelope, &err) == -1)
		die(err.text);
	draft_free(draft);
}

static void
print_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	printf("%lld\n", time.tv_sec * 1000000LL + time.tv_nsec / 1000);
}

static void
become_nobody(const char *directory)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		return;
	if (chown(directory, nobody->pw_uid, nobody->pw_gid) == -1 ||
	    setgid(nobody->pw_gid) == -1 || setuid(nobody->pw_uid) == -1)
		die("cannot become nobody");
}

int
main(int argc, char **argv)
{
	struct spool_options options = { 0 };
	unsigned long count = 1, size = 10000;
	const char *intake = "journal@intake.example";
	struct counters *counters;
	struct spool *spool;
	struct err err;
	struct buf text;
	size_t header;
	bool tell = false;
	int c;

	while ((c = getopt(argc, argv, "n:s:i:St")) != -1) {
		switch (c) {
		case 'n':
			count = strtoul(optarg, NULL, 10);
			break;
		case 's':
			size = strtoul(optarg, NULL, 10);
			break;
		case 'i':
			intake = optarg;
			break;
		case 'S':
			options.sync = true;
			break;
		case 't':
			tell = true;
			break;
		default:
			fputs(usage, stderr);
			return EX_USAGE;
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	options.directory = argv[optind];
	become_nobody(options.directory);
	if (spool_open(&options, &spool, &err) == -1 ||
	    spool_counters(spool, &counters, &err) == -1)
		die(err.text);
	text = message(size, &header);
	for (unsigned long i = 0; i < count; i++)
		fill_one(spool, counters, intake, &text, header);
	if (tell)
		print_time();
	buf_drop(&text);
	counters_close(counters);
	spool_close(spool);
	return EX_OK;
}
