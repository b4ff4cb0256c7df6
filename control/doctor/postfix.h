/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postfix - the parameters and services of Postfix that concern us
 *
 *	own(postfix) struct postfix postfix;
 *
 *	if (postfix_ask(&postfix, &err) == -1)
 *		finding_note(findings, "%s", err.text);
 *	for (size_t i = 0; i < postfix.count; i++)
 *		puts(postfix.services[i].name);
 *
 * As postconf(1) has them, with $name replaced.
 */
#ifndef CONTROL_DOCTOR_POSTFIX_H
#define CONTROL_DOCTOR_POSTFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* What main.cf may say once, and master.cf for each service. */
struct postfix_settings {
	const char	*milters;	/* smtpd_milters */
	const char	*action;	/* milter_default_action */
	const char	*protocol;	/* milter_protocol */
	const char	*overrides;	/* receive_override_options */
};

/* One smtpd(8) of master.cf. */
struct postfix_service {
	const char	*name;		/* "smtp/inet", as postconf -P */
	bool		 chrooted;
	unsigned	 processes;	/* at most; 0: without a limit */
	bool		 own_milters;	/* its settings have smtpd_milters of
					   its own */
	struct postfix_settings settings;	/* those in force */
};

/* What sendmail(1) brings: by pickup(8), to cleanup(8) and its milters. */
struct postfix_local {
	const char	*milters;	/* non_smtpd_milters */
	const char	*overrides;	/* receive_override_options */
	bool		 chrooted;	/* cleanup(8) */
};

struct postfix {
	bool		 known;		/* else all of it is empty */
	struct postfix_settings settings;	/* of main.cf */
	const char	*mynetworks, *queue_directory, *mail_owner;
	const char	*milter_maps;	/* smtpd_milter_maps */
	struct postfix_local local;
	int64_t		 message_size_limit;	/* 0: none */
	unsigned	 process_limit;	/* default_process_limit */
	bool		 has_master;	/* master.cf could be read */
	struct postfix_service *services;	/* smtpd(8) alone */
	size_t		 count;
	struct arena	 arena;
};

/* postfix_ask - -1: there is no Postfix, or it does not answer; out is empty
 * then, and needs no more than postfix_drop(). */
int	postfix_ask(struct postfix *out, struct err *);
void	postfix_drop(struct postfix *);

/* postfix_ignores_milters - is it told to, by these overrides? */
bool	postfix_ignores_milters(const char *overrides);

/* postfix_is_front - does it take mail from everywhere?  Others are for
 * submission, or for what content filters give back. */
bool	postfix_is_front(const struct postfix_service *);

static inline void
own_postfix(struct postfix *postfix)
{
	postfix_drop(postfix);
}

#endif
