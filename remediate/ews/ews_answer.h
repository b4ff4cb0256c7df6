/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_answer - what Exchange answered: a fault, or a message for each thing asked
 *
 *	struct ews_answer answer = { 0 };
 *	struct ews_part part;
 *
 *	if (ews_answer_parse(bytes, n, NULL, &answer, &err) == -1)
 *		return MAILBOX_LATER;
 *	if (answer.fault.result != MAILBOX_DONE)
 *		... answer.fault.code, answer.fault.back_off ...
 *	for (size_t i = 0; ews_answer_part(&answer, i, &part); i++)
 *		... part.result, part.node ...
 *	ews_answer_drop(&answer);
 *
 * Pure.
 */
#ifndef REMEDIATE_EWS_ANSWER_H
#define REMEDIATE_EWS_ANSWER_H

#include <stdint.h>

#include "remediate/ews/ews_xml.h"
#include "remediate/mailbox/mailbox.h"

/* One response message, or the fault of all; texts are printable. */
struct ews_part {
	enum mailbox_result result;
	char		 code[80];	/* "NoError", "ErrorServerBusy" */
	char		 text[256];	/* for people */
	int64_t		 back_off;	/* ms, a day at most; 0: not told */
	const xmlNode	*node;		/* of the answer, until that is dropped */
};

struct ews_answer {
	xmlDoc		*doc;
	const xmlNode	*body;
	struct ews_part	 fault;		/* MAILBOX_DONE: there is none */
	char		 version[48];	/* of the server, "15.2.1544.4"; "" */
};

/* ews_answer_parse - -1: it is no answer of Exchange; out is untouched.  mime: as
 * of ews_xml_parse(), or NULL. */
int	 ews_answer_parse(const char *bytes, size_t n, struct ews_mime *,
	    struct ews_answer *out, struct err *);
/* ews_answer_part - the i-th; false: there are not so many.  A warning is not
 * done: it means that this one was not processed. */
bool	 ews_answer_part(const struct ews_answer *, size_t i,
	    struct ews_part *out);
void	 ews_answer_drop(struct ews_answer *);	/* as after { 0 } */

static inline void
own_ews_answer(struct ews_answer *answer)
{
	ews_answer_drop(answer);
}

#endif
