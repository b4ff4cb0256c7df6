/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/relay.h"

#include <arpa/inet.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

/* A piece of the field's value. */
struct piece {
	const char	*text;
	size_t		 length;
};

/*
 * address_in - the last "[address]" or "[IPv6:address]" of a piece that does
 * not follow a '=', as in Exim's "(helo=[192.0.2.1])".
 * *out_open: where its bracket stands in the piece.
 */
static bool
address_in(struct piece piece, char out[INET6_ADDRSTRLEN], size_t *out_open)
{
	for (size_t i = piece.length; i-- > 0; ) {
		const char *open = piece.text + i, *text = open + 1, *close;
		unsigned char ignored[16];
		size_t n;

		if (*open != '[' || (i > 0 && open[-1] == '='))
			continue;
		if (piece.length - i > 6 && strncasecmp(text, "IPv6:", 5) == 0)
			text += 5;
		close = memchr(text, ']',
		    (size_t)(piece.text + piece.length - text));
		if (close == NULL || close - text >= INET6_ADDRSTRLEN)
			continue;
		n = (size_t)(close - text);
		memcpy(out, text, n);
		out[n] = '\0';
		if (inet_pton(AF_INET, out, ignored) == 1 ||
		    inet_pton(AF_INET6, out, ignored) == 1) {
			*out_open = i;
			return true;
		}
	}
	return false;
}

/* comment_end - behind the comment that begins here, nested ones included */
static const char *
comment_end(const char *p)
{
	unsigned depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return p;
}

/* name_in - the word before the address in TCP-info */
static const char *
name_in(struct piece comment, size_t open, struct arena *arena)
{
	const char *start = comment.text + 1;
	size_t n = strspn(start, blanks);

	start += n;
	n = open > 1 + n ? strcspn(start, " \t\r\n[(") : 0;
	if (n == 0 || (size_t)(start + n - comment.text) > open)
		return "unknown";
	return arena_bytes(arena, start, n);
}

/* relay_parse - "from HELO (NAME [ADDRESS])" */
bool
relay_parse(const char *value, struct arena *arena, struct relay_client *out)
{
	char address[INET6_ADDRSTRLEN];
	struct piece word, comment;
	size_t open;

	value += strspn(value, blanks);
	if (strncasecmp(value, "from", 4) != 0 ||
	    strspn(value + 4, blanks) == 0)
		return false;
	value += 4 + strspn(value + 4, blanks);
	word = (struct piece){ value, strcspn(value, " \t\r\n(;") };
	value += word.length;
	value += strspn(value, blanks);
	comment = (struct piece){ value, 0 };
	if (*value == '(')
		comment.length = (size_t)(comment_end(value) - value);
	if (address_in(comment, address, &open))
		out->name = name_in(comment, open, arena);
	else if (address_in(word, address, &open))
		out->name = "unknown";
	else
		return false;
	out->address = arena_text(arena, address);
	out->helo = arena_bytes(arena, word.text, word.length);
	return true;
}
