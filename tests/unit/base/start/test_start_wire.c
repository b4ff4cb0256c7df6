/* SPDX-License-Identifier: BSD-2-Clause */
/* start_wire: what is asked arrives as it was; what nobody could have asked is
 * passed over, and no descriptor stays open */
#include "base/start/start_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/opened.h"
#include "tests/unit/scratch.h"

static int ends[2];

static int
set_up(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    ends), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return 0;
}

static void
as_it_was(void **state)
{
	char *argv[] = { (char *)"x", (char *)"", (char *)"two words", NULL };
	char *environment[] = { (char *)"A=b", NULL };
	struct start start = { .what = START_ALERT, .path = "/bin/x",
		.argv = argv, .environment = environment,
		.fds = { -1, 0, -1, 1 }, .group = true };
	struct start_request got;
	int before = opened();

	(void)state;
	assert_int_equal(start_wire_send(ends[0], &start, 2), 0);
	assert_int_equal(start_wire_receive(ends[1], &got), 1);
	assert_int_equal(got.start.what, START_ALERT);
	assert_true(got.start.group);
	assert_string_equal(got.start.path, "/bin/x");
	for (int i = 0; i < 3; i++)
		assert_string_equal(got.start.argv[i], argv[i]);
	assert_null(got.start.argv[3]);
	assert_string_equal(got.start.environment[0], "A=b");
	assert_null(got.start.environment[1]);
	assert_int_equal(got.start.fds[0], -1);
	assert_int_not_equal(got.start.fds[1], -1);
	assert_int_equal(got.start.fds[2], -1);
	assert_int_not_equal(got.start.fds[3], -1);
	assert_int_equal(fcntl(got.start.fds[3], F_GETFD), FD_CLOEXEC);
	start_wire_drop(&got);
	assert_int_equal(opened(), before);
}

static void
too_large(void **state)
{
	char *many[START_WORDS + 2], *large = mem_new(START_WIRE_MAX + 1);
	char *one[] = { large, NULL };
	struct start start = { .what = START_ALERT, .path = "/bin/x",
		.argv = many, .fds = START_FDS };

	(void)state;
	for (int i = 0; i <= START_WORDS; i++)
		many[i] = (char *)"a";
	many[START_WORDS + 1] = NULL;
	assert_int_equal(start_wire_send(ends[0], &start, 2), E2BIG);
	memset(large, 'a', START_WIRE_MAX);
	start.argv = one;
	assert_int_equal(start_wire_send(ends[0], &start, 2), E2BIG);
	free(large);
}

/* send_raw - these octets, with so many descriptors */
static void
send_raw(const void *bytes, size_t length, size_t count)
{
	union {
		char		space[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr	align;
	} control = { .space = "" };
	struct iovec part = { (void *)bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[8] = { 0, 0, 0, 0, 0, 0, 0, 0 };

	if (count > 0) {
		struct cmsghdr *head = &control.align;

		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = (socklen_t)CMSG_LEN(count *
		    sizeof(int));
		memcpy(CMSG_DATA(head), fds, count * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = (socklen_t)CMSG_SPACE(count *
		    sizeof(int));
	}
	assert_int_equal(sendmsg(ends[0], &message, 0), (ssize_t)length);
}

static void
what_nobody_asks(void **state)
{
	/* what, group, descriptors, argc, envc; then text */
	static const struct {
		uint32_t	head[5];
		const char	*text;
		size_t		length, fds;
	} rows[] = {
		{ { START_ALERT, 0, 0, 1, 0 }, "/x\0x", 5, 0 },
		{ { START_ALERT, 0, 1, 1, 0 }, "/x\0x", 5, 1 },
		{ { START_ALERT, 0, 0, 1, 0 }, "/x\0x", 5, 2 },
		{ { START_ALERT, 0, 0xff, 1, 0 }, "/x\0x", 5, 7 },
		{ { START_ALERT, 0, 0, 1, 0 }, "/x\0x", 4, 1 },
		{ { START_ALERT, 0, 0, 1, 0 }, "/x", 2, 1 },
		{ { START_ALERT, 0, 0, 0, 0 }, "/x\0x", 5, 1 },
		{ { START_ALERT, 0, 0, 2, 0 }, "/x\0x", 5, 1 },
		{ { START_ALERT, 0, 0, 1, 1 }, "/x\0x", 5, 1 },
		{ { START_ALERT, 0, 0, 1, 0 }, "/x\0x\0y", 7, 1 },
		{ { START_ALERT, 0, 0, 1U << 31, 0 }, "/x\0x", 5, 1 },
		{ { START_ALERT, 0, 0, 1, 1U << 31 }, "/x\0x", 5, 1 },
		{ { START_WHATS, 0, 0, 1, 0 }, "/x\0x", 5, 1 },
		{ { 1U << 31, 0, 0, 1, 0 }, "/x\0x", 5, 1 },
	};
	struct start_request got;
	int before = opened();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char bytes[64];

		memcpy(bytes, rows[i].head, sizeof(rows[i].head));
		memcpy(bytes + sizeof(rows[i].head), rows[i].text,
		    rows[i].length);
		send_raw(bytes, sizeof(rows[i].head) + rows[i].length,
		    rows[i].fds);
		assert_int_equal(start_wire_receive(ends[1], &got), -1);
		assert_int_equal(opened(), before);
	}
	send_raw("short", 5, 1);
	assert_int_equal(start_wire_receive(ends[1], &got), -1);
	(void)close(ends[0]);
	assert_int_equal(start_wire_receive(ends[1], &got), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_large, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_nobody_asks, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
