/* SPDX-License-Identifier: BSD-2-Clause */
/* the end of a spool file */
#include "journal/footer.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

/* The sum sees what a plain sum or parity would not. */
static void
test_sum(void **state)
{
	static const char bytes[] = "0123456789abcdef0123456789abcdef";
	uint64_t seen[sizeof(bytes)];

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		char zeros[sizeof(bytes)] = "";
		char swapped[sizeof(bytes)];

		seen[n] = footer_sum(0, bytes, n);
		for (size_t i = 0; i < n; i++)
			assert_int_not_equal(seen[i], seen[n]);
		if (n == 0)
			continue;
		assert_int_not_equal(footer_sum(0, zeros, n),
		    footer_sum(0, zeros, n - 1));
		memcpy(swapped, bytes, n);
		swapped[0] = bytes[n - 1];
		swapped[n - 1] = bytes[0];
		if (swapped[0] != bytes[0])
			assert_int_not_equal(footer_sum(0, swapped, n), seen[n]);
	}
	assert_int_equal(footer_sum(0, "0123456789", 10), 0xc9f85924dbdf21a4);
	assert_int_not_equal(footer_sum(footer_sum(0, "a", 1), "b", 1),
	    footer_sum(footer_sum(0, "b", 1), "a", 1));
}

/* The form is for other versions too, and for people: it does not change. */
static void
test_footer(void **state)
{
	own(buf) struct buf json = BUF;
	struct footer footer;

	(void)state;
	buf_text(&json, "{}");
	footer_format(&json, 0x75a1d3b0c2e94f16, 0x0123456789abcdef);
	assert_int_equal(json.len, 3 + FOOTER_SIZE);
	assert_memory_equal(json.data, "{}\nTDC1 00000003 75a1d3b0c2e94f16 "
	    "0123456789abcdef ", 3 + 48);
	assert_int_equal(json.data[json.len - 1], '\n');
	assert_true(footer_parse(json.data + 3, &footer));
	assert_int_equal(footer.json_size, 3);
	assert_int_equal(footer.boot, 0x75a1d3b0c2e94f16);
	assert_int_equal(footer.message_sum, 0x0123456789abcdef);
	assert_true(footer_fits(&footer, json.data + 3, json.data));
	json.data[0] = '[';
	assert_false(footer_fits(&footer, json.data + 3, json.data));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_footer),
	};

	return cmocka_run_group_tests_name("footer", tests, NULL, NULL);
}
