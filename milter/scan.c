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

/* What there is of some octets, wherever the lines end. */
struct look {
	bool	eight_bit, nul;
	size_t	crs;
};

/* Compared with a vector of its kind, each lane gets -1 or 0. */
typedef uint8_t lanes __attribute__((vector_size(16)));

/* look_at - count times sixteen octets, 255 times at the most: a lane of crs
 * holds no more */
static void
look_at(const unsigned char *p, size_t count, struct look *look)
{
	lanes all = { 0 }, nul = { 0 }, crs = { 0 }, next;

	for (; count > 0; count--, p += sizeof(next)) {
		memcpy(&next, p, sizeof(next));
		all |= next;
		nul |= (lanes)(next == 0);
		crs -= (lanes)(next == '\r');
	}
	for (size_t i = 0; i < sizeof(next); i++) {
		look->eight_bit |= all[i] > 127;
		look->nul |= nul[i] != 0;
		look->crs += crs[i];
	}
}

/* look_through - sixteen octets at a time */
static struct look
look_through(const unsigned char *p, size_t n)
{
	struct look look = { 0 };

	while (n >= sizeof(lanes)) {
		size_t count = n / sizeof(lanes);

		if (count > 255)
			count = 255;
		look_at(p, count, &look);
		p += count * sizeof(lanes);
		n -= count * sizeof(lanes);
	}
	for (; n > 0; p++, n--) {
		look.eight_bit |= *p > 127;
		look.nul |= *p == '\0';
		look.crs += *p == '\r';
	}
	return look;
}

/* end_line - by an LF */
static void
end_line(struct scan *scan)
{
	uint64_t octets = scan->line - (scan->cr ? 1 : 0);

	if (octets > scan->longest_line)
		scan->longest_line = octets;
	scan->line = 0;
	scan->cr = false;
}

/* cut_lines - the next piece; returns how many CRLF end in it */
static size_t
cut_lines(struct scan *scan, const char *p, const char *end)
{
	size_t crlfs = 0;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline != NULL ? newline : end;

		if (stop > p) {
			scan->line += (uint64_t)(stop - p);
			scan->cr = stop[-1] == '\r';
		}
		if (newline == NULL)
			break;
		crlfs += scan->cr;
		scan->binary |= !scan->cr;
		end_line(scan);
		p = newline + 1;
	}
	return crlfs;
}

/* scan_bytes - the next piece
 *
 * Its CRs, and one that waited for its LF, all belong to a CRLF, or the last
 * one waits; else one of them is no line end. */
void
scan_bytes(struct scan *scan, const void *bytes, size_t n)
{
	struct look look;
	size_t crs, crlfs;

	if (n == 0)
		return;
	look = look_through(bytes, n);
	crs = look.crs + scan->cr;
	crlfs = cut_lines(scan, bytes, (const char *)bytes + n);
	scan->length += n;
	scan->eight_bit |= look.eight_bit;
	scan->binary |= look.nul || crs != crlfs + scan->cr;
}

/* scan_longest - of all lines, the open one included */
uint64_t
scan_longest(const struct scan *scan)
{
	struct scan closed = *scan;

	end_line(&closed);
	return closed.longest_line;
}

/* scan_binary - a CR at the end ends no line */
bool
scan_binary(const struct scan *scan)
{
	return scan->binary || scan->cr;
}
