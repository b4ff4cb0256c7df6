/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * send - give messages to an SMTP server, and say what became of each
 *
 *	send -S 127.0.0.1:2525 -n 200 -p 10 -f 'a%d@x.example' -t b@y.example
 *
 * Each of -p sessions sends its share, -m messages a connection.  "%d" in an
 * address becomes the number of the message, which also stands in its
 * Subject and Message-ID.  With -F the file's bytes are the message, sent as
 * they are (dots stuffed, nothing else changed; with -b not even that, nor
 * is a missing line end added).  One line for each message:
 *
 *	NUMBER CODE CONNECTED DONE QUEUE-ID REPLY
 *
 * with times in milliseconds since 1970, CODE 000 when the connection broke,
 * and "-" when no queue id was told.  With -k DONE is a tick
 * (tests/lib/ticks.h) in place of the time.  Exit 0 when all were accepted.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "tests/lib/endpoint.h"
#include "tests/lib/ticks.h"
#include "tests/tools/send_link.h"

static const char usage[] =
"usage: send -S ADDRESS:PORT [options]\n"
"  -n N        messages (default 1; 0: until SIGTERM)\n"
"  -p N        sessions side by side (default 1)\n"
"  -m N        messages a connection (default: no limit)\n"
"  -f ADDRESS  envelope sender   -t ADDRESS  recipient, may be repeated\n"
"  -s BYTES    size of a message   -F FILE  or its very bytes\n"
"  -b BYTES    by BDAT, so much in a chunk\n"
"  -e WORDS    parameters of MAIL, as SMTPUTF8\n"
"  -h NAME     in EHLO\n"
"  -x WORDS    arguments of XCLIENT, as ADDR=192.0.2.1\n"
"  -w MS       pause between the messages of a session\n"
"  -i N        number of the first message (default 0)\n"
"  -k FILE     ticks\n";

#define RECIPIENTS 1100
static struct {
	struct addrinfo	*server;
	unsigned long	 count, sessions, per_connection, size;
	unsigned long	 first;
	unsigned long	 chunk;		/* 0: by DATA */
	const _Atomic uint64_t *ticks;	/* NULL: none */
	const char	*from, *to[RECIPIENTS], *xclient, *parameters, *helo;
	unsigned	 to_count;
	int		 pause;
	struct buf	 file;		/* dots stuffed, for DATA */
	bool		 is_file;
} job = { .count = 1, .sessions = 1, .size = 1000, .file = BUF,
    .from = "sender@client.example", .parameters = "",
    .helo = "client.example" };

static atomic_ulong next_number, accepted, failed;
static atomic_bool stop;

static void __attribute__((noreturn))
die(int code, const char *text)
{
	fprintf(stderr, "send: %s\n", text);
	exit(code);
}

/* ---- the connection ---- */

/* link_open - connect, greet, and be someone else when asked to */
static bool
link_open(struct link *link, char text[512])
{
	own(buf) struct buf hello = BUF;
	own(buf) struct buf line = BUF;

	if ((link->fd = endpoint_connect(job.server)) == -1) {
		snprintf(text, 512, "connect: %s", strerror(errno));
		return false;
	}
	link->connected = clock_wall();
	buf_format(&hello, "EHLO %s\r\n", job.helo);
	link->in = fdopen(link->fd, "r");
	if (link_reply(link, text) / 100 != 2 ||
	    !link_say(link, hello.data, text))
		return false;
	if (job.xclient == NULL)
		return true;
	buf_format(&line, "XCLIENT %s\r\n", job.xclient);
	return link_say(link, line.data, text) &&
	    link_say(link, hello.data, text);
}

/* ---- one message ---- */

/* add_address - text with the number in place of %d */
static void
add_address(struct buf *out, const char *text, unsigned long number)
{
	const char *mark = strstr(text, "%d");

	if (mark == NULL)
		buf_text(out, text);
	else {
		buf_bytes(out, text, (size_t)(mark - text));
		buf_format(out, "%lu%s", number, mark + 2);
	}
}

static void
add_content(struct buf *out, unsigned long number)
{
	static const char line[] =
	    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-=\r\n";

	if (job.is_file) {
		buf_bytes(out, job.file.data, job.file.len);
		return;
	}
	buf_text(out, "From: <");
	add_address(out, job.from, number);
	buf_text(out, ">\r\nTo: <");
	add_address(out, job.to[0], number);
	buf_format(out, ">\r\nSubject: message %lu\r\n"
	    "Message-ID: <%lu.%d@client.example>\r\n\r\n",
	    number, number, (int)getpid());
	for (size_t end = out->len + job.size; out->len < end; )
		buf_bytes(out, line, sizeof(line) - 1);
}

/* by_chunks - the content by BDAT, an answer for each chunk */
static int
by_chunks(struct link *link, const struct buf *content, char text[512])
{
	size_t at = 0;
	int code;

	do {
		own(buf) struct buf out = BUF;
		size_t left = content->len - at;
		size_t n = left < job.chunk ? left : job.chunk;

		buf_format(&out, "BDAT %zu%s\r\n", n, n == left ? " LAST" : "");
		buf_bytes(&out, content->data + at, n);
		at += n;
		code = link_say_all(link, &out, 1, text);
	} while (code == 250 && at < content->len);
	return code;
}

