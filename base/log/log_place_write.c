/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/again.h"
#include "base/log/log_listeners.h"
#include "base/log/log_place.h"

/* ---- files and streams ---- */

static uint64_t
count(const struct iovec *part, char end)
{
	const char *at = part->iov_base, *limit = at + part->iov_len;
	uint64_t n = 0;

	while ((at = memchr(at, end, (size_t)(limit - at))) != NULL) {
		n++;
		at++;
	}
	return n;
}

/* advance - past the bytes that are out */
static void
advance(struct iovec parts[2], size_t n)
{
	for (int i = 0; i < 2; i++) {
		size_t k = n < parts[i].iov_len ? n : parts[i].iov_len;

		parts[i].iov_base = (char *)parts[i].iov_base + k;
		parts[i].iov_len -= k;
		n -= k;
	}
}

static size_t
left(const struct iovec parts[2])
{
	return parts[0].iov_len + parts[1].iov_len;
}

/* mend - end the line that was cut, so that the next is one of its own */
static bool
mend(struct log_place *place)
{
	if (place->cut && write(place->fd, "\n", 1) != 1)
		return false;
	place->cut = false;
	return true;
}

static size_t
write_bytes(struct log_place *place, const struct iovec whole[2],
    uint64_t *out_lost)
{
	struct iovec parts[2] = { whole[0], whole[1] };
	size_t all = left(whole);
	ssize_t n;

	if (!mend(place)) {
		*out_lost = count(&parts[0], '\n') + count(&parts[1], '\n');
		return all;
	}
	while (left(parts) > 0) {
		n = AGAIN(writev(place->fd, parts, 2));
		if (n == -1 && errno == EAGAIN)
			break;
		if (n <= 0) {
			place->cut = left(parts) < all;
			*out_lost = count(&parts[0], '\n') +
			    count(&parts[1], '\n');
			return all;
		}
		advance(parts, (size_t)n);
	}
	return all - left(parts);
}

/* ---- syslog ---- */

/* reach - the socket of the log daemon, of whichever type it is */
static int
reach(struct log_place *place)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	const struct sockaddr_un name = { AF_UNIX, _PATH_LOG };

	for (int i = 0; place->fd == -1 && i < 2; i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);

		if (fd != -1 && connect(fd, (const struct sockaddr *)&name,
		    sizeof(name)) == 0) {
			place->fd = fd;
			place->whole = types[i] == SOCK_STREAM;
		} else if (fd != -1) {
			int saved = errno;

			close(fd);
			if (saved != EPROTOTYPE)
				break;
		}
	}
	place->down = place->fd == -1;
	return place->down ? -1 : 0;
}

/* dress - the record as it is sent: its end separates it in a stream alone */
static void
dress(const struct log_place *place, const struct iovec parts[2],
    struct iovec out[2])
{
	out[0] = parts[0];
	out[1] = parts[1];
	if (!place->whole)
		out[parts[1].iov_len > 0].iov_len--;
}

static size_t
write_record(struct log_place *place, const struct iovec parts[2],
    uint64_t *out_lost)
{
	struct iovec record[2];
	const struct msghdr message = { .msg_iov = record, .msg_iovlen = 2 };
	ssize_t n;

	/* Twice: a daemon that was restarted has another socket. */
	for (int i = 0; i < 2; i++) {
		if (place->fd == -1 && reach(place) == -1)
			return 0;
		dress(place, parts, record);
		n = sendmsg(place->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0)
			return place->whole ? (size_t)n : left(parts);
		if (errno == EMSGSIZE) {
			*out_lost = 1;
			return left(parts);
		}
		place->starved = errno == ENOBUFS || errno == ENOMEM;
		if (place->starved || errno == EAGAIN || errno == EINTR)
			return 0;
		close(place->fd);
		place->fd = -1;
	}
	return 0;
}

/* one - only the first of the records */
static void
one(const struct iovec parts[2], char end, struct iovec out[2])
{
	out[0] = parts[0];
	out[1] = parts[1];
	for (int i = 0; i < 2; i++) {
		char *begin = parts[i].iov_base;
		char *at = memchr(begin, end, parts[i].iov_len);

		if (at != NULL) {
			out[i].iov_len = (size_t)(at + 1 - begin);
			if (i == 0)
				out[1].iov_len = 0;
			break;
		}
	}
}

/* log_place_write - what it takes now */
size_t
log_place_write(struct log_place *place, const struct iovec parts[2],
    uint64_t *out_lost)
{
	struct iovec first[2];

	*out_lost = 0;
	switch (place->kind) {
	case LOG_TO_FILE:
		return write_bytes(place, parts, out_lost);
	case LOG_TO_STREAM:
		one(parts, '\n', first);
		return write_bytes(place, first, out_lost);
	case LOG_TO_SYSLOG:
		one(parts, '\0', first);
		return write_record(place, first, out_lost);
	case LOG_TO_LISTENERS:
		return log_listeners_write(parts);
	case LOG_TO_NONE:
		break;
	}
	return left(parts);
}

/* log_place_wait - until there may be room; one that is down cannot tell, nor
 * can one for which the kernel has no memory */
void
log_place_wait(const struct log_place *place, int ms)
{
	struct pollfd fd = { .fd = place->fd, .events = POLLOUT };
	int ready = place->starved ? -1 : poll(&fd, 1, ms);

	if (ready == -1 || (ready > 0 && (fd.revents & POLLOUT) == 0))
		(void)usleep((useconds_t)ms * 1000);
}
