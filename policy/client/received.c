/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/client/received.h"

#include <stdbool.h>
#include <string.h>

#include "policy/client/received_piece.h"

/*
 *	from	= "FROM" *word *comment "BY" *( word / comment )
 *	word	= a run of anything but blanks; quotation marks keep blanks in it
 *	comment	= as in RFC 5322 3.2.2
 */
enum token { TOKEN_END, TOKEN_WORD, TOKEN_COMMENT, TOKEN_BAD };

/* comment_end - after the comment that begins here, nested ones included;
 * NULL: it does not end */
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
	return NULL;
}

/* word_end - after the word, in which a quoted part may have blanks; NULL:
 * its quotation marks are not closed */
static const char *
word_end(const char *p)
{
	bool in_quotes = false;

	for (; *p != '\0' &&
	    (in_quotes || strchr(RECEIVED_BLANKS, *p) == NULL); p++) {
		if (*p == '"')
			in_quotes = !in_quotes;
		else if (*p == '\\' && in_quotes && p[1] != '\0')
			p++;
	}
	return in_quotes ? NULL : p;
}

/* token_next - the next word, or what stands in parentheses */
static enum token
token_next(const char **at, struct piece *out)
{
	const char *start = *at + strspn(*at, RECEIVED_BLANKS), *end;
	bool is_comment = *start == '(';

	if (*start == '\0')
		return TOKEN_END;
	end = is_comment ? comment_end(start) : word_end(start);
	if (end == NULL)
		return TOKEN_BAD;
	*at = end;
	*out = is_comment ? piece_cut(start + 1, end - 1) :
	    piece_cut(start, end);
	return is_comment ? TOKEN_COMMENT : TOKEN_WORD;
}

/* What stands between "from" and "by". */
struct clause {
	struct piece	 words, last;	/* all of them, and the last */
	unsigned	 word_count;
	unsigned	 said_count, other_count;
	struct piece	 said;
	bool		 said_literal;	/* "helo [address]": TCP-info of a host
					   that is called so? */
	bool		 has_tcp;
	struct received_tcp tcp;
};

/* take_word - false: there is none after a comment */
static bool
take_word(struct clause *clause, struct piece word)
{
	if (clause->said_count > 0 || clause->other_count > 0 ||
	    clause->has_tcp)
		return false;
	if (clause->word_count++ == 0)
		clause->words = word;
	clause->words.length = (size_t)(word.text + word.length -
	    clause->words.text);
	clause->last = word;
	return true;
}

/* take_comment - false: there are two addresses, and one may be a lie */
static bool
take_comment(struct clause *clause, struct piece comment)
{
	struct received_tcp tcp;

	switch (received_comment_read(comment, &tcp)) {
	case RECEIVED_SAID:
		clause->said = tcp.said;
		clause->said_count++;
		clause->said_literal = clause->said_literal ||
		    piece_is_host(comment);
		return true;
	case RECEIVED_OTHER:
		clause->other_count++;
		return true;
	case RECEIVED_TCP:
		break;
	}
	if (clause->has_tcp)
		return strcmp(clause->tcp.address, tcp.address) == 0;
	clause->tcp = tcp;
	clause->has_tcp = true;
	return true;
}

/* clause_read - up to the one "by" that there must be: were there two, the
 * first might be a part of what the client said.  The word after "from" is what
 * it said, whatever it is */
static bool
clause_read(const char *at, struct clause *out)
{
	unsigned bys = 0;
	bool first = true;
	struct piece piece;
	enum token token;

	*out = (struct clause){ 0 };
	for (; (token = token_next(&at, &piece)) != TOKEN_END; first = false) {
		if (token == TOKEN_BAD)
			return false;
		if (token == TOKEN_WORD && piece_is(piece, "by") && !first)
			bys++;
		else if (bys == 0 && !(token == TOKEN_WORD ?
		    take_word(out, piece) : take_comment(out, piece)))
			return false;
	}
	return bys == 1;
}

/* worded - "address", "[address]" or "host [address]": it is one of the words */
static bool
worded(const struct clause *clause, received_address out)
{
	struct piece after;

	if (clause->word_count == 0 || clause->word_count > 2)
		return false;
	if (clause->word_count == 1 &&
	    received_address_parse(clause->last, out))
		return true;
	return received_literal_parse(clause->last, out, &after) &&
	    after.length == 0;
}

/* is_told - is an address that is one of the words the relay's, and not what
 * the client said of itself?  "[address] (HELO name)", "host [address]" */
static bool
is_told(const struct clause *clause)
{
	return clause->other_count == 0 && clause->said_count <= 1 &&
	    !clause->said_literal && clause->word_count + clause->said_count >= 2;
}

static const char *
keep(struct piece piece, const char *otherwise, struct arena *arena)
{
	return piece.length > 0 ?
	    arena_bytes(arena, piece.text, piece.length) : otherwise;
}

/* tell - the client in the texts of the arena */
static void
tell(const struct clause *clause, const char *address, struct arena *arena,
    struct client *out)
{
	struct piece name = clause->tcp.name, said = clause->tcp.said;

	if (said.length == 0)
		said = clause->said_count > 0 ? clause->said : clause->words;
	else if (name.length == 0 && clause->word_count == 1)
		name = clause->words;	/* "name ([address] helo=said)" */
	out->address = arena_text(arena, address);
	out->name = keep(name, "unknown", arena);
	out->helo = keep(said, "", arena);
}

/* client_of - the client that the clause names; false: none, or an unsure one */
static bool
client_of(struct clause *clause, struct arena *arena, struct client *out)
{
	received_address word;
	bool is_worded = worded(clause, word);

	if (clause->has_tcp ? *clause->tcp.address == '\0' :
	    !is_worded || !is_told(clause))
		return false;
	/* either may be what the client said */
	if (clause->has_tcp && is_worded && clause->said_count > 0 &&
	    strcmp(word, clause->tcp.address) != 0)
		return false;
	if (!clause->has_tcp && clause->word_count == 2)
		clause->words = piece_cut(clause->words.text,
		    clause->last.text);
	tell(clause, clause->has_tcp ? clause->tcp.address : word, arena, out);
	return true;
}

/* is_handed - "(qmail 1234 invoked from network); date", above the field of
 * the qmail-smtpd that invoked it */
static bool
is_handed(const char *value)
{
	static const char behind[] = " invoked from network)";

	if (strncmp(value, "(qmail ", 7) != 0)
		return false;
	value += 7;
	return strncmp(value + strspn(value, "0123456789"), behind,
	    sizeof(behind) - 1) == 0;
}

/* received_parse - "from HELO (NAME [ADDRESS]) by ..." and its kin */
enum received_said
received_parse(const char *value, struct arena *arena, struct client *out)
{
	struct clause clause;

	value += strspn(value, RECEIVED_BLANKS);
	if (is_handed(value))
		return RECEIVED_HANDED;
	if (strncasecmp(value, "from", 4) != 0 ||
	    strspn(value + 4, RECEIVED_BLANKS) == 0 ||
	    !clause_read(value + 4, &clause) ||
	    !client_of(&clause, arena, out))
		return RECEIVED_NOTHING;
	return RECEIVED_CLIENT;
}
