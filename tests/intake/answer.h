/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * answer - what the intake replies at a step, or what rules make of it
 */
#ifndef TESTS_INTAKE_ANSWER_H
#define TESTS_INTAKE_ANSWER_H

#include <stdbool.h>

#include "tests/intake/mail.h"
#include "tests/intake/rules.h"
#include "tests/intake/wire.h"

enum outcome { GONE, REFUSED, GOOD };

struct session {
	struct wire	*wire;
	struct mail	 mail;
	const struct rule *body_rule;
	bool		 greeted;
	char		 helo[256];
	unsigned long	 mails;
};

/* Add one reply line of ours: "250 2.1.0 ok". */
enum outcome say(struct session *, const char *line);

/* Do what a rule says; good is what we would have said, or NULL. */
enum outcome obey(struct session *, const struct rule *, const char *good);

/* Reply at a step as the rules say, else with what is good. */
enum outcome answer(struct session *, enum step, const char *command,
    const char *good);

/* Count something that the client must not do, and write it down. */
void	violation(struct session *, const char *what);

#endif
