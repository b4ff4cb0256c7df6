/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delay - a long line between two programs of this machine
 *
 *	delay -d 50 -l 127.0.0.1:0 -t 127.0.0.1:2525
 *
 * Passes TCP connections on, each byte half of -d milliseconds late, in both
 * directions: so a question and its answer take -d.  Bandwidth is not limited
 * but by WINDOW, which is what a direction holds at most.  What is not late is
 * the three-way handshake, which the kernel does by itself.
 *
 * Prints "listening ADDRESS:PORT" and serves until it is killed.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/lib/endpoint.h"

#define WINDOW	(16 << 20)	/* octets under way in one direction */
#define PIECE	(64 << 10)
#define PAIRS	512		/* connections at once */

struct piece {
	struct piece	*next;
	int64_t		 due;		/* ns */
	size_t		 at, len;	/* len 0: the end of the stream */
	char		 bytes[];
};

struct direction {
	int		 from, to;	/* borrowed from the pair */
	struct piece	*first, **last;
	size_t		 held;
	bool		 heard_end, said_end;
};

struct pair {
	int		 fd[2];
	struct direction way[2];
};

static struct pair *pairs[PAIRS];
static size_t pair_count;
static int64_t late;			/* ns, one way */

static void __attribute__((noreturn))
die(int code, const char *text)
{
	fprintf(stderr, "delay: %s\n", text);
	exit(code);
}

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* ---- one direction ---- */

static void
direction_init(struct direction *way, int from, int to)
{
	*way = (struct direction){ .from = from, .to = to };
	way->last = &way->first;
}

/* direction_take - what has come, to be passed on later; false: broken */
static bool
direction_take(struct direction *way)
{
	static char bytes[PIECE];
	ssize_t n = recv(way->from, bytes, sizeof(bytes), MSG_DONTWAIT);
	struct piece *piece;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	way->heard_end = n == 0;
	piece = mem_new(sizeof(*piece) + (size_t)n);
	memcpy(piece->bytes, bytes, (size_t)n);
	piece->len = (size_t)n;
	piece->due = now() + late;
	way->held += piece->len;
	*way->last = piece;
	way->last = &piece->next;
	return true;
}

static void
direction_drop(struct direction *way)
{
	struct piece *piece = way->first;

	way->first = piece->next;
	if (way->first == NULL)
		way->last = &way->first;
	way->held -= piece->len;
	free(piece);
}

/* direction_give - what is due; false: broken */
static bool
direction_give(struct direction *way, int64_t time)
{
	struct piece *piece;

	while ((piece = way->first) != NULL && piece->due <= time) {
		ssize_t n;

		if (piece->len == 0) {
			shutdown(way->to, SHUT_WR);
			way->said_end = true;
			direction_drop(way);
			continue;
		}
		n = send(way->to, piece->bytes + piece->at,
		    piece->len - piece->at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR;
		piece->at += (size_t)n;
		if (piece->at < piece->len)
			return true;
		direction_drop(way);
	}
	return true;
}

static bool
direction_due(const struct direction *way, int64_t time)
{
	return way->first != NULL && way->first->due <= time;
}

/* ---- connections ---- */

static void
pair_free(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		while (pair->way[i].first != NULL)
			direction_drop(&pair->way[i]);
		close(pair->fd[i]);
	}
	free(pair);
}

static void
pair_new(int listener, const struct addrinfo *target)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	int client = accept4(listener, (struct sockaddr *)&from, &length,
	    SOCK_CLOEXEC);
	int server, on = 1;
	struct pair *pair;

	if (client == -1)
		return;
	server = endpoint_connect(target);
	if (pair_count == PAIRS || server == -1) {
		close(client);
		if (server != -1)
			close(server);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	pair = mem_new(sizeof(*pair));
	pair->fd[0] = client;
	pair->fd[1] = server;
	direction_init(&pair->way[0], client, server);
	direction_init(&pair->way[1], server, client);
	pairs[pair_count++] = pair;
}

/* pair_serve - false: it is over */
static bool
pair_serve(struct pair *pair, const struct pollfd *fds, int64_t time)
{
	for (int i = 0; i < 2; i++) {
		struct direction *way = &pair->way[i];

		if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
		    !way->heard_end && way->held < WINDOW &&
		    !direction_take(way))
			return false;
		if (!direction_give(way, time))
			return false;
	}
	return !pair->way[0].said_end || !pair->way[1].said_end;
}

/* pair_wants - what to wait for; the earliest due time counts in *when */
static void
pair_wants(const struct pair *pair, struct pollfd *fds, int64_t time,
    int64_t *when)
{
	for (int i = 0; i < 2; i++)
		fds[i] = (struct pollfd){ .fd = pair->fd[i] };
	for (int i = 0; i < 2; i++) {
		const struct direction *way = &pair->way[i];

		if (!way->heard_end && way->held < WINDOW)
			fds[i].events |= POLLIN;
		if (direction_due(way, time))
			fds[1 - i].events |= POLLOUT;
		else if (way->first != NULL && way->first->due < *when)
			*when = way->first->due;
	}
	/* a peer that is gone would wake us for ever */
	for (int i = 0; i < 2; i++)
		if (fds[i].events == 0)
			fds[i].fd = -1;
}

static void
turn(int listener, const struct addrinfo *target)
{
	static struct pollfd fds[1 + 2 * PAIRS];
	int64_t time = now(), when = time + INT64_C(1000000000);
	size_t count = pair_count, kept = 0;
	struct timespec wait;

	fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (size_t i = 0; i < count; i++)
		pair_wants(pairs[i], &fds[1 + 2 * i], time, &when);
	wait = (struct timespec){ (when - time) / 1000000000,
	    (when - time) % 1000000000 };
	if (ppoll(fds, 1 + 2 * count, &wait, NULL) == -1 && errno != EINTR)
		die(EX_OSERR, strerror(errno));
	time = now();
	for (size_t i = 0; i < count; i++) {
		if (pair_serve(pairs[i], &fds[1 + 2 * i], time))
			pairs[kept++] = pairs[i];
		else
			pair_free(pairs[i]);
	}
	pair_count = kept;
	if (fds[0].revents != 0)
		pair_new(listener, target);
}

/* ---- options ---- */

int
main(int argc, char **argv)
{
	char *from = NULL, *to = NULL;
	struct addrinfo *target;
	struct err err;
	int c, listener;

	while ((c = getopt(argc, argv, "d:l:t:")) != -1)
		switch (c) {
		case 'd': late = strtol(optarg, NULL, 10) * 500000; break;
		case 'l': from = optarg; break;
		case 't': to = optarg; break;
		default: return EX_USAGE;
		}
	signal(SIGPIPE, SIG_IGN);
	if (from == NULL || to == NULL || (target = endpoint_find(to)) == NULL)
		die(EX_USAGE, "usage: delay -d MS -l ADDRESS:PORT "
		    "-t ADDRESS:PORT");
	if ((listener = endpoint_listen(from, &err)) == -1)
		die(EX_OSERR, err.text);
	for (;;)
		turn(listener, target);
}
