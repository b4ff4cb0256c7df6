/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maillog_line - what Postfix logs of a message
 *
 *	struct arena arena = { 0 };
 *	struct maillog_line said;
 *
 *	if (maillog_parse(&line, &arena, &said) &&
 *	    said.what == MAILLOG_RECIPIENT)
 *		printf("%s: for <%s>\n", said.queue_id, said.text);
 *	arena_drop(&arena);
 *
 * Pure.  Each word is looked for where Postfix writes it, so that no address can
 * be taken for one.
 */
#ifndef CONTROL_POLICY_MAILLOG_LINE_H
#define CONTROL_POLICY_MAILLOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "control/logs/logline.h"

enum maillog_what {
	MAILLOG_CLIENT,		/* it comes by SMTP: address, text: name */
	MAILLOG_MESSAGE_ID,	/* text */
	MAILLOG_QUEUED,		/* it was accepted: text: sender, size */
	MAILLOG_RECIPIENT,	/* text: as the client named it */
};

/* Texts live in the arena. */
struct maillog_line {
	enum maillog_what what;
	const char	*queue_id;
	const char	*text, *address;
	uint64_t	 size;
	bool		 authenticated;
};

/* maillog_parse - false: it says something else, or is none of Postfix. */
bool	maillog_parse(const struct logline *, struct arena *,
	    struct maillog_line *out);

#endif
