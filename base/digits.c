/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/digits.h"

#include <string.h>

/* digits_decimal - as "%llu" */
char *
digits_decimal(char *to, uint64_t number)
{
	char text[DIGITS_MAX];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	memcpy(to, text + at, sizeof(text) - at);
	return to + sizeof(text) - at;
}

/* digits_hex - as "%0*llx", when it fits */
char *
digits_hex(char *to, uint64_t number, size_t width)
{
	for (size_t i = width; i > 0; i--, number >>= 4)
		to[i - 1] = "0123456789abcdef"[number & 15];
	return to + width;
}

/* digits_parse - strictly: digits, and nothing else */
bool
digits_parse(const char *text, size_t n, uint64_t most, uint64_t *out)
{
	uint64_t number = 0;

	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned digit = (unsigned char)text[i] - (unsigned)'0';

		if (digit > 9 || number > most / 10 ||
		    digit > most - number * 10)
			return false;
		number = number * 10 + digit;
	}
	*out = number;
	return true;
}
