/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fill - put copies into a spool, as the milter would
 *
 *	fill [-n COUNT] [-s BYTES] [-i INTAKE | -I FILE] [-a SECONDS] [-S] [-t]
 *	    SPOOL [FILE...]
 *
 * COUNT copies of a message of so many bytes for the intake, or for each of
 * the list in FILE; or one of each FILE, as it is and with its name for a
 * sender.  For benchmarks and for tests that want a long queue at once.  -S:
 * durable, as the milter's; without it nothing is synced.  -a: accepted so long
 * ago.  -t: print the time of day in microseconds when the last was there.  The
 * spool belongs to user nobody afterwards, as in the tests.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/draft.h"
#include "journal/spool/spool_counters.h"
#include "milter/scan.h"

static const char usage[] =
    "usage: fill [-n COUNT] [-s BYTES] [-i INTAKE | -I FILE] [-a SECONDS] "
    "[-S] [-t] SPOOL [FILE...]\n";

static int64_t ago;		/* ms */

static void __attribute__((noreturn))
die(const char *text)
{
	fprintf(stderr, "fill: %s\n", text);
	exit(EX_SOFTWARE);
}

/* message - a header and lines of text; new */
static struct buf
message(size_t size)
{
	struct buf buf = BUF;

	buf_text(&buf, "From: sender@client.example\r\n"
	    "To: user@corp.example\r\nSubject: a copy among many\r\n"
	    "Message-ID: <fill@client.example>\r\n\r\n");
	while (buf.len + 72 <= size)
		buf_text(&buf, "The quick brown fox jumps over the lazy dog, "
		    "and over it, and once more.\r\n");
	return buf;
}

/* header_length - up to and with the empty line, if there is one */
static size_t
header_length(const struct buf *text)
{
	const char *end = memmem(text->data, text->len, "\r\n\r\n", 4);

	return end == NULL ? text->len : (size_t)(end - text->data) + 4;
}

static void
fill_one(struct spool *spool, struct counters *counters, const char *intake,
    const char *sender, const struct buf *text)
{
	static const char *recipients[] = { "user@corp.example" };
	struct draft *draft = draft_new(spool);
	struct scan scan = { 0 };
	struct envelope envelope = {
		.intake = intake, .sender = sender,
		.recipients = recipients, .recipient_count = 1,
		.queue_id = "FILL", .message_id = "<fill@client.example>",
		.client_addr = "192.0.2.1", .client_name = "client.example",
		.helo = "client.example", .protocol = "ESMTP",
		.gateway = "gateway.example", .policy = "fill",
		.accepted = clock_wall() - ago, .booted = clock_boot() - ago,
		.length = text->len,
		.header_length = header_length(text),
	};
	struct err err;

	scan_bytes(&scan, text->data, text->len);
	envelope.longest_line = scan_longest(&scan);
	envelope.eight_bit = scan.eight_bit;
	envelope.binary = scan_binary(&scan);
	envelope.smtputf8 = scan_eight_bit(sender, strlen(sender));
	envelope.mid = counters_next_mid(counters);
	counter_add(counters, COUNT_ENQUEUED, 1);
	if (draft_write(draft, text->data, text->len, &err) == -1 ||
	    draft_commit(draft, &envelope, &err) == -1)
		die(err.text);
	draft_free(draft);
}

/* fill_file - a message as it is */
static void
fill_file(struct spool *spool, struct counters *counters, const char *intake,
    const char *path)
{
	const char *name = strrchr(path, '/');
	char *sender = mem_format("%s@client.example",
	    name != NULL ? name + 1 : path);
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text = BUF;
	ssize_t n;

	if (fd == -1)
		die(path);
	while ((n = read(fd, buf_room(&text, 65536), 65536)) > 0)
		text.len += (size_t)n;
	fill_one(spool, counters, intake, sender, &text);
	buf_drop(&text);
	free(sender);
}

/* fill_all - count copies for an intake */
static void
fill_all(struct spool *spool, struct counters *counters, const char *intake,
    const struct buf *text, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++)
		fill_one(spool, counters, intake, "sender@client.example",
		    text);
}

/* fill_list - for each intake of a list */
static void
fill_list(struct spool *spool, struct counters *counters, FILE *list,
    const struct buf *text, unsigned long count)
{
	char line[512];

	while (fgets(line, sizeof(line), list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		fill_all(spool, counters, line, text, count);
	}
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
	FILE *list = NULL;
	bool tell = false;
	int c;

	while ((c = getopt(argc, argv, "n:s:i:I:a:St")) != -1)
		switch (c) {
		case 'n': count = strtoul(optarg, NULL, 10); break;
		case 's': size = strtoul(optarg, NULL, 10); break;
		case 'i': intake = optarg; break;
		case 'I':
			list = fopen(optarg, "r");
			if (list == NULL)
				die("cannot read the list");
			break;
		case 'a': ago = 1000 * strtol(optarg, NULL, 10); break;
		case 'S': options.sync = true; break;
		case 't': tell = true; break;
		default: optind = argc;
		}
	if (optind >= argc) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	options.directory = argv[optind++];
	become_nobody(options.directory);
	if (spool_open(&options, &spool, &err) == -1)
		die(err.text);
	counters = spool_counters(spool);
	for (int i = optind; i < argc; i++)
		fill_file(spool, counters, intake, argv[i]);
	text = message(size);
	if (list != NULL)
		fill_list(spool, counters, list, &text, count);
	else if (optind == argc)
		fill_all(spool, counters, intake, &text, count);
	if (tell)
		print_time();
	if (list != NULL)
		fclose(list);
	buf_drop(&text);
	counters_close(counters);
	spool_close(spool);
	return EX_OK;
}
