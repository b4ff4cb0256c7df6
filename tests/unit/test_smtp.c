/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smtp: conversations from tests/cases/smtp/, one file each
 *
 *	letters 2		how many there are to send (preset 1)
 *	letter eight-bit	it has bytes over 127; also binary, utf8
 *	size 300000		its message has so many octets (preset: below)
 *	patience 100		command_timeout in ms (preset 5000)
 *	death 100		its letters die so many ms after the start
 *	tls			TLS is asked for, though nobody here has it
 *	S: 250 ok		the server says a line
 *	S- 250 a\n250 b		the server says this at once; \n is a line end,
 *				and there is none at the end but by it
 *	S* 100 250-more		the server says a line so many times
 *	C: RCPT TO:<b@y.test>	the client must say this line
 *	C~ BDAT			the client must say a line that begins so
 *	C+ 300000		the client must say so many octets
 *	C. 			the client must say nothing before we do
 *	hangup			the server closes the connection
 *	silence			the server waits until the client closes
 *	= soft RCPT 451 4.7.1 later
 *				what becomes of each letter, or, when none
 *				could be sent, of the conversation
 *	= (no answer)		not one octet came in answer to that letter
 *
 * Between the client and the server is a socketpair, without TLS.
 */
#include "forward/smtp.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

#define CASES "tests/cases/smtp"
#define MESSAGE "Subject: hi\r\n\r\n.one\r\ntwo\r\n"

struct talker {
	/* as the file has it */
	unsigned	 letters;
	int64_t		 patience;
	int64_t		 death;
	size_t		 size;
	bool		 eight_bit, binary, utf8;
	bool		 tls;
	/* the client's */
	int		 client;
	int		 message;
	struct buf	 results;
	/* the server's */
	int		 server;
	struct buf	 heard;
	char		 where[128];
};

/* ---- the client, a thread ---- */

static const char *const classes[VERDICTS] = {
	[VERDICT_NONE] = "none", [VERDICT_NETWORK] = "network",
	[VERDICT_SOFT] = "soft", [VERDICT_TLS] = "tls",
	[VERDICT_HARD] = "hard",
};

static void
add_result(struct talker *talker, bool good, const struct failure *failure)
{
	struct buf *out = &talker->results;
	struct verdict verdict;

	verdict_of(failure, &verdict);
	if (good)
		buf_text(out, "delivered ");
	else
		buf_format(out, "%s %s ", classes[verdict.class],
		    step_rows[failure->step].name);
	if (good || failure->cause == CAUSE_REPLY)
		buf_format(out, "%d %s\n", failure->reply.code,
		    failure->reply.text);
	else
		buf_format(out, "%s\n", failure->text);
}

static void
send_letters(struct talker *talker, struct smtp *smtp)
{
	static char before[] = "H: 1\r\n\r\n", after[] = "\r\nend\r\n";
	const struct buf head = { .data = before, .len = strlen(before) };
	const struct buf tail = { .data = after, .len = strlen(after) };
	const struct letter letter = { .sender = "a@x.test",
	    .recipient = "b@y.test", .head = &head, .tail = &tail,
	    .fd = talker->message, .length = talker->size,
	    .eight_bit = talker->eight_bit, .binary = talker->binary,
	    .smtputf8 = talker->utf8 };
	struct failure failure;

	for (unsigned i = 0; i < talker->letters && smtp->usable; i++) {
		int result = smtp_send(smtp, &letter, &failure);

		add_result(talker, result == 0, &failure);
		if (!smtp->answered)
			buf_text(&talker->results, "(no answer)\n");
	}
}

/* tls_of_nobody - a context, for conversations that must not get so far */
static struct tls *
tls_of_nobody(void)
{
	char *dir = scratch_new();
	char *path = scratch_file(dir, "tdc.cf", "user =\n");
	struct tls *tls;
	struct conf conf;
	struct err err;

	assert_int_equal(conf_load(path, &conf, &err), 0);
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	conf_drop(&conf);
	free(path);
	scratch_free(dir);
	return tls;
}

