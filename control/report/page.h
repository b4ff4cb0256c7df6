/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page - the parts of the report's page
 *
 *	page_past(&survey->summary, &html);
 *	page_present(survey, &html);
 *	page_tables(survey, &html);
 *
 * Each appends whole sections.
 */
#ifndef CONTROL_REPORT_PAGE_H
#define CONTROL_REPORT_PAGE_H

#include "base/buf.h"
#include "control/report/survey.h"
#include "control/report/markup.h"

enum { PAGE_TOP = 15 };		/* rows of a table that strangers fill */

/* page_past - what the history tells. */
void	page_past(const struct summary *, struct buf *out);
/* page_present - what spool and counters tell; there must be some. */
void	page_present(const struct survey *, struct buf *out);
/* page_tables - the policy's. */
void	page_tables(const struct survey *, struct buf *out);

#endif
