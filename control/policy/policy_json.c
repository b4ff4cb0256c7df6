/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/policy_json.h"

#include <stdio.h>

#include "base/json_put.h"
#include "base/json_text.h"
#include "base/own.h"

/* put_shown - from the configuration: as it stands there; NULL is null */
static void
put_shown(struct buf *out, const char *key, const char *text)
{
	if (text == NULL)
		json_put_null(out, key);
	else
		json_put_shown(out, key, text);
}

/* policy_json_step - in the order of the look-ups */
void
policy_json_step(struct policy_json *json, const char *check,
    const char *table, const char *key, const char *value)
{
	struct buf *out = &json->steps;

	if (out->len > 0)
		buf_byte(out, ',');
	buf_byte(out, '{');
	json_put_text(out, "check", check);
	json_put_shown(out, "table", table);
	json_put_text(out, "key", key);
	put_shown(out, "value", value);
	json_put_end(out);
}

/* put_list - what was gathered, as an array */
static void
put_list(struct buf *out, const char *key, const struct buf *list)
{
	json_put_key(out, key);
	json_put_array(out);
	buf_text(out, list->data);
	json_put_array_end(out);
}

/* put_row - that decided; all null when it was default_policy */
static void
put_row(struct buf *out, const struct decision *decision)
{
	bool row = decision != NULL && decision->table != NULL;

	json_put_text(out, "policy", row ? decision->name : NULL);
	json_put_text(out, "check", row ? decision->check : NULL);
	put_shown(out, "table", row ? decision->table : NULL);
	put_shown(out, "key", row && decision->key[0] != '\0' ?
	    decision->key : NULL);
	if (row && decision->line > 0)
		json_put_number(out, "line", (uint64_t)decision->line);
	else
		json_put_null(out, "line");
}

/* policy_json_recipient - its steps are used up by that */
void
policy_json_recipient(struct policy_json *json, const char *recipient,
    const struct decision *decision)
{
	bool copy = decision != NULL && decision->journal;
	const char *trouble = decision != NULL ? decision->trouble : "";
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "recipient", recipient);
	json_put_bool(&out, "copy", copy);
	json_put_text(&out, "intake", copy ? decision->intake : NULL);
	json_put_bool(&out, "is_intake", decision == NULL);
	put_row(&out, decision);
	put_shown(&out, "warning", *trouble != '\0' ? trouble : NULL);
	put_list(&out, "steps", &json->steps);
	json_put_end(&out);
	puts(out.data);
	buf_cut(&json->steps, 0);
}

static void
add(struct buf *list, const char *text)
{
	if (list->len > 0)
		buf_byte(list, ',');
	json_text_add_shown(text, list);
}

/* policy_json_assumed - what is taken for granted */
void
policy_json_assumed(struct policy_json *json, const char *text)
{
	add(&json->assumed, text);
}

/* policy_json_warning - what the milter would log */
void
policy_json_warning(struct policy_json *json, const char *text)
{
	add(&json->warnings, text);
}

/* policy_json_end - what comes of it */
void
policy_json_end(struct policy_json *json, const char *result,
    const char *reason)
{
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "result", result);
	put_shown(&out, "reason", reason);
	put_list(&out, "assumed", &json->assumed);
	put_list(&out, "warnings", &json->warnings);
	json_put_end(&out);
	puts(out.data);
}
