/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_mime - the octets of a message, out of the answer that has them
 *
 *	struct ews_mime mime = { .out = &out, .max = 100 << 20 };
 *
 *	ews_mime_begin(&mime);			-- <MimeContent>
 *	ews_mime_take(&mime, "SGFs", 4);	-- what stands in it, in pieces
 *	ews_mime_take(&mime, "bG8=", 4);
 *	ews_mime_end(&mime);			-- </MimeContent>
 *	if (mime.state == EWS_MIME_WHOLE)
 *		... "Hallo" is in out ...
 *	ews_mime_drop(&mime);
 *
 * A message is as large as its sender likes: it is decoded while the answer is
 * read, and stands in memory once, beside the answer.  What is no base64, or
 * comes twice, is EWS_MIME_BAD.  Pure.
 */
#ifndef REMEDIATE_EWS_MIME_H
#define REMEDIATE_EWS_MIME_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define EWS_MIME_ELEMENT "MimeContent"

struct ews_mime {
	struct buf	*out;		/* added to; the caller's */
	size_t		 max;		/* octets of the message */
	enum {
		EWS_MIME_NONE, EWS_MIME_OPEN, EWS_MIME_WHOLE, EWS_MIME_BAD,
		EWS_MIME_TOO_LARGE
	} state;
	EVP_ENCODE_CTX	*decoder;
	size_t		 taken;
};

void	ews_mime_begin(struct ews_mime *);
void	ews_mime_take(struct ews_mime *, const char *, size_t);
void	ews_mime_end(struct ews_mime *);
void	ews_mime_drop(struct ews_mime *);	/* out stays */

static inline void
own_ews_mime(struct ews_mime *mime)
{
	ews_mime_drop(mime);
}

#endif
