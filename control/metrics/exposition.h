/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exposition - Prometheus' text format, version 0.0.4
 *
 *	own(buf) struct buf out = BUF;
 *
 *	exposition_family(&out, "tdc_up", "gauge", "Whether it runs.");
 *	exposition_number(&out, "tdc_up", LABELS("program", "tdc-milter"), 1);
 *
 * One family after the other, each with its samples.  The value of a label may
 * be any text: it becomes one line of printable ASCII.
 */
#ifndef CONTROL_EXPOSITION_H
#define CONTROL_EXPOSITION_H

#include <stdint.h>

#include "base/buf.h"

/* The labels of a sample: names and their values in turn, and NULL at the end;
 * NULL for none. */
#define LABELS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* exposition_family - type: "counter", "gauge" or "histogram". */
void	exposition_family(struct buf *, const char *name, const char *type,
	    const char *help);
void	exposition_number(struct buf *, const char *name,
	    const char *const *labels, uint64_t);
/* exposition_seconds - of a number of ms, with three decimals. */
void	exposition_seconds(struct buf *, const char *name,
	    const char *const *labels, uint64_t ms);
/* exposition_single - a family of one number without labels. */
void	exposition_single(struct buf *, const char *name, const char *type,
	    const char *help, uint64_t);

#endif
