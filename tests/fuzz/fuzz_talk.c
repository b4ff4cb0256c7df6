/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no server whatsoever makes a letter count as taken for which it did not
 * thank
 *
 *	input = options *( %xFE piece )
 *
 * A thread is the server.  It reads what the client says, and lets go of one
 * piece whenever it has heard something, or nothing for a while; after the
 * last it hangs up.  Neither end of a piece need be that of a reply.
 *
 * What must hold is worked out from both streams by other means than the
 * client's: the n-th reply answers the n-th thing that was said, and a letter
 * that counts as taken was said to its end, and the reply to that is a 2xx.
 */
#include <ctype.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/own.h"
#include "forward/smtp/smtp.h"
#include "tests/fuzz/fuzz.h"

enum { LETTERS = 4, TURNS = 256, PATIENCE = 5, IDLE = 1 };	/* ms */

struct server {
	int		 fd;
	const uint8_t	*next, *end;	/* pieces to come */
	struct buf	 heard, told;
};

/* ---- the server ---- */

static void
tell_piece(struct server *server)
{
	const uint8_t *mark = memchr(server->next, 0xfe,
	    (size_t)(server->end - server->next));
	size_t n = (size_t)((mark != NULL ? mark : server->end) -
	    server->next);

	if (send(server->fd, server->next, n, MSG_NOSIGNAL) == (ssize_t)n)
		buf_bytes(&server->told, server->next, n);
	server->next = mark != NULL ? mark + 1 : server->end;
	if (mark == NULL)
		shutdown(server->fd, SHUT_WR);
}

static void *
serve(void *arg)
{
	struct server *server = arg;
	struct pollfd poll_fd = { server->fd, POLLIN, 0 };
	bool open = true;

	for (;;) {
		ssize_t n = 0;

		if (poll(&poll_fd, 1, open ? IDLE : -1) > 0) {
			n = read(server->fd, buf_room(&server->heard, 4096),
			    4096);
			if (n <= 0)
				break;
			server->heard.len += (size_t)n;
		}
		if (open) {
			open = memchr(server->next, 0xfe, (size_t)(server->end -
			    server->next)) != NULL;
			tell_piece(server);
		}
	}
	return NULL;
}

/* ---- the truth ---- */

/* begins_well - three digits, and nothing or what may follow them */
static bool
begins_well(const char *p, const char *lf)
{
	if (lf > p && lf[-1] == '\r')
		lf--;
	return lf - p >= 3 && isdigit((unsigned char)p[1]) &&
	    isdigit((unsigned char)p[2]) &&
	    (lf - p == 3 || p[3] == ' ' || p[3] == '-');
}

/* Codes of the replies, in order: what stands after the last line of each
 * that does not go on.  It ends where no reply is; a line that does not begin as
 * one should is the last, and thanks if it began with a 2. */
static size_t
replies(const struct buf *told, int codes[TURNS])
{
	const char *p = told->data, *end = p + told->len;
	size_t n = 0;

	while (n < TURNS) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (lf == NULL || p[0] < '2' || p[0] > '5')
			break;
		if (!begins_well(p, lf)) {
			codes[n++] = p[0] - '0';
			break;
		}
		if (p[3] != '-')
			codes[n++] = p[0] - '0';
		p = lf + 1;
	}
	return n;
}

/* letter_in - which letter's text that is, from 1 */
static int
letter_in(const char *text, size_t n)
{
	const char *mark = memmem(text, n, "Letter: ", 8);

	must(mark != NULL);
	return mark[8] - '0';
}

/* What was said, as the server must have understood it: the reply that each
 * waits for has the number of the thing, and the greeting is number 0. */
struct truth {
	bool	thanked[LETTERS + 1];
};

/* follow_content - behind DATA; where it ends, or NULL */
static const char *
follow_content(const char *p, const char *end, int *out_letter)
{
	const char *dot = memmem(p, (size_t)(end - p), "\r\n.\r\n", 5);

	if (dot == NULL)
		return NULL;
	*out_letter = letter_in(p, (size_t)(dot - p));
	return dot + 5;
}

/* follow_chunk - behind BDAT's line, whose size stands at line */
static const char *
follow_chunk(const char *line, const char *p, const char *end,
    int *out_letter)
{
	unsigned long n = strtoul(line + 5, NULL, 10);

	if ((unsigned long)(end - p) < n)
		return NULL;
	*out_letter = letter_in(p, n);
	return p + n;
}

