/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/login.h"

#include <openssl/evp.h>
#include <string.h>

/* So many characters of a password in base64 are enough to know it by. */
#define TOO_MUCH 8

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

/* tells - whether the text has the secret in it, or a part that is too long */
static bool
tells(const char *text, const char *secret)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/=";

	if (strstr(text, secret) != NULL)
		return true;
	while (*(text += strcspn(text, base64)) != '\0') {
		size_t length = strspn(text, base64);

		if (length >= TOO_MUCH && memmem(secret, strlen(secret), text,
		    length) != NULL)
			return true;
		text += length;
	}
	return false;
}

/* login_tells - as it was said, or as it is */
bool
login_tells(const struct login *login, const char *text)
{
	struct buf plain = BUF, password = BUF;
	bool found;

	login_plain(login, &plain);
	login_password(login, &password);
	found = tells(text, plain.data) || tells(text, password.data) ||
	    strstr(text, login->password) != NULL;
	login_wipe(&plain);
	login_wipe(&password);
	return found;
}

/* login_wipe - whatever it held at any time */
void
login_wipe(struct buf *buf)
{
	if (buf->size > 0)
		explicit_bzero(buf->data, buf->size);
	buf_drop(buf);
}
