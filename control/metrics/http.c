/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/metrics/http.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/again.h"
#include "base/clock.h"

/* ---- the request ---- */

/* A piece of its first line. */
struct word {
	const char	*text;
	size_t		 length;
};

/* next_word - up to a blank, or to the end */
static struct word
next_word(const char **at, const char *end)
{
	struct word word = { *at, 0 };

	while (*at < end && **at != ' ')
		(*at)++;
	word.length = (size_t)(*at - word.text);
	if (*at < end)
		(*at)++;
	return word;
}

static bool
is(struct word word, const char *text)
{
	return word.length == strlen(text) &&
	    memcmp(word.text, text, word.length) == 0;
}

/* path_of - what is asked for, of "/x?y" or "http://host/x" */
static struct word
path_of(struct word target)
{
	static const char scheme[] = "http://";
	const size_t n = sizeof(scheme) - 1;
	const char *query;

	if (target.length > n && memcmp(target.text, scheme, n) == 0) {
		const char *slash = memchr(target.text + n, '/',
		    target.length - n);
		const char *from = slash != NULL ? slash :
		    target.text + target.length;

		target.length -= (size_t)(from - target.text);
		target.text = from;
	}
	query = target.length > 0 ?
	    memchr(target.text, '?', target.length) : NULL;
	if (query != NULL)
		target.length = (size_t)(query - target.text);
	return target;
}

/* is_version - HTTP/1.0, HTTP/1.1 */
static bool
is_version(struct word word)
{
	return word.length == 8 && memcmp(word.text, "HTTP/1.", 7) == 0 &&
	    word.text[7] >= '0' && word.text[7] <= '9';
}

/* http_judge - its first line */
void
http_judge(const char *head, size_t n, struct http_request *out)
{
	const char *end = memchr(head, '\n', n), *at = head;
	struct word method, target, version;

	*out = (struct http_request){ .status = HTTP_BAD };
	if (end == NULL) {
		if (n >= HTTP_HEAD)
			out->status = HTTP_TOO_LARGE;
		return;
	}
	if (end > head && end[-1] == '\r')
		end--;
	method = next_word(&at, end);
	target = next_word(&at, end);
	version = next_word(&at, end);
	if (method.length == 0 || target.length == 0 || at < end ||
	    !is_version(version))
		return;
	out->head = is(method, "HEAD");
	if (n >= HTTP_HEAD)
		out->status = HTTP_TOO_LARGE;
	else if (!is(path_of(target), "/metrics"))
		out->status = HTTP_NOT_FOUND;
	else
		out->status = out->head || is(method, "GET") ? HTTP_OK :
		    HTTP_NOT_ALLOWED;
}

/* is_whole - whether the empty line is there that ends a head */
static bool
is_whole(const struct buf *head)
{
	return strlen(head->data) < head->len ||	/* a NUL: it is none */
	    strstr(head->data, "\r\n\r\n") != NULL ||
	    strstr(head->data, "\n\n") != NULL;
}

/* wait_for - false: nothing happened before the deadline */
static bool
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poller = { fd, events, 0 };
	int64_t left;

	while ((left = deadline - clock_now()) > 0) {
		int n = poll(&poller, 1, (int)left);

		if (n > 0)
			return true;
		if (n == -1 && errno != EINTR)
			return false;
	}
	return false;
}

/* http_read - the head of a request */
bool
http_read(int fd, struct http_request *out)
{
	int64_t deadline = clock_now() + HTTP_TIME;
	own(buf) struct buf head = BUF;

	while (head.len < HTTP_HEAD && !is_whole(&head)) {
		ssize_t n;

		if (!wait_for(fd, POLLIN, deadline)) {
			*out = (struct http_request){ .status = HTTP_TIMEOUT };
			return true;
		}
		n = AGAIN(read(fd, buf_room(&head, HTTP_HEAD),
		    HTTP_HEAD - head.len));
		if (n <= 0)
			break;
		head.len += (size_t)n;
		head.data[head.len] = '\0';
	}
	http_judge(head.data, head.len, out);
	if (head.len < HTTP_HEAD && !is_whole(&head))
		out->status = HTTP_BAD;
	return head.len > 0;
}

/* ---- the answer ---- */

/* words_of - a status */
static const char *
words_of(enum http_status status)
{
	switch (status) {
	case HTTP_OK:
		return "200 OK";
	case HTTP_BAD:
		return "400 Bad Request";
	case HTTP_NOT_FOUND:
		return "404 Not Found";
	case HTTP_NOT_ALLOWED:
		return "405 Method Not Allowed";
	case HTTP_TIMEOUT:
		return "408 Request Timeout";
	case HTTP_TOO_LARGE:
		return "431 Request Header Fields Too Large";
	case HTTP_FAILED:
		break;
	}
	return "500 Internal Server Error";
}

/* send_all - or as much as the other end takes in time */
static void
send_all(int fd, const struct buf *out, int64_t deadline)
{
	size_t sent = 0;

	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	while (sent < out->len && wait_for(fd, POLLOUT, deadline)) {
		ssize_t n = AGAIN(write(fd, out->data + sent,
		    out->len - sent));

		if (n == -1 && errno != EAGAIN)
			return;
		if (n > 0)
			sent += (size_t)n;
	}
}

/* linger - until the other end has closed: what it still sends must not have
 * the kernel throw away what it has not read yet */
static void
linger(int fd, int64_t deadline)
{
	char bytes[4096];

	if (shutdown(fd, SHUT_WR) == -1)
		return;		/* no socket, or nobody there */
	while (wait_for(fd, POLLIN, deadline) &&
	    AGAIN(read(fd, bytes, sizeof(bytes))) > 0)
		;
}

/* http_answer - and end the connection */
void
http_answer(int fd, const struct http_request *request, const struct buf *page)
{
	int64_t deadline = clock_now() + HTTP_TIME;
	bool has_page = request->status == HTTP_OK ||
	    request->status == HTTP_FAILED;
	own(buf) struct buf text = BUF, out = BUF;

	if (has_page)
		buf_bytes(&text, page->data, page->len);
	else
		buf_texts(&text, words_of(request->status), ": GET /metrics\n");
	buf_texts(&out, "HTTP/1.1 ", words_of(request->status), "\r\n"
	    "Content-Type: text/plain; ", request->status == HTTP_OK ?
	    "version=0.0.4; " : "", "charset=utf-8\r\n"
	    "Cache-Control: no-store\r\nConnection: close\r\n",
	    request->status == HTTP_NOT_ALLOWED ? "Allow: GET, HEAD\r\n" : "");
	buf_format(&out, "Content-Length: %zu\r\n\r\n", text.len);
	if (!request->head)
		buf_bytes(&out, text.data, text.len);
	signal(SIGPIPE, SIG_IGN);
	send_all(fd, &out, deadline);
	linger(fd, deadline);
}
