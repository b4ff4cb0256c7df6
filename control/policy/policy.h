/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy - what the files of "tdcctl policy" share
 *
 *	struct policy_question question = POLICY_QUESTION;
 *
 *	question.sender = "a@x.example";
 *	question.recipients = recipients;
 *	return policy_answer(&conf, &question);
 */
#ifndef CONTROL_POLICY_H
#define CONTROL_POLICY_H

#include <stdbool.h>

#include "policy/policy.h"

/* A message, as far as it is told; texts are borrowed, "": not told. */
struct policy_question {
	struct client	 client;
	const char	*daemon_name;	/* of the smtpd(8) that took it */
	bool		 authenticated;
	const char	*message;	/* the file it is in, "-": standard
					   input; NULL: not told */
	const char	*sender;	/* without <>, as the recipients */
	char		**recipients;	/* ends with NULL */
	bool		 every_key;	/* show those that are not found, too */
	bool		 json;		/* which always shows them */
};
#define POLICY_QUESTION { .client = { "", "", "" }, .daemon_name = "", \
    .sender = "" }

/* policy_answer - print what tdc-milter would do with the message, and each
 * step that leads there; an exit code. */
int	 policy_answer(const struct conf *, const struct policy_question *);

/* policy_print_table - all entries of all tables; an exit code. */
int	 policy_print_table(const struct conf *, bool json);

#endif
