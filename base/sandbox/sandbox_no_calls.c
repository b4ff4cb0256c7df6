/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of sandbox_calls.c, without libseccomp. */
#include "base/sandbox/sandbox_private.h"

/* sandbox_calls - never */
int
sandbox_calls(struct err *err)
{
	return err_set(err, ERR_NEVER, "this build has no libseccomp");
}

/* sandbox_calls_of_reader - nor those */
int
sandbox_calls_of_reader(struct err *err)
{
	return sandbox_calls(err);
}
