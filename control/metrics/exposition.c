/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/metrics/exposition.h"

#include <inttypes.h>

#include "base/escape.h"

/* add_quoted - as the format has it: a backslash before itself and quotes */
static void
add_quoted(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			buf_byte(out, '\\');
		buf_byte(out, *text);
	}
}

/* exposition_family - what follows are its samples */
void
exposition_family(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_texts(out, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
	    type, "\n");
}

/* add_series - all of a sample but its value */
static void
add_series(struct buf *out, const char *name, const char *const *labels)
{
	const char *before = "{";

	buf_text(out, name);
	for (; labels != NULL && *labels != NULL; labels += 2) {
		buf_texts(out, before, labels[0], "=\"");
		add_quoted(out, ESCAPE(labels[1]));
		buf_byte(out, '"');
		before = ",";
	}
	buf_text(out, *before == ',' ? "} " : " ");
}

/* exposition_number - a sample that is a whole number */
void
exposition_number(struct buf *out, const char *name,
    const char *const *labels, uint64_t n)
{
	add_series(out, name, labels);
	buf_number(out, n);
	buf_byte(out, '\n');
}

/* exposition_seconds - a sample that is a time */
void
exposition_seconds(struct buf *out, const char *name,
    const char *const *labels, uint64_t ms)
{
	add_series(out, name, labels);
	buf_format(out, "%" PRIu64 ".%03u\n", ms / 1000, (unsigned)(ms % 1000));
}

/* exposition_single - all of a family */
void
exposition_single(struct buf *out, const char *name, const char *type,
    const char *help, uint64_t n)
{
	exposition_family(out, name, type, help);
	exposition_number(out, name, NULL, n);
}
