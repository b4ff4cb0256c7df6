/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/content.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char line[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-=\r\n";
enum { LINE = sizeof(line) - 1 };

/* content_add - header and body */
size_t
content_add(struct buf *out, uint64_t number, size_t size)
{
	size_t begin = out->len, header;

	buf_format(out, "From: <sender@client.example>\r\n"
	    "To: <user@corp.example>\r\nSubject: message %" PRIu64 "\r\n"
	    "Message-ID: <%" PRIu64 ".1@client.example>\r\n\r\n", number,
	    number);
	header = out->len - begin;
	for (size_t end = out->len + size; out->len < end; )
		buf_bytes(out, line, LINE);
	return header;
}

/* content_number - as it stands in the Subject */
bool
content_number(const char *header, size_t n, uint64_t *out)
{
	static const char subject[] = "\r\nSubject: message ";
	const char *at = memmem(header, n, subject, sizeof(subject) - 1);

	if (at == NULL)
		return false;
	*out = strtoull(at + sizeof(subject) - 1, NULL, 10);
	return true;
}

/* content_whole - lines, and enough of them */
bool
content_whole(const char *body, size_t n, size_t size)
{
	if (n % LINE != 0 || n < size || n >= size + LINE)
		return false;
	for (size_t at = 0; at < n; at += LINE)
		if (memcmp(body + at, line, LINE) != 0)
			return false;
	return true;
}
