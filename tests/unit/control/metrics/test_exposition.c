/* SPDX-License-Identifier: BSD-2-Clause */
/* exposition: the format, whatever a label holds */
#include "control/metrics/exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void
test_samples(void **state)
{
	own(buf) struct buf out = BUF;

	(void)state;
	exposition_family(&out, "a", "gauge", "Some help.");
	exposition_number(&out, "a", NULL, UINT64_MAX);
	exposition_number(&out, "a", LABELS("x", "1"), 0);
	exposition_seconds(&out, "a", LABELS("x", "1", "y", ""), 1005);
	exposition_single(&out, "b_total", "counter", "More.", 7);
	assert_string_equal(out.data,
	    "# HELP a Some help.\n# TYPE a gauge\n"
	    "a 18446744073709551615\n"
	    "a{x=\"1\"} 0\n"
	    "a{x=\"1\",y=\"\"} 1.005\n"
	    "# HELP b_total More.\n# TYPE b_total counter\nb_total 7\n");
}

/* A name that somebody chose stays one value of one sample. */
static void
test_labels(void **state)
{
	own(buf) struct buf out = BUF;

	(void)state;
	exposition_number(&out, "a", LABELS("x", "q\" 1\nb{y=\"\\\033\xff"), 1);
	assert_string_equal(out.data, "a{x=\"q\\\" 1\\\\x0ab{y=\\\""
	    "\\\\\\\\\\\\x1b\\\\xff\"} 1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
