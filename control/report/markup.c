/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/markup.h"

#include <string.h>

#include "base/escape.h"

/* markup_text - five characters mean something in HTML */
void
markup_text(struct buf *out, const char *text)
{
	static const struct { char c; const char *entity; } entities[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};

	for (const char *p = ESCAPE(text); *p != '\0'; p++) {
		size_t i = 0, n = sizeof(entities) / sizeof(*entities);

		while (i < n && entities[i].c != *p)
			i++;
		if (i < n)
			buf_text(out, entities[i].entity);
		else
			buf_byte(out, *p);
	}
}

/* markup_element - around a text */
void
markup_element(struct buf *out, const char *name, const char *attributes,
    const char *text)
{
	buf_texts(out, "<", name, attributes, ">");
	markup_text(out, text);
	buf_texts(out, "</", name, ">\n");
}

/* markup_section - begins */
void
markup_section(struct buf *out, const char *heading, const char *note)
{
	buf_text(out, "<section>\n");
	markup_element(out, "h2", "", heading);
	if (*note != '\0')
		markup_element(out, "p", " class=\"note\"", note);
}

/* markup_section_end - ends */
void
markup_section_end(struct buf *out)
{
	buf_text(out, "</section>\n");
}

/* ---- tables ---- */

/* n: to the right; w: as wide as two numbers, on a phone; k: kept whole. */
static const char *const class_of[] = { [MARKUP_NAME] = "name",
	[MARKUP_TEXT] = "w", [MARKUP_WORD] = "k w", [MARKUP_TIME] = "n w",
	[MARKUP_NUMBER] = "n" };

/* markup_table - its head.  Who cannot see the end of a wide one scrolls it,
 * and not the page, by keyboard as well */
void
markup_table(const struct markup_table *table, const char *caption)
{
	struct buf *out = table->out;

	buf_text(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"");
	markup_text(out, caption);
	buf_text(out, "\">\n<table>\n<caption>");
	markup_element(out, "span", "", caption);
	buf_text(out, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < table->count; i++) {
		buf_texts(out, "<th scope=\"col\" class=\"",
		    class_of[table->columns[i].kind], "\">");
		markup_text(out, table->columns[i].head);
		buf_text(out, "</th>");
	}
	buf_text(out, "</tr></thead>\n<tbody>\n");
}

static void
add_bar(struct buf *out, double bar)
{
	if (bar >= 0)
		buf_format(out, "<svg class=\"bar\" aria-hidden=\"true\">"
		    "<rect width=\"%.2f%%\" height=\"4\" rx=\"2\"/></svg>",
		    bar > 1 ? 100 : 100 * bar);
}

static void
add_name(struct buf *out, const char *text, double bar)
{
	buf_text(out, "<th scope=\"row\">");
	markup_text(out, text);
	add_bar(out, bar);
	buf_text(out, "</th>");
}

/* add_cell - with the head of its column, which stands above it on a phone */
static void
add_cell(struct buf *out, const struct markup_column *column,
    const char *text)
{
	buf_texts(out, "<td class=\"", class_of[column->kind],
	    "\" data-head=\"");
	markup_text(out, column->head);
	buf_text(out, "\">");
	markup_text(out, text);
	buf_text(out, "</td>");
}

/* markup_row - a cell for each column */
void
markup_row(const struct markup_table *table, const char *const *texts,
    double bar)
{
	buf_text(table->out, "<tr>");
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].kind == MARKUP_NAME)
			add_name(table->out, texts[i], bar);
		else
			add_cell(table->out, &table->columns[i], texts[i]);
	buf_text(table->out, "</tr>\n");
}

/* markup_note - over all columns */
void
markup_note(const struct markup_table *table, const char *text)
{
	buf_format(table->out, "<tr><td class=\"note\" colspan=\"%zu\">",
	    table->count);
	markup_text(table->out, text);
	buf_text(table->out, "</td></tr>\n");
}

/* markup_table_end - its end */
void
markup_table_end(const struct markup_table *table)
{
	buf_text(table->out, "</tbody>\n</table>\n</div>\n");
}
