/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/client/received_piece.h"

#include <arpa/inet.h>
#include <string.h>

static bool
is_blank(char c)
{
	return c != '\0' && strchr(RECEIVED_BLANKS, c) != NULL;
}

/* piece_cut - without the blanks at both ends */
struct piece
piece_cut(const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	return (struct piece){ start, (size_t)(end - start) };
}

/* piece_is - this word, in any case */
bool
piece_is(struct piece piece, const char *word)
{
	return strlen(word) == piece.length &&
	    strncasecmp(piece.text, word, piece.length) == 0;
}

static bool
begins(struct piece piece, const char *with)
{
	return piece.length >= strlen(with) &&
	    strncasecmp(piece.text, with, strlen(with)) == 0;
}

/* rest - what follows the first n bytes */
static struct piece
rest(struct piece piece, size_t n)
{
	return piece_cut(piece.text + n, piece.text + piece.length);
}

/* up_to - the length of what stands before any of these bytes */
static size_t
up_to(struct piece piece, const char *bytes)
{
	size_t n;

	for (n = 0; n < piece.length; n++)
		if (strchr(bytes, piece.text[n]) != NULL)
			break;
	return n;
}

/* ---- addresses ---- */

/* received_address_parse - an address in any form, in one form */
bool
received_address_parse(struct piece piece, received_address out)
{
	struct in6_addr six;
	struct in_addr four;
	char text[80];
	size_t n;

	if (up_to(piece, RECEIVED_BLANKS) < piece.length)
		return false;
	if (begins(piece, "IPv6:"))
		piece = rest(piece, 5);
	n = up_to(piece, ".:");
	if (n < piece.length)
		piece.length = up_to(piece, piece.text[n] == '.' ? ":" : "%");
	if (piece.length >= sizeof(text))
		return false;
	memcpy(text, piece.text, piece.length);
	text[piece.length] = '\0';
	if (inet_pton(AF_INET, text, &four) == 1)
		return inet_ntop(AF_INET, &four, out, INET6_ADDRSTRLEN) != NULL;
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&six))
		return inet_ntop(AF_INET, six.s6_addr + 12, out,
		    INET6_ADDRSTRLEN) != NULL;
	return inet_ntop(AF_INET6, &six, out, INET6_ADDRSTRLEN) != NULL;
}

/* received_literal_parse - an address in brackets */
bool
received_literal_parse(struct piece piece, received_address out,
    struct piece *out_after)
{
	size_t n = up_to(piece, "]");

	if (!begins(piece, "[") || n == piece.length)
		return false;
	*out_after = rest(piece, n + 1);
	return received_address_parse(piece_cut(piece.text + 1, piece.text + n),
	    out);
}

/* piece_is_host - a word, then a bracket: "name [address]" */
bool
piece_is_host(struct piece piece)
{
	return begins(rest(piece, up_to(piece, RECEIVED_BLANKS)), "[");
}

/* has_literal - a bracket after a blank */
static bool
has_literal(struct piece piece)
{
	for (size_t i = 1; i < piece.length; i++)
		if (piece.text[i] == '[' && is_blank(piece.text[i - 1]))
			return true;
	return false;
}

/* ---- what stands in parentheses ---- */

/* word_after - the word that follows this text, or none */
static struct piece
word_after(struct piece piece, const char *text)
{
	for (; piece.length >= strlen(text); piece.text++, piece.length--)
		if (begins(piece, text)) {
			piece = rest(piece, strlen(text));
			piece.length = up_to(piece, RECEIVED_BLANKS);
			return piece;
		}
	return (struct piece){ 0 };
}

/* is_said - "HELO NAME" and its kin, "helo=NAME" among other such words */
static bool
is_said(struct piece piece, struct piece *out)
{
	static const char *const words[] = { "HELO", "EHLO", "LHLO" };
	struct piece first = { piece.text, up_to(piece, RECEIVED_BLANKS) };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (piece_is(first, words[i])) {
			*out = rest(piece, first.length);
			return true;
		}
	if (piece_is(first, "account"))
		*out = word_after(piece, " HELO ");
	else if (begins(first, "helo=") || begins(first, "port=") ||
	    begins(first, "ident="))
		*out = word_after(piece, "helo=");
	else
		return false;
	return true;
}

/* is_named - "ident@name [address] more", where there need be nothing but the
 * brackets; in these may stand "unknown" */
static bool
is_named(struct piece piece, struct received_tcp *out)
{
	struct piece name = { piece.text, up_to(piece, RECEIVED_BLANKS "[\"") };
	struct piece literal = rest(piece, name.length), after;

	if (!begins(literal, "[") || up_to(literal, "]") == literal.length)
		return false;
	if (!received_literal_parse(literal, out->address, &after)) {
		*out->address = '\0';
		return true;
	}
	/* Another address, or a host: an ident that holds the first one. */
	if (begins(after, "@") || has_literal(after)) {
		*out->address = '\0';
		return true;
	}
	if (up_to(name, "@") < name.length)
		name = rest(name, up_to(name, "@") + 1);
	if (name.length > 0 && name.text[name.length - 1] == '.')
		name.length--;
	if (!begins(after, "(may be forged)"))
		out->name = name;
	out->said = word_after(after, "helo=");
	return true;
}

/* is_bare - "address", "ident@address", or a host's name and no address */
static bool
is_bare(struct piece piece, struct received_tcp *out)
{
	size_t ident = up_to(piece, "@");

	if (piece.length == 0 ||
	    up_to(piece, RECEIVED_BLANKS "\"") < piece.length)
		return false;
	if (ident < piece.length)
		piece = rest(piece, ident + 1);
	if (received_address_parse(piece, out->address))
		return true;
	*out->address = '\0';
	return up_to(piece, ".") < piece.length;
}

/* received_comment_read - which of the three it is */
enum received_comment
received_comment_read(struct piece piece, struct received_tcp *out)
{
	*out = (struct received_tcp){ 0 };
	if (is_said(piece, &out->said))
		return RECEIVED_SAID;
	return is_named(piece, out) || is_bare(piece, out) ? RECEIVED_TCP :
	    RECEIVED_OTHER;
}
