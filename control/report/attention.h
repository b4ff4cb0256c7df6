/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attention - what of a report somebody should look at
 *
 *	own(buf) struct buf lines = BUF;
 *
 *	attention_find(&survey, &lines);	-- one sentence a line
 */
#ifndef CONTROL_REPORT_ATTENTION_H
#define CONTROL_REPORT_ATTENTION_H

#include "base/buf.h"
#include "control/report/survey.h"

/* attention_find - nothing is added when all is well. */
void	attention_find(const struct survey *, struct buf *out);

#endif
