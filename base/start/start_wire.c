/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/start/start_wire.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"

struct head {
	uint32_t	what;
	uint32_t	group;
	uint32_t	has;		/* a bit for each of fds[] */
	uint32_t	argc, envc;
};

enum { FDS = START_FDS_MAX + 1 };	/* and where to answer */

union ancillary {
	char		space[CMSG_SPACE(FDS * sizeof(int))];
	struct cmsghdr	align;
};

/* ---- to ask ---- */

/* put_words - how many */
static uint32_t
put_words(struct buf *out, char *const *words)
{
	uint32_t n = 0;

	for (; words != NULL && words[n] != NULL; n++)
		buf_bytes(out, words[n], strlen(words[n]) + 1);
	return n;
}

/* put_fds - the answer first, and then those that there are */
static uint32_t
put_fds(const struct start *start, int answer, struct msghdr *message)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(message);
	int fds[FDS] = { answer };
	size_t n = 1;
	uint32_t has = 0;

	for (int i = 0; i < START_FDS_MAX; i++)
		if (start->fds[i] != -1) {
			fds[n++] = start->fds[i];
			has |= 1U << i;
		}
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = (socklen_t)CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(head), fds, n * sizeof(int));
	message->msg_controllen =
	    (socklen_t)CMSG_SPACE(n * sizeof(int));
	return has;
}

/* start_wire_send - whole, or not at all */
int
start_wire_send(int fd, const struct start *start, int answer)
{
	own(buf) struct buf text = BUF;
	union ancillary ancillary = { .space = "" };
	struct head head = { start->what, start->group, 0, 0, 0 };
	struct iovec parts[2] = { { &head, sizeof(head) } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2,
		.msg_control = &ancillary,
		.msg_controllen = sizeof(ancillary.space) };

	buf_bytes(&text, start->path, strlen(start->path) + 1);
	head.argc = put_words(&text, start->argv);
	head.envc = put_words(&text, start->environment);
	head.has = put_fds(start, answer, &message);
	parts[1] = (struct iovec){ text.data, text.len };
	if (head.argc > START_WORDS || head.envc > START_WORDS ||
	    text.len + sizeof(head) > START_WIRE_MAX)
		return E2BIG;
	return AGAIN(sendmsg(fd, &message, MSG_NOSIGNAL)) == -1 ? errno : 0;
}

/* ---- to be asked ---- */

/* take_fds - false: they are not those that are said to come */
static bool
take_fds(struct msghdr *message, uint32_t has, struct start_request *request)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(message);
	int fds[FDS];		/* the kernel gives no more */
	size_t n = 0, at = 0;

	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_RIGHTS)
		n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	if (n > 0)
		memcpy(fds, CMSG_DATA(head), n * sizeof(int));
	if (n > 0)
		request->answer = fds[at++];
	for (int i = 0; i < START_FDS_MAX; i++)
		if ((has & 1U << i) != 0 && at < n)
			request->start.fds[i] = fds[at++];
	for (size_t i = at; i < n; i++)
		(void)close(fds[i]);
	return (message->msg_flags & (MSG_CTRUNC | MSG_TRUNC)) == 0 &&
	    request->answer != -1 &&
	    n == 1 + (size_t)__builtin_popcount(has & 15) && at == n;
}

/* take_words - so many of them, and NULL; false: there are not so many */
static bool
take_words(char **at, const char *end, uint32_t count, char ***words)
{
	for (uint32_t i = 0; i < count; i++) {
		char *nul = memchr(*at, '\0', (size_t)(end - *at));

		if (nul == NULL)
			return false;
		*(*words)++ = *at;
		*at = nul + 1;
	}
	*(*words)++ = NULL;
	return true;
}

/* take_text - path, argv and environment; false: that they are not */
static bool
take_text(const struct head *head, size_t length,
    struct start_request *request)
{
	char *at = request->text, *end = at + length, *nul;
	char **words = request->words, **environment;

	if (head->argc == 0 || head->argc > START_WORDS ||
	    head->envc > START_WORDS || head->what >= START_WHATS ||
	    (nul = memchr(at, '\0', length)) == NULL)
		return false;
	request->start.path = at;
	at = nul + 1;
	request->start.argv = words;
	if (!take_words(&at, end, head->argc, &words))
		return false;
	environment = words;
	if (!take_words(&at, end, head->envc, &words) || at != end)
		return false;
	request->start.environment = head->envc > 0 ? environment : NULL;
	request->start.what = (enum start_what)head->what;
	request->start.group = head->group != 0;
	return true;
}

/* start_wire_receive - and wait for it */
int
start_wire_receive(int fd, struct start_request *request)
{
	union ancillary ancillary;
	struct head head = { 0 };
	char *text = mem_new(START_WIRE_MAX);
	struct iovec parts[2] = { { &head, sizeof(head) },
		{ text, START_WIRE_MAX } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2,
		.msg_control = &ancillary,
		/* not the room for one more that aligning it leaves */
		.msg_controllen = CMSG_LEN(FDS * sizeof(int)) };
	ssize_t n = AGAIN(recvmsg(fd, &message, MSG_CMSG_CLOEXEC));

	*request = (struct start_request){ .start.fds = START_FDS,
	    .answer = -1, .text = text };
	/* an end, and what was never sent by start_wire_send(), are the same */
	if (n > 0 && take_fds(&message, head.has, request) &&
	    n > (ssize_t)sizeof(head) && take_text(&head, (size_t)n -
	    sizeof(head), request))
		return 1;
	start_wire_drop(request);
	return n > 0 ? -1 : 0;
}

/* start_wire_drop - nothing of it is left */
void
start_wire_drop(struct start_request *request)
{
	for (int i = 0; i < START_FDS_MAX; i++)
		if (request->start.fds[i] != -1)
			(void)close(request->start.fds[i]);
	if (request->answer != -1)
		(void)close(request->answer);
	free(request->text);
	*request = (struct start_request){ .start.fds = START_FDS,
	    .answer = -1 };
}
