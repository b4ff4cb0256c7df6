/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_mime.h"

#include "base/mem.h"

/* ews_mime_begin - the first one; a second is one too many */
void
ews_mime_begin(struct ews_mime *mime)
{
	if (mime->state != EWS_MIME_NONE) {
		mime->state = EWS_MIME_BAD;
		return;
	}
	mime->decoder = EVP_ENCODE_CTX_new();
	if (mime->decoder == NULL)
		mem_none();
	EVP_DecodeInit(mime->decoder);
	mime->state = EWS_MIME_OPEN;
}

static void
add(struct ews_mime *mime, int n)
{
	mime->taken += (size_t)n;
	mime->out->len += (size_t)n;
	mime->out->data[mime->out->len] = '\0';
	if (mime->taken > mime->max)
		mime->state = EWS_MIME_TOO_LARGE;
}

/* ews_mime_take - a piece of any size, with line ends in it or without */
void
ews_mime_take(struct ews_mime *mime, const char *text, size_t n)
{
	enum { PIECE = 1 << 16, KEPT = 128 };	/* OpenSSL holds back 80 */

	while (n > 0 && mime->state == EWS_MIME_OPEN) {
		size_t piece = n < PIECE ? n : PIECE;
		char *to = buf_room(mime->out, piece + KEPT);
		int length = 0;

		if (EVP_DecodeUpdate(mime->decoder, (unsigned char *)to,
		    &length, (const unsigned char *)text, (int)piece) == -1)
			mime->state = EWS_MIME_BAD;
		else
			add(mime, length);
		text += piece;
		n -= piece;
	}
}

/* ews_mime_end - nothing at all is no message */
void
ews_mime_end(struct ews_mime *mime)
{
	int length = 0;

	if (mime->state != EWS_MIME_OPEN)
		return;
	(void)buf_room(mime->out, 128);
	if (EVP_DecodeFinal(mime->decoder, (unsigned char *)mime->out->data +
	    mime->out->len, &length) == -1) {
		mime->state = EWS_MIME_BAD;
		return;
	}
	add(mime, length);
	if (mime->state == EWS_MIME_OPEN)
		mime->state = mime->taken > 0 ? EWS_MIME_WHOLE : EWS_MIME_BAD;
}

/* ews_mime_drop - the decoder */
void
ews_mime_drop(struct ews_mime *mime)
{
	EVP_ENCODE_CTX_free(mime->decoder);
	mime->decoder = NULL;
}
