/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <openssl/crypto.h>
#include <string.h>

#include "remediate/imap/imap_talk.h"

/* imap_line_text - as it is */
void
imap_line_text(struct imap_line *line, const char *text)
{
	buf_text(&line->bytes, text);
}

/* imap_line_number - in decimal */
void
imap_line_number(struct imap_line *line, uint64_t number)
{
	buf_number(&line->bytes, number);
}

/* imap_line_literal - of any octets */
void
imap_line_literal(struct imap_line *line, const char *bytes, size_t n)
{
	assert(line->count < IMAP_CUTS);
	buf_format(&line->bytes, "{%zu}\r\n", n);
	line->cuts[line->count++] = line->bytes.len;
	buf_bytes(&line->bytes, bytes, n);
}

/* imap_line_name - quoted, or a literal where that cannot be */
void
imap_line_name(struct imap_line *line, const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (*at < ' ' || *at > '~') {
			imap_line_literal(line, name, strlen(name));
			return;
		}
	buf_byte(&line->bytes, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			buf_byte(&line->bytes, '\\');
		buf_byte(&line->bytes, *name);
	}
	buf_byte(&line->bytes, '"');
}

/* imap_line_drop - it may have held a password */
void
imap_line_drop(struct imap_line *line)
{
	if (line->bytes.size > 0)
		OPENSSL_cleanse(line->bytes.data, line->bytes.size);
	buf_drop(&line->bytes);
}
