/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * markup - pieces of HTML in which no text can do harm
 *
 *	struct buf html = BUF;
 *	static const struct markup_column columns[] = {
 *		{ "Policy", MARKUP_NAME }, { "Copies", MARKUP_NUMBER },
 *	};
 *	struct markup_table table = { &html, columns, 2 };
 *
 *	markup_table(&table, "Copies by policy");
 *	markup_row(&table, (const char *[]){ name, COMMAS(n) }, 0.5);
 *	markup_table_end(&table);
 *
 * All texts are escaped here, as ESCAPE() does it first; what is not a text is
 * said to be HTML.
 */
#ifndef CONTROL_REPORT_MARKUP_H
#define CONTROL_REPORT_MARKUP_H

#include <stddef.h>

#include "base/buf.h"

/* markup_text - for the content of an element or the value of an attribute
 * in quotation marks. */
void	markup_text(struct buf *, const char *);

/* markup_element - <name>text</name>; attributes: HTML, "" or after a blank. */
void	markup_element(struct buf *, const char *name, const char *attributes,
	    const char *text);

/* markup_section - a part of the page, up to markup_section_end(); note: below
 * its heading, "" for none. */
void	markup_section(struct buf *, const char *heading, const char *note);
void	markup_section_end(struct buf *);

enum markup_kind {
	MARKUP_NAME,		/* heads its row, and has its bar */
	MARKUP_TEXT,
	MARKUP_WORD,		/* never cut in two */
	MARKUP_TIME,		/* to the right, as is: */
	MARKUP_NUMBER
};

struct markup_column {
	const char	*head;
	enum markup_kind kind;
};

struct markup_table {
	struct buf	*out;
	const struct markup_column *columns;
	size_t		 count;
};

/* markup_table - up to markup_table_end().
 * markup_row - a text for each column; bar: from 0 to 1, how long the bar
 * below the name is, or less than 0 for none.
 * markup_note - a line below the rows. */
void	markup_table(const struct markup_table *, const char *caption);
void	markup_row(const struct markup_table *, const char *const *texts,
	    double bar);
void	markup_note(const struct markup_table *, const char *text);
void	markup_table_end(const struct markup_table *);

#endif