static void *
client(void *arg)
{
	struct talker *talker = arg;
	struct smtp_peer peer = { .host = "mx.test", .domain = "y.test" };
	struct failure failure;
	struct smtp smtp;

	smtp_init(&smtp, "us.test", talker->patience);
	smtp.conn.fd = talker->client;
	if (talker->death > 0)
		smtp.conn.death = clock_now() + talker->death;
	if (talker->tls)
		peer.tls = tls_of_nobody();
	if (smtp_hello(&smtp, &peer, &failure) == -1)
		add_result(talker, false, &failure);
	else
		send_letters(talker, &smtp);
	smtp.conn.death = INT64_MAX;
	smtp_drop(&smtp);
	tls_free(peer.tls);
	return NULL;
}

/* ---- the server ---- */

/* wait_for_client - until there is something to read; false: nothing came */
static bool
wait_for_client(const struct talker *talker, int ms)
{
	struct pollfd fd = { talker->server, POLLIN, 0 };

	return poll(&fd, 1, ms) == 1;
}

/* listen_on - more of what the client says; false: it has closed */
static bool
listen_on(struct talker *talker)
{
	char piece[4096];
	ssize_t n;

	if (!wait_for_client(talker, 10000))
		fail_msg("%s: the client says nothing; so far: %s",
		    talker->where, talker->heard.data);
	n = read(talker->server, piece, sizeof(piece));
	if (n > 0)
		buf_bytes(&talker->heard, piece, (size_t)n);
	return n > 0;
}

static void
hear_line(struct talker *talker, const char *want, bool begins)
{
	char *end;

	while ((end = memmem(talker->heard.data, talker->heard.len, "\r\n",
	    2)) == NULL)
		if (!listen_on(talker))
			fail_msg("%s: the client has closed", talker->where);
	*end = '\0';
	if (begins ? strncmp(talker->heard.data, want, strlen(want)) != 0 :
	    strcmp(talker->heard.data, want) != 0)
		fail_msg("%s: the client says '%s'", talker->where,
		    talker->heard.data);
	buf_shift(&talker->heard, (size_t)(end - talker->heard.data) + 2);
}

static void
hear_octets(struct talker *talker, size_t n)
{
	while (talker->heard.len < n)
		if (!listen_on(talker))
			fail_msg("%s: the client has closed after %zu",
			    talker->where, talker->heard.len);
	buf_shift(&talker->heard, n);
}

static void
hear_nothing(struct talker *talker)
{
	if (talker->heard.len > 0 || wait_for_client(talker, 30))
		fail_msg("%s: the client does not wait", talker->where);
}

static void
say_text(struct talker *talker, const char *text, const char *end)
{
	char line[4096];
	int n = snprintf(line, sizeof(line), "%s%s", text, end);

	/* a client that has had enough may be gone */
	if (send(talker->server, line, (size_t)n, MSG_NOSIGNAL) != n &&
	    errno != EPIPE)
		fail_msg("%s: %s", talker->where, strerror(errno));
}

/* say_raw - all at once */
static void
say_raw(struct talker *talker, const char *text)
{
	own(buf) struct buf out = BUF;

	for (; *text != '\0'; text++)
		if (text[0] == '\\' && text[1] == 'n') {
			buf_text(&out, "\r\n");
			text++;
		} else {
			buf_byte(&out, *text);
		}
	say_text(talker, out.data, "");
}

static void
say_often(struct talker *talker, const char *text)
{
	char *line;
	unsigned long n = strtoul(text, &line, 10);

	while (n-- > 0)
		say_text(talker, line + 1, "\r\n");
}

static void
say_nothing(struct talker *talker)
{
	while (listen_on(talker))
		;
}

/* play - one line of the script; false: it is not for the server */
static bool
play(struct talker *talker, const char *line)
{
	const char *rest = line + (strlen(line) > 3 ? 3 : strlen(line));

	if (strncmp(line, "S: ", 3) == 0)
		say_text(talker, rest, "\r\n");
	else if (strncmp(line, "S- ", 3) == 0)
		say_raw(talker, rest);
	else if (strncmp(line, "S* ", 3) == 0)
		say_often(talker, rest);
	else if (strncmp(line, "C:", 2) == 0)
		hear_line(talker, rest, false);
	else if (strncmp(line, "C~ ", 3) == 0)
		hear_line(talker, rest, true);
	else if (strncmp(line, "C+ ", 3) == 0)
		hear_octets(talker, strtoul(rest, NULL, 10));
	else if (strncmp(line, "C.", 2) == 0)
		hear_nothing(talker);
	else if (strcmp(line, "hangup") == 0)
		shutdown(talker->server, SHUT_RDWR);
	else if (strcmp(line, "silence") == 0)
		say_nothing(talker);
	else
		return false;
	return true;
}

