/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http - one request and its answer, for a page that is all there is
 *
 *	struct http_request request;
 *
 *	if (http_read(STDIN_FILENO, &request))
 *		http_answer(STDOUT_FILENO, &request, &page);
 *
 * As inetd(8) would have it, or a unit of systemd.socket(5) with Accept=yes: a
 * process for each connection, which is that process' standard input and
 * output.  GET and HEAD of /metrics, and nothing else.  No more than HTTP_HEAD
 * bytes and HTTP_TIME are spent on whoever is at the other end.
 */
#ifndef CONTROL_HTTP_H
#define CONTROL_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { HTTP_HEAD = 8192, HTTP_TIME = 5000 /* ms, for each way */ };

enum http_status {
	HTTP_OK = 200,
	HTTP_BAD = 400,
	HTTP_NOT_FOUND = 404,
	HTTP_NOT_ALLOWED = 405,
	HTTP_TIMEOUT = 408,
	HTTP_TOO_LARGE = 431,
	HTTP_FAILED = 500
};

struct http_request {
	enum http_status status;	/* that it is to be answered with */
	bool		 head;		/* without the page */
};

/* http_judge - of the head of a request, which is there in full or does not fit
 * into HTTP_HEAD bytes. */
void	http_judge(const char *head, size_t, struct http_request *out);

/* http_read - false: the other end has gone without a word. */
bool	http_read(int fd, struct http_request *out);

/* http_answer - the page, or with another status than HTTP_OK what is wrong;
 * the page is its text for HTTP_FAILED.  Then wait for the other end to have
 * taken it. */
void	http_answer(int fd, const struct http_request *, const struct buf *page);

#endif
