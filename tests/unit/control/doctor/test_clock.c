/* SPDX-License-Identifier: BSD-2-Clause */
/* WRAP: adjtimex access */
/* doctor_clock: a warning when nothing keeps the clock right, and only where
 * that can be told */
#include "control/doctor/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>

#include "tests/unit/scratch.h"

static long max_error;		/* us; -1: the kernel refuses to say */
static int status;
static const char *sign;	/* of a container; NULL: it is none */

int	__wrap_adjtimex(struct timex *);
int	__wrap_access(const char *, int);

int
__wrap_adjtimex(struct timex *timex)
{
	assert_int_equal(timex->modes, 0);
	timex->maxerror = max_error;
	timex->status = status;
	errno = EPERM;
	return max_error == -1 ? -1 : TIME_OK;
}

int
__wrap_access(const char *path, int mode)
{
	(void)mode;
	return sign != NULL && strcmp(path, sign) == 0 ? 0 : -1;
}

static void
test_clock(void **state)
{
	static const struct {
		long		 max_error;
		int		 status;
		const char	*sign;
		unsigned	 warnings;
	} cases[] = {
		{ 16000000, STA_UNSYNC, NULL, 1 },
		{ 16000000, 0, NULL, 1 },
		{ 15999999, 0, NULL, 0 },
		{ 500, STA_UNSYNC, NULL, 0 },	/* chrony without rtcsync */
		{ -1, 0, NULL, 0 },
		{ 16000000, STA_UNSYNC, "/.dockerenv", 0 },
		{ 16000000, STA_UNSYNC, "/run/.containerenv", 0 },
		{ 16000000, STA_UNSYNC, "/run/systemd/container", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(findings) struct findings findings = FINDINGS;

		max_error = cases[i].max_error;
		status = cases[i].status;
		sign = cases[i].sign;
		doctor_clock(&findings);
		assert_int_equal(findings.warnings, cases[i].warnings);
		assert_false(findings.no_copies);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
