/* SPDX-License-Identifier: BSD-2-Clause */
/* dane: which TLSA records can be used, and when two sets are the same */
#include "forward/tls/dane.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>
#include <unbound.h>

#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	unsigned char	 usage, selector, matching;
	size_t		 length;	/* of data that is all zero */
	bool		 usable;
} records[] = {
	{ 3, 1, 1, 32, true },
	{ 3, 0, 1, 32, true },
	{ 3, 1, 2, 64, true },
	{ 2, 0, 1, 32, true },
	{ 2, 1, 2, 64, true },
	{ 0, 0, 1, 32, false },		/* PKIX-TA */
	{ 1, 1, 1, 32, false },		/* PKIX-EE */
	{ 4, 1, 1, 32, false },
	{ 255, 1, 1, 32, false },	/* PrivCert */
	{ 3, 2, 1, 32, false },
	{ 3, 255, 1, 32, false },
	{ 3, 1, 3, 48, false },
	{ 3, 1, 255, 32, false },
	{ 3, 1, 1, 31, false },
	{ 3, 1, 1, 33, false },
	{ 3, 1, 2, 32, false },
	{ 3, 1, 1, 0, false },
	{ 3, 0, 0, 0, false },
	{ 3, 0, 0, 100, false },	/* no certificate */
	{ 3, 1, 0, 100, false },	/* no key */
};

static void
test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		unsigned char wire[128] = { records[i].usage,
		    records[i].selector, records[i].matching };
		struct dane_record record;

		if (dane_parse(wire, 3 + records[i].length, &record) !=
		    records[i].usable)
			fail_msg("record %zu", i);
		if (!records[i].usable)
			continue;
		assert_int_equal(record.usage, records[i].usage);
		assert_int_equal(record.selector, records[i].selector);
		assert_int_equal(record.matching, records[i].matching);
		assert_int_equal(record.length, records[i].length);
		assert_ptr_equal(record.data, wire + 3);
	}
}

static void
test_short(void **state)
{
	const unsigned char wire[] = { 3, 1, 1, 0 };
	struct dane_record record;

	(void)state;
	for (size_t n = 0; n <= sizeof(wire); n++)
		assert_false(dane_parse(wire, n, &record));
}

/* whole - a record with all of a key in it; its length */
static size_t
whole(EVP_PKEY *key, unsigned char wire[1024])
{
	unsigned char *at = wire + 3;
	int length = i2d_PUBKEY(key, NULL);

	assert_in_range(length, 1, 1000);
	memcpy(wire, (unsigned char[]){ 3, 1, 0 }, 3);
	assert_int_equal(i2d_PUBKEY(key, &at), length);
	return 3 + (size_t)length;
}

static void
test_whole_key(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char wire[1024] = { 0 };
	struct dane_record record;
	size_t n = whole(key, wire);

	(void)state;
	assert_true(dane_parse(wire, n, &record));
	assert_false(dane_parse(wire, n - 1, &record));
	assert_false(dane_parse(wire, n + 1, &record));
	wire[1] = 0;			/* it is no certificate */
	assert_false(dane_parse(wire, n, &record));
	EVP_PKEY_free(key);
}

static void
test_sets(void **state)
{
	char a[35] = { 3, 1, 1, 'a' }, b[35] = { 3, 1, 1, 'b' };
	char c[35] = { 1, 1, 1, 'c' };
	char *ab[] = { a, b, NULL }, *ba[] = { b, a, NULL };
	char *just_a[] = { a, NULL }, *cb[] = { c, b, NULL };
	int length[] = { 35, 35 };
	struct ub_result result = { .data = ab, .len = length };
	struct dane dane = { .records = &result }, none = DANE;
	struct dane_record record;
	uint64_t sum = dane_sum(&dane);
	size_t at = 0;

	(void)state;
	result.data = ba;
	assert_true(dane_sum(&dane) == sum);
	result.data = just_a;
	assert_true(dane_sum(&dane) != sum);
	assert_true(dane_sum(&none) != sum);
	result.data = cb;
	assert_true(dane_next(&dane, &at, &record));
	assert_int_equal(record.data[0], 'b');
	assert_false(dane_next(&dane, &at, &record));
	at = 0;
	assert_false(dane_next(&none, &at, &record));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_whole_key),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
