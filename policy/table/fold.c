/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unicase.h>
#include <unistr.h>

#include "base/utf8.h"

static void
fold_ascii(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] += 'a' - 'A';
}

/* append_unicode - false: it is not UTF-8 */
static bool
append_unicode(struct buf *out, const char *text, size_t n)
{
	const uint8_t *letters = (const uint8_t *)text;
	size_t length;
	uint8_t *folded;

	if (u8_check(letters, n) != NULL)
		return false;
	folded = u8_casefold(letters, n, NULL, NULL, NULL, &length);
	if (folded == NULL)
		return false;
	buf_bytes(out, folded, length);
	free(folded);
	return true;
}

/* fold_append - append a text, folded */
void
fold_append(struct buf *out, const char *text, size_t n)
{
	size_t before = out->len;

	if (!utf8_is_ascii(text, n) && append_unicode(out, text, n))
		return;
	buf_bytes(out, text, n);
	fold_ascii(out->data + before, n);
}

/* fold_buf - fold what is there */
void
fold_buf(struct buf *buf)
{
	struct buf folded = BUF;

	if (utf8_is_ascii(buf->data, buf->len)) {
		fold_ascii(buf->data, buf->len);
		return;
	}
	fold_append(&folded, buf->data, buf->len);
	buf_drop(buf);
	*buf = folded;
}
