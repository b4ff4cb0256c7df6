/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dane_find: whose TLSA records count, by what is signed of a host and of the name that
 * it leads to; what cannot be told is never taken for none
 *
 * WRAP: dns_alias resolver_ask resolver_drop
 */
#include "forward/tls/dane.h"

#include <string.h>
#include <unbound.h>

#include "tests/unit/scratch.h"

#define HOST "mx.example"
#define CANONICAL "real.example"

/* What DNS says of one name. */
struct says {
	enum dns_status	 status;
	bool		 secure, usable;
};

static struct says of_host, of_canonical, alias;
static unsigned asked, open_answers;

static char usable[35] = { 3, 1, 1 }, useless[] = { 0, 0, 0, 0 };
static char *usable_data[] = { usable, NULL }, *useless_data[] = { useless, NULL };
static int usable_length[] = { sizeof(usable) }, useless_length[] = { 4 };
static struct ub_result good = { .data = usable_data, .len = usable_length };
static struct ub_result bad = { .data = useless_data, .len = useless_length };

enum dns_status	__wrap_resolver_ask(struct resolver *, const char *, int, int64_t,
		    struct resolver_answer *);
enum dns_status
__wrap_resolver_ask(struct resolver *unused, const char *name, int type,
    int64_t deadline, struct resolver_answer *out)
{
	const struct says *says = strcmp(name, "_25._tcp." HOST) == 0 ? &of_host :
	    &of_canonical;

	(void)unused, (void)deadline;
	assert_int_equal(type, 52);
	if (says == &of_canonical)
		assert_string_equal(name, "_25._tcp." CANONICAL);
	asked++;
	open_answers++;
	*out = (struct resolver_answer){ .secure = says->secure, .why = "SERVFAIL",
	    .result = says->status != DNS_FOUND ? NULL : says->usable ? &good :
	    &bad };
	return says->status;
}

void	__wrap_resolver_drop(struct resolver_answer *);
void
__wrap_resolver_drop(struct resolver_answer *unused)
{
	(void)unused;
	open_answers--;
}

enum dns_status	__wrap_dns_alias(struct resolver *, const char *, int64_t, bool *,
		    const char **);
enum dns_status
__wrap_dns_alias(struct resolver *unused, const char *host, int64_t deadline,
    bool *out_secure, const char **why)
{
	(void)unused, (void)deadline;
	assert_string_equal(host, HOST);
	*out_secure = alias.secure;
	*why = "timeout";
	return alias.status;
}

#define FOUND { DNS_FOUND, true, true }
#define UNUSABLE { DNS_FOUND, true, false }
#define UNSIGNED { DNS_FOUND, false, true }
#define NONE { DNS_NO_DATA, true, false }
#define LATER { DNS_LATER, false, false }
#define OURS { DNS_OURS, false, false }

static const struct {
	const char	*canonical;
	bool		 secure;
	struct says	 alias, of_canonical, of_host;
	enum dane_status want;
	const char	*base, *why;	/* of which name; else why not */
} rows[] = {
	{ "", true, LATER, LATER, FOUND, DANE_FOUND, HOST, NULL },
	{ "", true, LATER, LATER, UNUSABLE, DANE_UNUSABLE, NULL,
	  "no usable TLSA records" },
	{ "", true, LATER, LATER, UNSIGNED, DANE_NONE, NULL,
	  "TLSA records not signed" },
	{ "", true, LATER, LATER, NONE, DANE_NONE, NULL, "no TLSA records" },
	{ "", true, LATER, LATER, LATER, DANE_LATER, NULL, "SERVFAIL" },
	{ "", true, LATER, LATER, OURS, DANE_OURS, NULL, "SERVFAIL" },
	{ CANONICAL, true, LATER, FOUND, FOUND, DANE_FOUND, CANONICAL, NULL },
	{ CANONICAL, true, LATER, NONE, FOUND, DANE_FOUND, HOST, NULL },
	{ CANONICAL, true, LATER, UNUSABLE, FOUND, DANE_UNUSABLE, NULL,
	  "no usable TLSA records" },
	{ CANONICAL, true, LATER, LATER, FOUND, DANE_LATER, NULL, "SERVFAIL" },
	{ CANONICAL, true, LATER, OURS, FOUND, DANE_OURS, NULL, "SERVFAIL" },
	{ "", false, FOUND, FOUND, FOUND, DANE_NONE, NULL, "address not signed" },
	{ CANONICAL, false, FOUND, FOUND, FOUND, DANE_FOUND, HOST, NULL },
	{ CANONICAL, false, FOUND, FOUND, NONE, DANE_NONE, NULL, "no TLSA records" },
	{ CANONICAL, false, UNSIGNED, FOUND, FOUND, DANE_NONE, NULL,
	  "address not signed" },
	{ CANONICAL, false, NONE, FOUND, FOUND, DANE_NONE, NULL,
	  "address not signed" },
	{ CANONICAL, false, LATER, FOUND, FOUND, DANE_LATER, NULL, "timeout" },
	{ CANONICAL, false, OURS, FOUND, FOUND, DANE_OURS, NULL, "timeout" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct dane_host host = { .host = HOST, .port = 25,
			.canonical = rows[i].canonical, .secure = rows[i].secure };
		struct dane dane = DANE;
		const char *why = "";
		enum dane_status got;

		alias = rows[i].alias;
		of_canonical = rows[i].of_canonical;
		of_host = rows[i].of_host;
		asked = open_answers = 0;
		got = dane_find(NULL, &host, 0, &dane, &why);
		if (got != rows[i].want)
			fail_msg("row %zu: %d, %s", i, (int)got, why);
		assert_int_equal(open_answers, got == DANE_FOUND);
		if (got == DANE_FOUND) {
			assert_string_equal(dane.base, rows[i].base);
			dane_drop(&dane);
			assert_null(dane.records);
			assert_int_equal(open_answers, 0);
		} else {
			assert_string_equal(why, rows[i].why);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
