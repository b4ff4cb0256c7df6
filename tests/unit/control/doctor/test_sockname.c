/* SPDX-License-Identifier: BSD-2-Clause */
/* test_sockname - the name of a milter's socket in all its forms */
#include "control/doctor/sockname.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

/* Where to connect to, and by which port. */
static void
hosts_and_ports(void **state)
{
	static const struct { const char *socket, *host, *port; } rows[] = {
		{ "inet:8891", "127.0.0.1", "8891" },
		{ "inet:8891@localhost", "localhost", "8891" },
		{ "inet:8891@", "127.0.0.1", "8891" },
		{ "inet:0.0.0.0:8891", "127.0.0.1", "8891" },
		{ "inet:8891@0.0.0.0", "127.0.0.1", "8891" },
		{ "inet:192.0.2.1:8891", "192.0.2.1", "8891" },
		{ "inet6:8891", "[::1]", "8891" },
		{ "inet6:8891@::", "[::1]", "8891" },
		{ "inet6:[::]:8891", "[::1]", "8891" },
		{ "inet6:8891@2001:db8::1", "[2001:db8::1]", "8891" },
		{ "inet6:[2001:db8::1]:8891", "[2001:db8::1]", "8891" },
		{ "no socket", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *host = sockname_host(rows[i].socket), *text = NULL;
		const char *port;
		size_t n;

		port = sockname_port(rows[i].socket, &n);
		text = mem_bytes(port, n);
		if (strcmp(host, rows[i].host) != 0 ||
		    strcmp(text, rows[i].port) != 0)
			fail_msg("%s: '%s', '%s'", rows[i].socket, host, text);
	}
}

static void
paths(void **state)
{
	(void)state;
	assert_string_equal(sockname_path("/a/b"), "/a/b");
	assert_string_equal(sockname_path("unix:/a/b"), "/a/b");
	assert_string_equal(sockname_path("local:/a/b"), "/a/b");
	assert_null(sockname_path("inet:8891"));
}

/* Two names of one file are the same once links and empty parts are gone. */
static void
plain(void **state)
{
	char *dir = scratch_new();
	own(str) char *here = mem_format("%s/here", dir);
	own(str) char *there = mem_format("%s/there", dir);
	own(str) char *through = mem_format("%s//milter.sock", there);
	own(str) char *wanted = mem_format("%s/milter.sock", here);
	own(str) char *linked = NULL, *none = NULL, *top = NULL, *name = NULL;

	(void)state;
	assert_int_equal(mkdir(here, 0700), 0);
	assert_int_equal(symlink("here", there), 0);
	linked = sockname_plain(through);
	assert_string_equal(linked, wanted);
	none = sockname_plain("/is/not//there///x");
	assert_string_equal(none, "/is/not/there/x");
	top = sockname_plain("//x");
	assert_string_equal(top, "/x");
	name = sockname_plain("x");
	assert_string_equal(name, "x");
	scratch_free(dir);
}

static void
leads(void **state)
{
	static const struct postfix postfix = { .queue_directory = "/no/spool" };
	static const struct {
		const char *ours, *theirs;
		bool	 chrooted, wanted;
	} rows[] = {
		{ "inet:8891", "inet:localhost:8891", false, true },
		{ "inet:8891", "inet:localhost:889", false, false },
		{ "inet:8891", "inet:localhost:8892", false, false },
		{ "inet:8891", "unix:/no/8891", false, false },
		{ "unix:/no/s", "inet:8891", false, false },
		{ "unix:/no/s", "unix:/no/s", false, true },
		{ "unix:/no/s", "unix:/no/s", true, false },
		{ "unix:/no/spool/a/s", "unix:/a/s", true, true },
		{ "unix:/no/spool/a/s", "unix:a/s", true, true },
		{ "unix:/no/spool/a/s", "unix:a/s", false, true },
		{ "unix:/no/spool/a/s", "unix:/a/s", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (sockname_leads(&postfix, rows[i].ours, rows[i].theirs,
		    rows[i].chrooted) != rows[i].wanted)
			fail_msg("%s, %s", rows[i].ours, rows[i].theirs);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_and_ports),
		cmocka_unit_test(paths),
		cmocka_unit_test(plain),
		cmocka_unit_test(leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
