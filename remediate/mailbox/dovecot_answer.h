/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dovecot_answer - what the doveadm HTTP API says, in any shape at all
 *
 *	struct dovecot_answer answer;
 *	struct dovecot_row row;
 *
 *	if (dovecot_answer_parse(bytes, n, &answer, &err) == 0 &&
 *	    answer.code == 0 &&
 *	    dovecot_row(json_array_get(answer.rows, 0), &row, &err) == 0)
 *		... row.uid ...
 *	dovecot_answer_drop(&answer);
 *
 *	answer = "[[" "\"doveadmResponse\"," rows "," tag "]]" /
 *	         "[[" "\"error\"," {"type": text, "exitCode": number} "," tag "]]"
 *
 * We ask one thing at a time, so there is one answer.  Pure.  An answer of
 * another shape is ERR_LATER: something else may stand before Dovecot now.
 */
#ifndef REMEDIATE_DOVECOT_ANSWER_H
#define REMEDIATE_DOVECOT_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DOVECOT_TAG "tdc"

struct dovecot_answer {
	json_t	*rows;		/* whatever came; NULL when code is not 0 */
	int	 code;		/* of sysexits.h; 0: done */
};

/* dovecot_answer_parse - -1: no answer of this API; out is empty then. */
int	dovecot_answer_parse(const char *, size_t, struct dovecot_answer *out,
	    struct err *);
void	dovecot_answer_drop(struct dovecot_answer *);

/* One message; texts live as long as the JSON.  All but the first three may be
 * missing: "", -1, 0. */
struct dovecot_row {
	const char	*box;		/* GUID of the folder, 32 hex digits */
	const char	*uid;		/* a number above 0, as text */
	const char	*guid;		/* of the message */
	const char	*folder;
	const char	*flags;
	const char	*message_ids;	/* each field's value, one a line */
	const char	*trace;		/* the same of Received: */
	int64_t		 size;		/* octets; -1: not told */
	int64_t		 received;	/* ms since 1970; 0: not told */
};

/* dovecot_messages - whether they are rows of messages, if of none; -1: they are
 * another kind of answer, which tells nothing of any message. */
int	dovecot_messages(const json_t *rows, struct err *);

/* dovecot_row - -1: it is no message that could be named again. */
int	dovecot_row(const json_t *, struct dovecot_row *out, struct err *);

/* dovecot_row_text - a field that may hold any octets, or NULL. */
const char *dovecot_row_text(const json_t *, const char *field,
	    size_t *out_length);

/* dovecot_has_id - is one of these Message-ID fields this very one, octet for
 * octet?  What stands after the ">" does not count. */
bool	dovecot_has_id(const char *message_ids, const char *message_id);

/* dovecot_is_place - may these stand in a query that moves or removes? */
bool	dovecot_is_place(const char *box, const char *uid);

#endif