/* transact - one message over an open link; the code that decided */
static int
transact(struct link *link, unsigned long number, char text[512])
{
	own(buf) struct buf out = BUF;
	bool data = job.chunk == 0;
	int code;

	buf_text(&out, "MAIL FROM:<");
	add_address(&out, job.from, number);
	buf_format(&out, ">%s%s\r\n", *job.parameters != '\0' ? " " : "",
	    job.parameters);
	for (unsigned i = 0; i < job.to_count; i++) {
		buf_text(&out, "RCPT TO:<");
		add_address(&out, job.to[i], number);
		buf_text(&out, ">\r\n");
	}
	if (data)
		buf_text(&out, "DATA\r\n");
	code = link_say_all(link, &out, job.to_count + (data ? 2 : 1), text);
	if (code != (data ? 354 : 250))
		return code;
	buf_cut(&out, 0);
	add_content(&out, number);
	if (!data)
		return by_chunks(link, &out, text);
	buf_text(&out, ".\r\n");
	return link_say_all(link, &out, 1, text);
}

static void
tell(const struct link *link, unsigned long number, int code, const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	long long done = job.ticks != NULL ? (long long)ticks_now(job.ticks) :
	    (long long)clock_wall();
	const char *id = strstr(text, "queued as ");

	atomic_fetch_add(code == 250 ? &accepted : &failed, 1);
	pthread_mutex_lock(&lock);
	printf("%lu %03d %lld %lld %s %s\n", job.first + number, code,
	    (long long)link->connected, done,
	    code == 250 && id != NULL ? id + 10 : "-", text);
	pthread_mutex_unlock(&lock);
}

static void *
session_run(void *unused)
{
	struct link link = { .fd = -1 };
	unsigned long number;
	char text[512];
	int code;

	while (!stop && ((number = atomic_fetch_add(&next_number, 1)) <
	    job.count || job.count == 0)) {
		if (link.fd != -1 && job.per_connection > 0 &&
		    link.sent == job.per_connection) {
			link_say(&link, "QUIT\r\n", text);
			link_close(&link);
		}
		code = 0;
		if (link.fd != -1 || link_open(&link, text))
			code = transact(&link, job.first + number, text);
		link.sent++;
		tell(&link, number, code, text);
		if (code != 250)
			link_close(&link);
		if (job.pause > 0)
			usleep((useconds_t)job.pause * 1000);
	}
	if (link.fd != -1)
		link_say(&link, "QUIT\r\n", text);
	link_close(&link);
	return unused;
}

/* ---- options ---- */

/* file_load - the bytes of a message */
static void
file_load(const char *path)
{
	FILE *file = fopen(path, "re");
	int byte;

	if (file == NULL)
		die(EX_NOINPUT, strerror(errno));
	while ((byte = getc(file)) != EOF)
		buf_byte(&job.file, (char)byte);
	fclose(file);
	job.is_file = true;
}

/* file_stuff - for DATA: dots stuffed, CRLF at the end */
static void
file_stuff(void)
{
	struct buf raw = job.file;
	bool start = true;
	char last = 0;

	job.file = (struct buf)BUF;
	for (size_t i = 0; i < raw.len; i++) {
		if (start && raw.data[i] == '.')
			buf_byte(&job.file, '.');
		buf_byte(&job.file, raw.data[i]);
		start = raw.data[i] == '\n' && last == '\r';
		last = raw.data[i];
	}
	if (!start)
		buf_text(&job.file, "\r\n");
	buf_drop(&raw);
}

static void
options_read(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "S:n:p:m:f:t:s:F:b:e:h:x:w:i:k:")) != -1)
		switch (c) {
		case 'S': job.server = endpoint_find(optarg); break;
		case 'n': job.count = strtoul(optarg, NULL, 10); break;
		case 'p': job.sessions = strtoul(optarg, NULL, 10); break;
		case 'm': job.per_connection = strtoul(optarg, NULL, 10); break;
		case 'f': job.from = optarg; break;
		case 't':
			if (job.to_count == RECIPIENTS)
				die(EX_USAGE, "too many -t");
			job.to[job.to_count++] = optarg;
			break;
		case 's': job.size = strtoul(optarg, NULL, 10); break;
		case 'F': file_load(optarg); break;
		case 'b': job.chunk = strtoul(optarg, NULL, 10); break;
		case 'e': job.parameters = optarg; break;
		case 'h': job.helo = optarg; break;
		case 'x': job.xclient = optarg; break;
		case 'w': job.pause = atoi(optarg); break;
		case 'i': job.first = strtoul(optarg, NULL, 10); break;
		case 'k':
			job.ticks = ticks_open(optarg, false);
			if (job.ticks == NULL)
				die(EX_NOINPUT, strerror(errno));
			break;
		default: die(EX_USAGE, usage);
		}
	if (optind < argc || job.server == NULL || job.to_count == 0 ||
	    job.sessions == 0 || job.sessions > 1000)
		die(EX_USAGE, usage);
	if (job.chunk == 0)
		file_stuff();
}

static void
on_term(int unused)
{
	(void)unused;
	stop = true;
}

int
main(int argc, char **argv)
{
	pthread_t *threads;

	options_read(argc, argv);
	signal(SIGTERM, on_term);
	threads = mem_new(job.sessions * sizeof(*threads));
	for (unsigned long i = 0; i < job.sessions; i++)
		if (pthread_create(&threads[i], NULL, session_run, NULL) != 0)
			die(EX_OSERR, "no thread");
	for (unsigned long i = 0; i < job.sessions; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	buf_drop(&job.file);
	freeaddrinfo(job.server);
	return failed > 0 ? EX_TEMPFAIL : EX_OK;
}
