/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/etcd_base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* etcd_base64_add - four characters for three bytes */
void
etcd_base64_add(const char *bytes, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i += 3) {
		size_t here = n - i < 3 ? n - i : 3;
		uint32_t group = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			group = group << 8 | (j < here ?
			    (unsigned char)bytes[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			four[j] = j <= here ? digits[group >> (18 - 6 * j) &
			    63] : '=';
		buf_bytes(out, four, 4);
	}
}

/* read_four - how many bytes they are; 0: they are none */
static size_t
read_four(const char *four, char out[3])
{
	size_t count = four[3] != '=' ? 4 : four[2] != '=' ? 3 : 2;
	uint32_t group = 0;

	for (size_t i = 0; i < 4; i++) {
		const char *digit = i < count && four[i] != '\0' ?
		    strchr(digits, four[i]) : NULL;

		if (i < count && digit == NULL)
			return 0;
		group = group << 6 | (digit != NULL ?
		    (uint32_t)(digit - digits) : 0);
	}
	for (size_t i = 0; i < 3; i++)
		out[i] = (char)(group >> (16 - 8 * i) & 255);
	return count - 1;
}

/* etcd_base64_read - padding ends it */
const char *
etcd_base64_read(struct arena *arena, const char *text, size_t n,
    size_t *out_length)
{
	char *bytes;
	size_t length = 0;

	if (n % 4 != 0)
		return NULL;
	bytes = arena_new(arena, n / 4 * 3 + 1);
	for (size_t i = 0; i < n; i += 4) {
		size_t got = read_four(text + i, bytes + length);

		if (got == 0 || (got < 3 && i + 4 < n))
			return NULL;
		length += got;
	}
	bytes[length] = '\0';
	*out_length = length;
	return bytes;
}
