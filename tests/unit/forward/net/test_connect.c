/* SPDX-License-Identifier: BSD-2-Clause */
/* connect: where connections come from, and whose fault it is when not */
#include "forward/net/race.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void
test_source_parse(void **state)
{
	static const struct {
		const char	*text;
		const char	*want;		/* or NULL */
	} texts[] = {
		{ "", "- -" },
		{ " ", "- -" },
		{ "192.0.2.1", "192.0.2.1 -" },
		{ "[192.0.2.1]", "192.0.2.1 -" },
		{ "2001:db8::1", "- 2001:db8::1" },
		{ "[2001:db8::1]", "- 2001:db8::1" },
		{ "192.0.2.1 2001:db8::1", "192.0.2.1 2001:db8::1" },
		{ "2001:db8::1, 192.0.2.1", "192.0.2.1 2001:db8::1" },
		{ "192.0.2.1 192.0.2.2", NULL },
		{ "2001:db8::1 [::1]", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.1/24", NULL },
		{ "mx.example", NULL },
		{ "192.0.2.1 x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct connect_source source;
		char in[INET6_ADDRSTRLEN] = "-", in6[INET6_ADDRSTRLEN] = "-";
		struct err err;
		char got[2 * INET6_ADDRSTRLEN];

		if (connect_source_parse(texts[i].text, &source, &err) == -1) {
			assert_null(texts[i].want);
			assert_int_equal(err.kind, ERR_NEVER);
			continue;
		}
		assert_non_null(texts[i].want);
		if (source.in.length > 0)
			endpoint_print(&source.in, in);
		if (source.in6.length > 0)
			endpoint_print(&source.in6, in6);
		snprintf(got, sizeof(got), "%s %s", in, in6);
		assert_string_equal(got, texts[i].want);
	}
}

/* 192.0.2.0/24 is for documentation: nobody's own, here either. */
static void
test_source_check(void **state)
{
	struct connect_source source;
	struct err err;

	(void)state;
	assert_int_equal(connect_source_parse("", &source, &err), 0);
	assert_int_equal(connect_source_check(&source, &err), 0);
	assert_int_equal(connect_source_parse("127.0.0.1", &source, &err), 0);
	assert_int_equal(connect_source_check(&source, &err), 0);
	assert_int_equal(connect_source_parse("192.0.2.9", &source, &err), 0);
	assert_int_equal(connect_source_check(&source, &err), -1);
	assert_string_equal(err.text, "source_address 192.0.2.9: [Errno 99] "
	    "Cannot assign requested address");
	assert_true(connect_shortage(&err));
}

/* And where it is our own, the peer sees it. */
static void
test_source_used(void **state)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct endpoint to = { .length = sizeof(here) };
	own(fd) int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(here);
	struct connect_source source;
	struct race race = RACE;
	struct runner *runner;
	struct err err;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&here, length), 0);
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&here,
	    &length), 0);
	memcpy(&to.sockaddr, &here, sizeof(here));
	assert_int_equal(connect_source_parse("127.0.0.9", &source, &err), 0);
	race.source = &source;
	race_add(&race, &to);
	runner = race_next(&race);
	assert_non_null(runner);
	assert_int_not_equal(runner->fd, -1);
	assert_string_equal(runner->ends.interface, "127.0.0.9");
	assert_string_equal(runner->ends.address, "127.0.0.1");
	race_drop(&race);
}

static void
test_shortage(void **state)
{
	static const struct {
		int	 number;
		bool	 ours;
	} cases[] = {
		{ EMFILE, true }, { ENFILE, true }, { ENOBUFS, true },
		{ ENOMEM, true }, { EADDRNOTAVAIL, true }, { EAGAIN, true },
		{ ECONNREFUSED, false }, { ENETUNREACH, false },
		{ EACCES, false }, { ETIMEDOUT, false }, { ECANCELED, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err;

		conn_errno(&err, cases[i].number);
		assert_int_equal(connect_shortage(&err), cases[i].ours);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_parse),
		cmocka_unit_test(test_source_check),
		cmocka_unit_test(test_source_used),
		cmocka_unit_test(test_shortage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
