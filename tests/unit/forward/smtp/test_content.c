/* SPDX-License-Identifier: BSD-2-Clause */
/* content: what lies across the edges of the pieces that a letter goes in */
#include "forward/smtp/content.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/own.h"
#include "tests/unit/dot_readers.h"
#include "tests/unit/scratch.h"

#define HEAD "Head: 1\r\n\r\n"
#define TAIL "\r\n--end--\r\n"

/* ---- the other side ---- */

struct reader {
	int		 fd;
	struct buf	 got;
};

static void *
read_all(void *arg)
{
	struct reader *reader = arg;
	ssize_t n;

	while ((n = read(reader->fd, buf_room(&reader->got, 65536),
	    65536)) > 0)
		reader->got.len += (size_t)n;
	return NULL;
}

typedef int content_write(const struct letter *, struct buf *, struct conn *,
	    struct err *);

/* send_letter - by one of the two ways, behind a command; what came */
static void
send_letter(content_write *way, const struct buf *message, struct buf *out)
{
	static char head[] = HEAD, tail[] = TAIL;
	const struct buf before = { .data = head, .len = strlen(head) };
	const struct buf after = { .data = tail, .len = strlen(tail) };
	struct letter letter = { .head = &before, .tail = &after,
	    .fd = memfd_create("message", MFD_CLOEXEC),
	    .length = message->len };
	struct reader reader = { .got = BUF };
	own(buf) struct buf said = BUF;
	struct conn conn = CONN;
	pthread_t thread;
	struct err err;
	int fds[2];

	assert_int_equal(write(letter.fd, message->data, message->len),
	    message->len);
	assert_int_equal(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	conn.fd = fds[0];
	reader.fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
	buf_text(&said, "SAID\r\n");
	assert_int_equal(way(&letter, &said, &conn, &err), 0);
	assert_int_equal(content_flush(&said, &conn, &err), 0);
	conn_close(&conn);
	pthread_join(thread, NULL);
	assert_memory_equal(reader.got.data, "SAID\r\n", 6);
	buf_bytes(out, reader.got.data + 6, reader.got.len - 6);
	buf_drop(&reader.got);
	close(reader.fd);
	close(letter.fd);
}

/* ---- letters ---- */

static void
check(const struct buf *message)
{
	own(buf) struct buf letter = BUF;
	own(buf) struct buf wanted = BUF;
	own(buf) struct buf chunk = BUF;
	own(buf) struct buf dotted = BUF;
	own(buf) struct buf seen = BUF;

	buf_text(&letter, HEAD);
	buf_bytes(&letter, message->data, message->len);
	buf_text(&letter, TAIL);
	send_letter(content_chunk, message, &chunk);
	assert_int_equal(chunk.len, letter.len);
	assert_memory_equal(chunk.data, letter.data, letter.len);
	send_letter(content_dotted, message, &dotted);
	assert_true(dot_safe(dotted.data, dotted.len));
	dot_read(dotted.data, dotted.len, &seen);
	dot_wanted(letter.data, letter.len, &wanted);
	assert_int_equal(seen.len, wanted.len);
	assert_memory_equal(seen.data, wanted.data, wanted.len);
}

/* Each trick, so that the edge lies before, in and behind it: pieces are
 * counted from the message by DATA, from the command by BDAT. */
static void
test_edges(void **state)
{
	static const char *const tricks[] = { "\r\n.\r\n", "\n.\n", "\r.\r\n",
	    "\r\n.\r", "\n.\r\n", "\r\n..\r\n" };
	static const size_t edges[] = { CONTENT_PIECE / 4, CONTENT_PIECE,
	    CONTENT_PIECE - strlen("SAID\r\n" HEAD) };

	(void)state;
	for (size_t e = 0; e < sizeof(edges) / sizeof(*edges); e++)
		for (size_t t = 0; t < sizeof(tricks) / sizeof(*tricks); t++)
			for (size_t i = 0; i <= strlen(tricks[t]); i++) {
				own(buf) struct buf message = BUF;
				size_t n = edges[e] - i;

				memset(buf_room(&message, n), 'x', n);
				message.len += n;
				buf_text(&message, tricks[t]);
				buf_text(&message, "MAIL FROM:<evil@x>\r\n");
				check(&message);
			}
}

static void
test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, CONTENT_PIECE - 1,
	    CONTENT_PIECE, CONTENT_PIECE + 1, 3 * CONTENT_PIECE };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(buf) struct buf message = BUF;

		memset(buf_room(&message, sizes[i]), '.', sizes[i]);
		message.len += sizes[i];
		check(&message);
	}
}

/* Half a letter was promised, and cannot be had. */
static void
test_cut_short(void **state)
{
	static const struct buf none = BUF;
	struct letter letter = { .head = &none, .tail = &none,
	    .fd = memfd_create("message", MFD_CLOEXEC), .length = 10 };
	own(buf) struct buf out = BUF;
	struct conn conn = CONN;
	struct err err;

	(void)state;
	assert_int_equal(write(letter.fd, "12345", 5), 5);
	assert_int_equal(content_chunk(&letter, &out, &conn, &err), -1);
	assert_int_equal(err.sys, ECANCELED);
	assert_int_equal(content_dotted(&letter, &out, &conn, &err), -1);
	assert_int_equal(err.sys, ECANCELED);
	close(letter.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
