/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/milterlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/mem.h"
#include "base/own.h"

/* milter_drop - empty afterwards */
void
milter_drop(struct milter *milter)
{
	free(str_give(&milter->endpoint));
	free(str_give(&milter->action));
	free(str_give(&milter->protocol));
	free(str_give(&milter->options));
	milter->whole = (struct list_span){ .length = 0 };
}

/* milter_option - at its first equals sign */
bool
milter_option(struct list_span span, char **out_name, char **out_value)
{
	own(str) char *text = NULL;
	const char *equals, *value;
	size_t n;
	struct err unused;

	if (*span.text == '{')
		(void)list_unbrace(span, &span, &unused);
	text = mem_bytes(span.text, span.length);
	equals = strchr(text, '=');
	if (equals == NULL)
		return false;
	n = (size_t)(equals - text);
	while (n > 0 && is_blank(text[n - 1]))
		n--;
	for (value = equals + 1; is_blank(*value); value++)
		;
	*out_name = mem_bytes(text, n);
	*out_value = mem_text(value);
	return true;
}

/* take_option - one of those that concern us */
static void
take_option(struct milter *milter, struct list_span span)
{
	own(str) char *name = NULL, *value = NULL;
	char **place;

	if (!milter_option(span, &name, &value))
		return;
	place = strcmp(name, "default_action") == 0 ? &milter->action :
	    strcmp(name, "protocol") == 0 ? &milter->protocol : NULL;
	if (place != NULL) {
		free(*place);
		*place = str_give(&value);
	}
}

/* milter_next - in braces or without */
bool
milter_next(const char **at, struct milter *out)
{
	struct list_span span;
	own(str) char *inner = NULL;
	const char *rest;
	struct err unused;

	milter_drop(out);
	if (list_next(at, &span, &unused) != 1)
		return false;
	out->whole = span;
	if (*span.text == '{' && list_unbrace(span, &span, &unused) == -1)
		return false;
	inner = mem_bytes(span.text, span.length);
	rest = inner;
	if (list_next(&rest, &span, &unused) != 1)
		return false;
	out->endpoint = mem_bytes(span.text, span.length);
	out->options = mem_text(rest);
	while (list_next(&rest, &span, &unused) == 1)
		take_option(out, span);
	return true;
}
