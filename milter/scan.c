/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/scan.h"

#include <string.h>

/* scan_eight_bit - eight octets at a time */
bool
scan_eight_bit(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t all = 0, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		all |= word;
	}
	for (; n > 0; p++, n--)
		all |= *p;
	return (all & UINT64_C(0x8080808080808080)) != 0;
}

static void
end_line(struct scan *scan)
{
	uint64_t octets = scan->line - (scan->cr ? 1 : 0);

	if (octets > scan->longest_line)
		scan->longest_line = octets;
	scan->line = 0;
	scan->cr = false;
}

/* scan_bytes - the next piece */
void
scan_bytes(struct scan *scan, const void *bytes, size_t n)
{
	const char *p = bytes, *end = p + n;

	if (n == 0)
		return;
	scan->length += n;
	scan->eight_bit = scan->eight_bit || scan_eight_bit(bytes, n);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline != NULL ? newline : end;

		if (stop > p) {
			scan->line += (uint64_t)(stop - p);
			scan->cr = stop[-1] == '\r';
		}
		if (newline == NULL)
			break;
		end_line(scan);
		p = newline + 1;
	}
}

/* scan_longest - of all lines, the open one included */
uint64_t
scan_longest(const struct scan *scan)
{
	struct scan closed = *scan;

	end_line(&closed);
	return closed.longest_line;
}
