/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/utf8.h"

/* utf8_length - bytes of the character that begins here
 *
 *	UTF8-1 = %x00-7F
 *	UTF8-2 = %xC2-DF UTF8-tail
 *	UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
 *	         %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
 *	UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
 *	         %xF4 %x80-8F 2( UTF8-tail )
 */
size_t
utf8_length(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;	/* of the second byte */
	size_t length;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < length)
		return 0;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* utf8_is - nothing but characters */
bool
utf8_is(const char *text, size_t n)
{
	for (size_t i = 0, length; i < n; i += length)
		if ((length = utf8_length(text + i, n - i)) == 0)
			return false;
	return true;
}

/* utf8_is_ascii - nothing but bytes below 128 */
bool
utf8_is_ascii(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] > 127)
			return false;
	return true;
}