/* ---- a case ---- */

/* option - a line that is for neither of them; false: unknown */
static bool
option(struct talker *talker, const char *line)
{
	unsigned long number = strtoul(line + strcspn(line, "0123456789"),
	    NULL, 10);

	if (strncmp(line, "letters ", 8) == 0)
		talker->letters = (unsigned)number;
	else if (strncmp(line, "size ", 5) == 0)
		talker->size = number;
	else if (strncmp(line, "patience ", 9) == 0)
		talker->patience = (int64_t)number;
	else if (strncmp(line, "death ", 6) == 0)
		talker->death = (int64_t)number;
	else if (strcmp(line, "letter eight-bit") == 0)
		talker->eight_bit = true;
	else if (strcmp(line, "letter binary") == 0)
		talker->binary = true;
	else if (strcmp(line, "letter utf8") == 0)
		talker->utf8 = true;
	else if (strcmp(line, "tls") == 0)
		talker->tls = true;
	else
		return *line == '\0' || *line == '#';
	return true;
}

static bool
is_play(const char *line)
{
	return strchr("SC", *line) != NULL || strcmp(line, "hangup") == 0 ||
	    strcmp(line, "silence") == 0;
}

static void
make_message(struct talker *talker)
{
	talker->message = memfd_create("message", MFD_CLOEXEC);
	assert_int_not_equal(talker->message, -1);
	if (talker->size == 0) {
		talker->size = strlen(MESSAGE);
		assert_int_equal(write(talker->message, MESSAGE,
		    talker->size), talker->size);
	} else {
		assert_int_equal(ftruncate(talker->message,
		    (off_t)talker->size), 0);
	}
}

/* read_script - options are set, results gathered, the rest is as it was */
static void
read_script(struct talker *talker, const char *path, struct buf *script,
    struct buf *wanted)
{
	FILE *file = fopen(path, "re");
	char line[512];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (is_play(line))
			buf_format(script, "%s\n", line);
		else if (strncmp(line, "= ", 2) == 0)
			buf_format(wanted, "%s\n", line + 2);
		else if (!option(talker, line))
			fail_msg("%s: what is '%s'?", path, line);
	}
	fclose(file);
}

static void
run_case(const char *name)
{
	own(str) char *path = mem_format("%s/%s", CASES, name);
	own(buf) struct buf script = BUF;
	own(buf) struct buf wanted = BUF;
	struct talker talker = { .letters = 1, .patience = 5000,
	    .results = BUF, .heard = BUF };
	char *line, *rest;
	pthread_t thread;
	int fds[2];

	read_script(&talker, path, &script, &wanted);
	make_message(&talker);
	assert_int_equal(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
	talker.client = fds[0];
	talker.server = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, client, &talker), 0);
	for (rest = script.data; (line = strsep(&rest, "\n")) != NULL; ) {
		snprintf(talker.where, sizeof(talker.where), "%.40s: %.60s",
		    name, line);
		if (*line != '\0')
			assert_true(play(&talker, line));
	}
	shutdown(talker.server, SHUT_WR);
	while (listen_on(&talker))
		;
	pthread_join(thread, NULL);
	if (talker.heard.len > 0)
		fail_msg("%s: the client goes on: %s", name,
		    talker.heard.data);
	if (strcmp(talker.results.data, wanted.data) != 0)
		fail_msg("%s: wanted\n%sgot\n%s", name, wanted.data,
		    talker.results.data);
	close(talker.server);
	close(talker.message);
	buf_drop(&talker.results);
	buf_drop(&talker.heard);
}

static int
is_chat(const struct dirent *file)
{
	const char *dot = strrchr(file->d_name, '.');

	return dot != NULL && strcmp(dot, ".chat") == 0;
}

static void
test_conversations(void **state)
{
	struct dirent **files;
	int count = scandir(CASES, &files, is_chat, alphasort);

	(void)state;
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		run_case(files[i]->d_name);
		free(files[i]);
	}
	free(files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
