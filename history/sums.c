/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/sums.h"

#include <pthread.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/own.h"
#include "journal/report/header.h"

/* To find the algorithm takes longer than to sum a header up. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
find_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* sums_header - of n bytes */
void
sums_header(const char *bytes, size_t n, char out[HISTORY_SUM])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned length;

	out[0] = '\0';
	pthread_once(&once, find_sha256);
	if (sha256 == NULL ||
	    EVP_Digest(bytes, n, raw, &length, sha256, NULL) != 1)
		return;
	for (unsigned i = 0; i < length; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[2 * length] = '\0';
}

/* add_first - the value of the first field of a name, and a line's end whether
 * there is one or not */
static void
add_first(const char *header, size_t size, const char *name, struct buf *out)
{
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field))
		if (header_is(&field, name)) {
			header_unfold(&field, out);
			break;
		}
	buf_byte(out, '\n');
}

/* sums_fields - of what a message keeps wherever it goes */
void
sums_fields(const char *header, size_t size, char out[HISTORY_SUM])
{
	static const char *const names[] = { "From", "Date", "To",
		"Message-ID" };
	own(buf) struct buf fields = BUF;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		add_first(header, size, names[i], &fields);
	sums_header(fields.data, fields.len, out);
}
