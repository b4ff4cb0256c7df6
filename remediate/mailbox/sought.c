/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/sought.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/own.h"
#include "journal/report/header.h"

#define WORD "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum { QUEUE_ID_MAX = 100 };

/* sought_check - an empty one would be found in every message */
int
sought_check(const struct sought *wanted, struct err *err)
{
	const char *id = wanted->queue_id;

	if (wanted->message_id != NULL || (id != NULL && *id != '\0' &&
	    strlen(id) <= QUEUE_ID_MAX && strspn(id, WORD) == strlen(id)))
		return 0;
	return err_set(err, ERR_NEVER, "'%.60s' is no queue id that can be "
	    "looked for", ESCAPE_INSIDE(id != NULL ? id : "", '\''));
}

static bool
is_word(char c)
{
	return c != '\0' && strchr(WORD, c) != NULL;
}

/* sought_word - in that case of letters */
bool
sought_word(const char *text, size_t size, const char *word)
{
	size_t n = strlen(word);
	const char *end = text + size, *at = text;

	while (n > 0 && (size_t)(end - at) >= n &&
	    (at = memmem(at, (size_t)(end - at), word, n)) != NULL) {
		if ((at == text || !is_word(at[-1])) &&
		    (at + n == end || !is_word(at[n])))
			return true;
		at++;
	}
	return false;
}

/* is_it - has this field what is looked for? */
static bool
is_it(const struct sought *wanted, const struct header_field *field)
{
	own(buf) struct buf value = BUF;

	if (wanted->message_id == NULL)
		return sought_word(field->value, field->value_length,
		    wanted->queue_id);
	header_unfold(field, &value);
	return value.len == strlen(wanted->message_id) &&
	    memcmp(value.data, wanted->message_id, value.len) == 0;
}

/* sought_has - in any of these fields */
bool
sought_has(const struct sought *wanted, const char *header, size_t size)
{
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field))
		if (header_is(&field, sought_field(wanted)) &&
		    is_it(wanted, &field))
			return true;
	return false;
}
