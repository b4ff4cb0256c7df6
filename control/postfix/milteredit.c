/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/milteredit.h"

#include <string.h>

#include "base/blank.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "control/doctor/milterlist.h"

/* milteredit_count - in the list as smtpd(8) has it */
size_t
milteredit_count(const struct milteredit *edit)
{
	own(milter) struct milter milter = MILTER;
	const char *at = edit->value;
	size_t count = 0;

	while (milter_next(&at, &milter))
		count += edit->is_ours(edit->arg, milter.endpoint);
	return count;
}

static size_t
length(const char *list)
{
	own(milter) struct milter milter = MILTER;
	size_t count = 0;

	while (milter_next(&list, &milter))
		count++;
	return count;
}

/* milteredit_without - where both forms have as many milters, each $name is one
 * milter */
char *
milteredit_without(const struct milteredit *edit, struct err *err)
{
	own(milter) struct milter milter = MILTER, meant = MILTER;
	bool even = length(edit->raw) == length(edit->value);
	const char *at = edit->raw, *values = edit->value, *gap = edit->raw;
	own(buf) struct buf out = BUF;
	size_t left = milteredit_count(edit);

	for (; milter_next(&at, &milter); gap = at) {
		const char *endpoint = milter.endpoint;

		if (even && milter_next(&values, &meant))
			endpoint = meant.endpoint;
		if (edit->is_ours(edit->arg, endpoint)) {
			left -= left > 0;
			continue;
		}
		if (out.len > 0)
			buf_bytes(&out, gap, (size_t)(milter.whole.text - gap));
		buf_bytes(&out, milter.whole.text, milter.whole.length);
	}
	if (gap[strspn(gap, BLANKS ",")] != '\0') {
		err_set(err, ERR_NEVER, "no list of milters: %s",
		    ESCAPE(edit->raw));
		return NULL;
	}
	if (left > 0) {
		err_set(err, ERR_NEVER, "tdc-milter comes by a $name in '%s', "
		    "together with others: change that parameter by hand",
		    ESCAPE(edit->raw));
		return NULL;
	}
	return buf_give(&out);
}

/* milteredit_with - after the others */
char *
milteredit_with(const struct milteredit *edit, const char *ours,
    struct err *err)
{
	own(str) char *others = milteredit_without(edit, err);

	if (others == NULL)
		return NULL;
	return mem_format("%s%s%s", others, *others != '\0' ? ", " : "", ours);
}

/* put_tight - one milter, or one option of one */
static void
put_tight(struct buf *out, struct list_span span)
{
	own(str) char *name = NULL, *value = NULL;

	if (*span.text == '{' && milter_option(span, &name, &value))
		buf_texts(out, name, "=", value);
	else
		buf_bytes(out, span.text, span.length);
}

/* tighten - words, with a comma between them; in a list, those in braces are
 * lists again */
static void
tighten(struct buf *out, const char *list, bool outer)
{
	struct list_span span, inner;
	struct err unused;
	bool first = true;

	for (; list_next(&list, &span, &unused) == 1; first = false) {
		own(str) char *text = NULL;

		if (!first)
			buf_byte(out, ',');
		if (!outer || *span.text != '{' ||
		    list_unbrace(span, &inner, &unused) == -1) {
			put_tight(out, span);
			continue;
		}
		text = mem_bytes(inner.text, inner.length);
		buf_byte(out, '{');
		tighten(out, text, false);
		buf_byte(out, '}');
	}
}

/* milteredit_tight - commas alone separate as well as blanks do */
char *
milteredit_tight(const char *list, struct err *err)
{
	own(buf) struct buf out = BUF;

	tighten(&out, list, true);
	if (out.data[strcspn(out.data, BLANKS)] != '\0') {
		err_set(err, ERR_NEVER, "postconf(1) cannot write a value with "
		    "blanks into master.cf: write it by hand: %s",
		    ESCAPE(list));
		return NULL;
	}
	return buf_give(&out);
}
