/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chat - the server's side of a scripted conversation
 *
 *	letters 2		how many there are to send (preset 1)
 *	flight 5		so many of them at once, if they may
 *	dies 2 100		the second dies so many ms after the start
 *	letter eight-bit	it has bytes over 127; also binary, utf8
 *	size 300000		its message has so many octets (preset: a few)
 *	patience 100		command_timeout in ms (preset 5000)
 *	death 100		its letters die so many ms after the start
 *	narrow			no more than some octets fit into the line
 *	login USER PASSWORD	the client logs in, as it does inside TLS
 *	login-in-clear USER PASSWORD
 *				it is told to, though there is no TLS
 *	tls			TLS is asked for, though nobody here has it
 *	S: 250 ok		the server says a line
 *	S# 4 250 thanks		the server answers so many of these letters
 *	S- 250 a\n250 b		the server says this at once; \n is a line end,
 *				and there is none at the end but by it
 *	S* 100 250-more		the server says a line so many times
 *	C: RCPT TO:<b@y.test>	the client must say this line
 *	C~ BDAT			the client must say a line that begins so
 *	C+ 300000		the client must say so many octets
 *	C# 4			the client must say so many more letters of
 *				a flight, each RSET to the last octet
 *	C?			the client may have said more, or not
 *	C. 			the client must say nothing before we do
 *	hangup			the server closes the connection
 *	silence			the server waits until the client closes
 *	stall			the same, but it reads nothing meanwhile
 *	= soft RCPT 451 4.7.1 later
 *				what becomes of each letter, or, when none
 *				could be sent, of the conversation
 *	= untried		it had no attempt
 *	= (no answer)		not one octet came in answer to that letter
 *
 * Between the client and the server is a socketpair, without TLS.
 */
#ifndef TESTS_CHAT_H
#define TESTS_CHAT_H

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

struct talker {
	/* as the file has it */
	unsigned	 letters;
	unsigned	 flight;
	unsigned	 mortal;	/* that letter */
	int64_t		 dies;
	int64_t		 born;
	int64_t		 patience;
	int64_t		 death;
	size_t		 size;
	bool		 eight_bit, binary, utf8;
	bool		 narrow;
	bool		 tls;
	char		 user[64], password[64];	/* "": no login */
	bool		 in_clear;
	/* the client's */
	int		 client;
	int		 message;
	struct buf	 results;
	/* the server's */
	int		 server;
	struct buf	 heard;
	bool		 careless;
	char		 where[128];
};

/* ---- the server ---- */

/* wait_for_client - until there is something to read; false: nothing came */
static inline bool
wait_for_client(const struct talker *talker, int ms)
{
	struct pollfd fd = { talker->server, POLLIN, 0 };

	return poll(&fd, 1, ms) == 1;
}

/* listen_on - more of what the client says; false: it has closed */
static inline bool
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

static inline void
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

static inline void
hear_octets(struct talker *talker, size_t n)
{
	while (talker->heard.len < n)
		if (!listen_on(talker))
			fail_msg("%s: the client has closed after %zu",
			    talker->where, talker->heard.len);
	buf_shift(&talker->heard, n);
}

#define CHAT_SIZE 41		/* octets of the letter with the usual message */

static inline void
hear_letters(struct talker *talker, unsigned long n)
{
	while (n-- > 0) {
		hear_line(talker, "RSET", false);
		hear_line(talker, "MAIL FROM:<a@x.test>", false);
		hear_line(talker, "RCPT TO:<b@y.test>", false);
		hear_line(talker, "BDAT 41 LAST", false);
		hear_octets(talker, CHAT_SIZE);
	}
}

static inline void
hear_nothing(struct talker *talker)
{
	if (talker->heard.len > 0 || wait_for_client(talker, 30))
		fail_msg("%s: the client does not wait", talker->where);
}

static inline void
say_text(struct talker *talker, const char *text, const char *end)
{
	struct pollfd fd = { talker->server, POLLOUT, 0 };
	char line[4096];
	int n = snprintf(line, sizeof(line), "%s%s", text, end), done = 0;
	ssize_t sent;

	while (done < n) {
		sent = send(talker->server, line + done, (size_t)(n - done),
		    MSG_NOSIGNAL);
		if (sent > 0)
			done += (int)sent;
		else if (errno == EPIPE)
			return;		/* the client has had enough */
		else if (errno != EAGAIN || poll(&fd, 1, 10000) != 1)
			fail_msg("%s: %s", talker->where, strerror(errno));
	}
}

/* say_raw - all at once */
static inline void
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

static inline void
say_often(struct talker *talker, const char *text)
{
	char *line;
	unsigned long n = strtoul(text, &line, 10);

	while (n-- > 0)
		say_text(talker, line + 1, "\r\n");
}

static inline void
answer_letters(struct talker *talker, const char *text)
{
	char *thanks;
	unsigned long n = strtoul(text, &thanks, 10);

	while (n-- > 0) {
		for (int i = 0; i < 3; i++)
			say_text(talker, "250 ok", "\r\n");
		say_text(talker, thanks + 1, "\r\n");
	}
}

static inline void
say_nothing(struct talker *talker)
{
	while (listen_on(talker))
		;
}

static inline void
read_nothing(struct talker *talker)
{
	struct pollfd fd = { talker->server, POLLRDHUP, 0 };

	if (poll(&fd, 1, 10000) != 1)
		fail_msg("%s: the client does not close", talker->where);
}

/* play - one line of the script; false: it is not for the server */
static inline bool
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
	else if (strncmp(line, "S# ", 3) == 0)
		answer_letters(talker, rest);
	else if (strncmp(line, "C# ", 3) == 0)
		hear_letters(talker, strtoul(rest, NULL, 10));
	else if (strncmp(line, "C?", 2) == 0)
		talker->careless = true;
	else if (strncmp(line, "C.", 2) == 0)
		hear_nothing(talker);
	else if (strcmp(line, "hangup") == 0)
		shutdown(talker->server, SHUT_RDWR);
	else if (strcmp(line, "silence") == 0)
		say_nothing(talker);
	else if (strcmp(line, "stall") == 0)
		read_nothing(talker);
	else
		return false;
	return true;
}

#endif
