/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "base/json_text.h"
#include "journal/envelope_private.h"

enum { USUAL = 600 };		/* bytes of a line */

static void
add_texts(struct buf *out, const char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_byte(out, i == 0 ? '[' : ',');
		json_text_add(texts[i], out);
	}
	buf_text(out, count == 0 ? "[]" : "]");
}

static void
add_value(struct buf *out, const struct envelope *envelope,
    const struct envelope_field *field)
{
	const void *place = (const char *)envelope + field->place;

	switch (field->type) {
	case ENVELOPE_TEXT:
		json_text_add(*(const char *const *)place, out);
		break;
	case ENVELOPE_TEXTS:
		add_texts(out, envelope->recipients,
		    envelope->recipient_count);
		break;
	case ENVELOPE_NUMBER:
		buf_number(out, *(const uint64_t *)place);
		break;
	case ENVELOPE_TIME:
		buf_format(out, "%" PRId64, *(const int64_t *)place);
		break;
	case ENVELOPE_TRUTH:
		buf_text(out, *(const bool *)place ? "true" : "false");
		break;
	}
}

/* envelope_format - append one line of JSON
 *
 * By hand, since it is done for every copy: to build an object and have it
 * printed takes seven times as long, and almost half of all that a copy of
 * ten kB costs outside the kernel. */
void
envelope_format(const struct envelope *envelope, struct buf *out)
{
	buf_room(out, USUAL);
	for (size_t i = 0; i < ENVELOPE_FIELDS; i++) {
		buf_text(out, i == 0 ? "{\"" : ",\"");
		buf_text(out, envelope_fields[i].key);
		buf_text(out, "\":");
		add_value(out, envelope, &envelope_fields[i]);
	}
	buf_byte(out, '}');
}
