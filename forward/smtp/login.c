/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/login.h"

#include <openssl/evp.h>
#include <string.h>

/* add_base64 - of so many bytes */
static void
add_base64(const char *bytes, size_t n, struct buf *out)
{
	char *to = buf_room(out, (n + 2) / 3 * 4);

	out->len += (size_t)EVP_EncodeBlock((unsigned char *)to,
	    (const unsigned char *)bytes, (int)n);
}

/* login_plain - without an authorization identity (RFC 4616 2) */
void
login_plain(const struct login *login, struct buf *out)
{
	size_t user = strlen(login->user), password = strlen(login->password);
	struct buf bytes = BUF;

	/* all at once: bytes that move leave a trace */
	(void)buf_room(&bytes, user + password + 2);
	buf_byte(&bytes, '\0');
	buf_bytes(&bytes, login->user, user + 1);
	buf_bytes(&bytes, login->password, password);
	add_base64(bytes.data, bytes.len, out);
	login_wipe(&bytes);
}

/* login_user - the first answer of LOGIN */
void
login_user(const struct login *login, struct buf *out)
{
	add_base64(login->user, strlen(login->user), out);
}

/* login_password - the second one */
void
login_password(const struct login *login, struct buf *out)
{
	add_base64(login->password, strlen(login->password), out);
}

/* login_wipe - whatever it held at any time */
void
login_wipe(struct buf *buf)
{
	if (buf->size > 0)
		explicit_bzero(buf->data, buf->size);
	buf_drop(buf);
}