static void
follow(const struct server *server, struct truth *out)
{
	const char *p = server->heard.data, *end = p + server->heard.len;
	int codes[TURNS];
	size_t count = replies(&server->told, codes), turn = 0;

	while (p != NULL && ++turn < count) {
		const char *line = p;
		int letter = 0;

		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			break;
		p++;
		if (strncmp(line, "BDAT ", 5) == 0)
			p = follow_chunk(line, p, end, &letter);
		else if (strncmp(line, "DATA\r\n", 6) == 0 &&
		    codes[turn] == 3) {
			if (strncmp(p, ".\r\n", 3) == 0)
				p += 3;		/* nobody shall have it */
			else
				p = follow_content(p, end, &letter);
			if (++turn >= count)
				break;
		}
		if (p != NULL && letter != 0 && codes[turn] == 2)
			out->thanked[letter] = true;
	}
}

/* ---- the client ---- */

static void
letter_new(struct letter *letter, struct buf *head, const struct buf *tail,
    int number, unsigned options)
{
	static int fd = -1;
	static const char text[] = "\r\n.\r\n..\n.\r\nQUIT\r\n250 ok\r\n.";

	if (fd == -1) {
		fd = memfd_create("message", MFD_CLOEXEC);
		must(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	}
	buf_format(head, "Letter: %d\r\n", number);
	*letter = (struct letter){ .sender = "", .recipient = "b@y.test",
	    .head = head, .tail = tail, .fd = fd, .length = strlen(text),
	    .eight_bit = (options & 2) != 0, .binary = (options & 4) != 0 };
}

/* send_together - some in one flight; how many went */
static int
send_together(struct smtp *smtp, const struct letter *letters, int count,
    bool *taken)
{
	struct failure failure;
	int n = 0;

	while (n < count && smtp_board(smtp, &letters[n]))
		n++;
	smtp_depart(smtp);
	for (int i = 0; i < n; i++)
		taken[i] = smtp_fate(smtp, &failure) == SMTP_TAKEN;
	return n;
}

static void
send_all(struct smtp *smtp, unsigned options, bool taken[LETTERS])
{
	struct buf heads[LETTERS] = { BUF, BUF, BUF, BUF }, tail = BUF;
	struct letter letters[LETTERS];
	struct failure failure;
	int at = 0, n;

	buf_text(&tail, "\r\nend\r\n");
	for (int i = 0; i < LETTERS; i++)
		letter_new(&letters[i], &heads[i], &tail, i + 1, options);
	while (at < LETTERS && smtp_usable(smtp)) {
		n = (options & 1) != 0 ? send_together(smtp, letters + at,
		    LETTERS - at, taken + at) : 0;
		if (n == 0 && smtp_usable(smtp)) {
			taken[at] = smtp_send(smtp, &letters[at],
			    &failure) == 0;
			n = 1;
		}
		at += n;
	}
	for (int i = 0; i < LETTERS; i++)
		buf_drop(&heads[i]);
	buf_drop(&tail);
}

static void
converse(struct server *server, unsigned options, bool taken[LETTERS])
{
	const struct smtp_peer peer = { .tls = NULL };
	struct failure failure;
	struct smtp smtp;
	pthread_t thread;
	int fds[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	server->fd = fds[1];
	must(pthread_create(&thread, NULL, serve, server) == 0);
	smtp_init(&smtp, "us.test", PATIENCE);
	smtp.conn.fd = fds[0];
	if (smtp_hello(&smtp, &peer, &failure) == 0)
		send_all(&smtp, options, taken);
	smtp_abandon(&smtp);		/* no QUIT: it takes its time */
	smtp_drop(&smtp);
	pthread_join(thread, NULL);
	close(fds[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct server server = { .heard = BUF, .told = BUF };
	bool taken[LETTERS] = { false };
	struct truth truth = { { false } };

	if (size == 0)
		return 0;
	server.next = data + 1;
	server.end = data + size;
	converse(&server, data[0], taken);
	follow(&server, &truth);
	for (int i = 0; i < LETTERS; i++)
		must(!taken[i] || truth.thanked[i + 1]);
	buf_drop(&server.heard);
	buf_drop(&server.told);
	return 0;
}
