/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * escape - text from elsewhere, as it may stand in a line for people
 *
 *	char *name;
 *
 *	fprintf(stderr, "unknown name: '%s'\n", ESCAPE_INSIDE(name, '\''));
 *
 * A line of a log or a message on a terminal stays one line, whatever a client,
 * a server or a table says.  The macros need no variable; their text lives
 * until the end of the block.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

struct escaped { char s[512]; };

/* escape - one line of printable ASCII: other bytes as \xNN, a backslash
 * as \\, cut with "..." at 500 bytes.  Returns the text in out. */
const char *escape(struct escaped *out, const char *);
#define ESCAPE(s) escape(&(struct escaped){ 0 }, (s))

/* escape_inside - the same for a place between quotes or brackets: the one that
 * would end it gets a backslash too. */
const char *escape_inside(struct escaped *out, const char *, char end);
#define ESCAPE_INSIDE(s, end) escape_inside(&(struct escaped){ 0 }, (s), (end))

/* escape_repr - the same, quoted as Python's repr: '...', or "..." when the
 * text holds an apostrophe and no quotation mark. */
const char *escape_repr(struct escaped *out, const char *);
#define ESCAPE_REPR(s) escape_repr(&(struct escaped){ 0 }, (s))

#endif
