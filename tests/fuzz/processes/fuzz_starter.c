/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * the starter, whoever speaks to it: what is taken for a request says the same when
 * it is sent again, no descriptor stays open, and only that is executed for
 * which there is a rule
 *
 *	input = descriptors datagram
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/own.h"
#include "base/sandbox/starter.h"
#include "base/start/postfix.h"
#include "base/start/start_wire.h"
#include "tests/fuzz/fuzz.h"

enum { MOST = 7 };		/* descriptors: two more than it takes */

static int null = -1;

/* beyond - which descriptor the last of many would be: the same when none was
 * left open, below them or between */
static int
beyond(void)
{
	int fds[2 * MOST];

	for (int i = 0; i < 2 * MOST; i++)
		must((fds[i] = dup(null)) != -1);
	for (int i = 0; i < 2 * MOST; i++)
		close(fds[i]);
	return fds[2 * MOST - 1];
}

static void
speak(int to, const uint8_t *data, size_t n, size_t count)
{
	union {
		char		room[CMSG_SPACE(MOST * sizeof(int))];
		struct cmsghdr	align;
	} control = { .room = "" };
	struct iovec part = { (void *)data, n };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[MOST];

	for (size_t i = 0; i < MOST; i++)
		fds[i] = null;
	if (count > 0) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){
		    .cmsg_len = CMSG_LEN(count * sizeof(int)),
		    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), fds,
		    count * sizeof(int));
	}
	must(sendmsg(to, &message, 0) == (ssize_t)n);
}

static void
must_same_words(char *const *one, char *const *other)
{
	must((one == NULL) == (other == NULL));
	for (; one != NULL && *one != NULL; one++, other++)
		must(*other != NULL && strcmp(*one, *other) == 0);
	must(other == NULL || *other == NULL);
}

static void
must_come_again(int ends[2], const struct start_request *request)
{
	const struct start *start = &request->start;
	struct start_request again;

	must(start_wire_send(ends[0], start, request->answer) == 0);
	must(start_wire_receive(ends[1], &again) == 1);
	must(again.start.what == start->what);
	must(again.start.group == start->group);
	must(strcmp(again.start.path, start->path) == 0);
	must_same_words(start->argv, again.start.argv);
	must_same_words(start->environment, again.start.environment);
	for (int i = 0; i < START_FDS_MAX; i++)
		must((again.start.fds[i] == -1) == (start->fds[i] == -1));
	start_wire_drop(&again);
}

/* must_not - what no rule allows, whatever else is asked: another program, an
 * environment by which the loader loads something, a shell with words of theirs */
static void
must_not(const struct starter_rules *rules, const struct start *start)
{
	const char *path = start->path;
	bool postconf = false;

	for (size_t i = 0; start_postconf[i] != NULL; i++)
		postconf = postconf || strcmp(path, start_postconf[i]) == 0;
	must(strcmp(path, START_SELF) == 0 || postconf ||
	    strcmp(path, START_SHELL) == 0 ||
	    strcmp(path, rules->alert) == 0 ||
	    strcmp(path, rules->sendmail) == 0);
	if (strcmp(path, START_SHELL) == 0)
		must(strcmp(start->argv[2], START_TYPE_COMMAND) == 0 &&
		    start->argv[3] == NULL);
	for (char *const *one = start->environment; one != NULL &&
	    *one != NULL; one++)
		must(strncmp(*one, "LD_", 3) != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct starter_rules rules = {
	    .alert = (char *)"/usr/bin/page",
	    .sendmail = (char *)"/usr/sbin/sendmail" };
	struct start_request request;
	int ends[2], before, result;

	if (null == -1)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (size < 2 || data[0] > MOST)
		return 0;
	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	before = beyond();
	speak(ends[0], data + 1, size - 1, data[0]);
	result = start_wire_receive(ends[1], &request);
	must(result == 1 || result == -1);
	if (result == 1) {
		must(request.answer != -1);
		must_come_again(ends, &request);
		if (starter_may(&rules, &request.start))
			must_not(&rules, &request.start);
		start_wire_drop(&request);
	}
	must(beyond() == before);
	close(ends[0]);
	must(start_wire_receive(ends[1], &request) == 0);
	close(ends[1]);
	return 0;
}
