/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of ledger.c, without tdc-remediator. */
#include "control/ledger/ledger.h"

#include <errno.h>

/* ledger_read - there is nothing to read */
int
ledger_read(const struct conf *conf, const struct ledger_query *query,
    struct ledger *out, struct err *err)
{
	(void)conf, (void)query;
	*out = (struct ledger){ .pause = "" };
	(void)err_set(err, ERR_NEVER, "tdcctl was built without remediation");
	err->sys = ENOENT;
	return -1;
}
