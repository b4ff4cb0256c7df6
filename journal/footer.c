/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/footer.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where in the line the last sum stands. */
enum { SUMMED = 5 + 9 + 17 + 17 };

/* stir - one step of FNV-1a, but of 64 bits at once, and so with a shift that
 * lets high bits come down too */
static uint64_t
stir(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x100000001b3);
	return sum ^ sum >> 32;
}

/* footer_sum - a sum of bytes, several in each step of the processor */
uint64_t
footer_sum(uint64_t sum, const void *bytes, size_t n)
{
	const char *p = bytes;
	uint64_t word;

	sum = stir(sum, n);		/* or zeros at the end would not count */
	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum = stir(sum, le64toh(word));
	}
	word = 0;
	memcpy(&word, p, n);
	return stir(sum, le64toh(word));
}

static uint64_t
sum_of(const char *json, size_t size, const char *line)
{
	return footer_sum(footer_sum(0, json, size), line, SUMMED);
}

/* footer_format - append line end and footer to the JSON */
void
footer_format(struct buf *json, uint64_t boot, uint64_t message_sum)
{
	char line[FOOTER_SIZE + 1];

	buf_byte(json, '\n');
	snprintf(line, sizeof(line),
	    "TDC1 %08" PRIx32 " %016" PRIx64 " %016" PRIx64 " ",
	    (uint32_t)json->len, boot, message_sum);
	snprintf(line + SUMMED, sizeof(line) - SUMMED, "%016" PRIx64 "\n",
	    sum_of(json->data, json->len, line));
	buf_bytes(json, line, FOOTER_SIZE);
}

/* take_hex - so many hex digits and what ends them; false: something else */
static bool
take_hex(const char **at, size_t digits, char end, uint64_t *out)
{
	const char *p = *at;

	*out = 0;
	for (size_t i = 0; i < digits; i++, p++) {
		if (*p >= '0' && *p <= '9')
			*out = *out << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			*out = *out << 4 | (uint64_t)(*p - 'a' + 10);
		else
			return false;
	}
	*at = p + 1;
	return *p == end;
}

/* footer_parse - read a footer's line */
bool
footer_parse(const char *line, struct footer *out)
{
	struct footer read;
	uint64_t json_size;

	if (memcmp(line, "TDC1 ", 5) != 0)
		return false;
	line += 5;
	if (!take_hex(&line, 8, ' ', &json_size) ||
	    !take_hex(&line, 16, ' ', &read.boot) ||
	    !take_hex(&line, 16, ' ', &read.message_sum) ||
	    !take_hex(&line, 16, '\n', &read.json_sum))
		return false;
	read.json_size = (uint32_t)json_size;
	*out = read;
	return true;
}

/* footer_fits - do JSON and footer belong together? */
bool
footer_fits(const struct footer *footer, const char *line, const char *json)
{
	return sum_of(json, footer->json_size, line) == footer->json_sum;
}
