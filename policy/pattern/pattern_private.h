/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pattern_private - what pcre, regexp and cidr patterns have in common
 */
#ifndef POLICY_PATTERN_PATTERN_PRIVATE_H
#define POLICY_PATTERN_PATTERN_PRIVATE_H

#include <stdint.h>

#include "policy/pattern/pattern.h"

enum { GROUPS_MAX = 99 };

/* The key, with what the types keep during one lookup. */
struct subject {
	const char	*text;
	size_t		 length;
	int		 family;	/* of the address; 0: not an address */
	uint8_t		 address[16];
	void		*scratch;	/* of pcre */
};

/* What the groups of a pattern matched, group 0 being the whole; start == end:
 * nothing. */
struct groups {
	size_t		 count;		/* the highest one that is wanted */
	struct {
		size_t	 start, end;
	} at[GROUPS_MAX + 1];
};

/* What compiling a pattern takes, and tells. */
struct pattern_extent {
	struct patterns	*patterns;	/* whose row it will be */
	size_t		 bytes;		/* in memory, as estimated */
	unsigned	 groups;
};

struct pattern_type {
	/* The pattern at *at, which moves to its end; NULL: err. */
	void		*(*compile)(const char **at, struct pattern_extent *,
			    struct err *);
	/* 1: it matches; 0: it does not; 2: it does not apply to this
	 * subject, negated or not; -1: err */
	int		 (*match)(const void *code, struct subject *,
			    struct groups *, struct err *);
	void		 (*drop)(void *code);
	void		 (*done)(struct subject *);	/* or NULL */
	/* Does the first match all that the second does?  NULL: not known. */
	bool		 (*covers)(const void *, const void *);
	bool		 expressions;	/* between delimiters, with groups */
};

enum pattern_op { PATTERN_ANSWER, PATTERN_IF, PATTERN_ENDIF };

struct pattern_line {
	enum pattern_op		 op;
	bool		 negated;
	unsigned	 line;
	unsigned	 depth;		/* how many IFs are around it */
	void		*code;		/* of an ENDIF: NULL */
	char		*pattern, *result;
	unsigned	 highest;	/* $n in the result; 0: none */
	size_t		 end;		/* of an IF: its ENDIF */
	size_t		 number;	/* of a row with a result */
};

struct patterns {
	const struct pattern_type *type;
	struct pattern_line	*rows;
	size_t		 count, room;
	size_t		*answers;	/* indexes into rows */
	size_t		 answer_count, answer_room;
	size_t		*open;		/* IFs that have no ENDIF yet */
	size_t		 open_count, open_room;
	size_t		 bytes;		/* of all rows, as estimated */
};

/* pattern_fits - may there be one more, of so many bytes?  -1: no, and err->sys
 * is EFBIG. */
int	 pattern_fits(const struct patterns *, size_t bytes, struct err *);

/* pattern_delimited - the text between two delimiters at *at, which moves to
 * the end of the second; new; NULL: err. */
char	*pattern_delimited(const char **at, struct err *);

/* cidr_subject - parse the text as an IP address. */
void	 cidr_subject(struct subject *);

#endif
