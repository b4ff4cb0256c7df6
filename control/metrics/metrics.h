/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * metrics - all that tdcctl metrics tells, as text for Prometheus
 *
 *	own(buf) struct buf page = BUF;
 *
 *	if (metrics_page(&conf, &page, &err) == 0)
 *		fputs(page.data, stdout);
 *
 * Before anything has ever been started there is a page, too: nothing is up.
 */
#ifndef CONTROL_METRICS_H
#define CONTROL_METRICS_H

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/err.h"
#include "control/queue/status.h"

/* metrics_page - append it; -1: the spool is there and cannot be read. */
int	metrics_page(const struct conf *, struct buf *out, struct err *);

/* ---- its parts ---- */

/* metrics_counters - each counter of counters_list.h that is no gauge.  One
 * that metrics_counters.c does not know is a family of its own, or belongs to
 * one by how its name begins.
 * metrics_programs - what runs; the status may be empty.
 * metrics_queue - what waits, and where it goes.
 * metrics_remediation - what tdc-remediator did; nothing for who may not read its
 * database, or without one. */
void	metrics_counters(const struct counters *, struct buf *out);
void	metrics_programs(const struct status *, struct buf *out);
void	metrics_queue(const struct status *, const struct conf *,
	    struct buf *out);
void	metrics_remediation(const struct conf *, struct buf *out);

#endif
