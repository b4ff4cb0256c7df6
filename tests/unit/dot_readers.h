/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dot_readers - how servers, strict and careless, read what dot.h made
 */
#ifndef TESTS_DOT_READERS_H
#define TESTS_DOT_READERS_H

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* dot_among - whether a byte is one of these; NUL never is */
static inline bool
dot_among(char byte, const char *these)
{
	return byte != '\0' && strchr(these, byte) != NULL;
}

/* dot_ends - whether a server that takes these for line ends, besides CRLF,
 * finds the end of the message at "at" */
static inline bool
dot_ends(const char *wire, size_t n, size_t at, const char *line_ends)
{
	if (wire[at] != '.' || at + 1 >= n)
		return false;
	if (at > 0 && !(wire[at - 1] == '\n' && at > 1 &&
	    wire[at - 2] == '\r') && !dot_among(wire[at - 1], line_ends))
		return false;
	if (wire[at + 1] == '\r' && at + 2 < n && wire[at + 2] == '\n')
		return true;
	return dot_among(wire[at + 1], line_ends);
}

/* dot_early_end - whether such a server finds one before the last, "CRLF . CRLF"
 * or, in an empty message, ". CRLF" */
static inline bool
dot_early_end(const char *wire, size_t n, const char *line_ends)
{
	for (size_t at = 0; at + 3 < n; at++)
		if (dot_ends(wire, n, at, line_ends))
			return true;
	return false;
}

/* dot_without_nuls - as one that drops NULs sees it */
static inline void
dot_without_nuls(const char *wire, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		if (wire[i] != '\0')
			buf_byte(out, wire[i]);
}

/* dot_safe - no server, however careless, sees the end before the end */
static inline bool
dot_safe(const char *wire, size_t n)
{
	static const char *const kinds[] = { "", "\n", "\r", "\r\n" };
	struct buf rest = BUF;
	bool safe = n >= 3 && dot_ends(wire, n, n - 3, "");

	dot_without_nuls(wire, n, &rest);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		safe = safe && !dot_early_end(wire, n, kinds[i]) &&
		    !dot_early_end(rest.data, rest.len, kinds[i]);
	buf_drop(&rest);
	return safe;
}

/* dot_read - what a strict server takes the message for */
static inline void
dot_read(const char *wire, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		bool start = i == 0 || (i > 1 && wire[i - 1] == '\n' &&
		    wire[i - 2] == '\r');

		if (start && dot_ends(wire, n, i, ""))
			return;
		if (!start || wire[i] != '.')
			buf_byte(out, wire[i]);
	}
}

/* dot_lone - whether a dot that does not stand behind CRLF may be the end to
 * one who is careless with line ends, or NULs */
static inline bool
dot_lone(const char *message, size_t n, size_t at)
{
	size_t before = at;

	if (message[at] != '.' || (at + 1 < n && message[at + 1] != '\0' &&
	    !dot_among(message[at + 1], "\r\n")))
		return false;
	while (before > 0 && message[before - 1] == '\0')
		before--;
	if (before == 0)
		return before < at;	/* NULs and nothing else */
	if (before == at && at > 1 && memcmp(message + at - 2, "\r\n", 2) == 0)
		return false;
	return dot_among(message[before - 1], "\r\n");
}

/* dot_wanted - what a strict server ought to see: the message, with its lone
 * dots doubled, and its last line ended */
static inline void
dot_wanted(const char *message, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (dot_lone(message, n, i))
			buf_byte(out, '.');
		buf_byte(out, message[i]);
	}
	if (n > 0 && (n < 2 || memcmp(message + n - 2, "\r\n", 2) != 0))
		buf_text(out, "\r\n");
}

#endif
