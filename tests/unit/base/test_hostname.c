/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostname: what this host calls itself
 *
 * WRAP: gethostname getaddrinfo freeaddrinfo
 */
#include "base/hostname.h"

#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/scratch.h"

static const char *name;		/* of gethostname; NULL: it fails */
static const char *canonical;		/* of getaddrinfo; the same */
static bool nameless;			/* it has no canonical name */
static unsigned asked, freed;

int __wrap_gethostname(char *, size_t);
int __wrap_getaddrinfo(const char *, const char *, const struct addrinfo *,
    struct addrinfo **);
void __wrap_freeaddrinfo(struct addrinfo *);

int
__wrap_gethostname(char *out, size_t size)
{
	if (name == NULL)
		return -1;
	snprintf(out, size, "%s", name);
	return 0;
}

int
__wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	static struct addrinfo info;

	assert_string_equal(host, name);
	assert_null(service);
	assert_true(hints->ai_flags & AI_CANONNAME);
	asked++;
	if (canonical == NULL)
		return EAI_AGAIN;
	info.ai_canonname = nameless ? NULL : (char *)(uintptr_t)canonical;
	*out = &info;
	return 0;
}

void
__wrap_freeaddrinfo(struct addrinfo *info)
{
	(void)info;
	freed++;
}

static const char *
get(const char *host, const char *canon)
{
	static char out[HOSTNAME_SIZE];

	name = host;
	canonical = canon;
	asked = freed = 0;
	hostname_get(out);
	assert_int_equal(freed, canon != NULL ? asked : 0);
	return out;
}

static void
test_full(void **state)
{
	(void)state;
	assert_string_equal(get("gw.example.com", "other.example"),
	    "gw.example.com");
	assert_int_equal(asked, 0);
}

/* What is no full name leaves the short one, and is asked for again. */
static void
test_none(void **state)
{
	static char giant[300];
	static const char *const useless[] = { "vm", "localhost", "",
	    "localhost.localdomain", "vm.", ".vm", "vm .example", "vm.\xc3\xa9",
	    giant };

	(void)state;
	memset(giant, 'a', sizeof(giant) - 1);
	giant[3] = '.';
	for (size_t i = 0; i < sizeof(useless) / sizeof(*useless); i++) {
		assert_string_equal(get("vm", useless[i]), "vm");
		assert_int_equal(asked, 1);
	}
	assert_string_equal(get("vm", NULL), "vm");
	assert_int_equal(asked, 1);
	nameless = true;
	assert_string_equal(get("vm", "vm.example"), "vm");
	nameless = false;
}

/* One that was found is remembered, with the name that it is for. */
static void
test_found(void **state)
{
	(void)state;
	assert_string_equal(get("vm", "vm.example.com"), "vm.example.com");
	assert_int_equal(asked, 1);
	assert_string_equal(get("vm", NULL), "vm.example.com");
	assert_int_equal(asked, 0);
	assert_string_equal(get("gw", NULL), "gw");
	assert_string_equal(get("gw", "gw.example.com"), "gw.example.com");
	assert_string_equal(get(NULL, NULL), "localhost");
	assert_string_equal(get("", "x.example"), "localhost");
	assert_int_equal(asked, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
