/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profiles - the account profiles of remediation_profiles, and their chains
 *
 *	struct profiles *profiles;
 *	const struct profile *const *list;
 *	struct mailbox *box;
 *
 *	profiles_load("/etc/tdc/profiles", &settings, &profiles, &err);
 *	n = profiles_chain(profiles, "both", &list);
 *	for (size_t i = 0; i < n; i++)
 *		list[i]->backend->open(list[i], owner, &box, &err);
 *	profiles = profiles_free(profiles);
 *
 * The file has one profile a logical line, in the syntax of main.cf: a line that
 * begins with white space continues the last, # begins a comment line.
 *
 *	profile NAME type=dovecot|imap|ews WORD=VALUE...
 *	chain NAME = PROFILE PROFILE...
 *
 * A VALUE may stand in double quotes, in which \" and \\ stand for themselves.
 * The file holds passwords: one that others may read is refused, and no error
 * ever shows a value.
 */
#ifndef REMEDIATE_PROFILES_H
#define REMEDIATE_PROFILES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "remediate/mailbox/mailbox.h"

struct profiles;

/* What is the same for all of them; borrowed until profiles_free(). */
struct profile_settings {
	int64_t		 timeout;	/* ms, of each answer */
	const char	*ca_file, *ca_path; /* where the profile has no ca_file */
	const struct mailbox_backend *const *backends;	/* types; ends with NULL */
	const atomic_bool *stopped;	/* come to an end; or NULL */
	void		(*alive)(void);	/* called while a server is waited for; or
					   NULL */
};

struct profile {
	const char	*name;
	const struct mailbox_backend *backend;
	const char	*where;		/* "FILE:LINE", for errors */
	const struct profile_settings *settings;
	struct profile_private *private;
};

/* profiles_load - all of it is checked as far as that can be done without the
 * network: backend->check() says what a type needs.  path "": no profile. */
int	 profiles_load(const char *path, const struct profile_settings *,
	    struct profiles **out, struct err *);
struct profiles *profiles_free(struct profiles *);	/* NULL */

/* profiles_chain - the profiles that a name stands for, in order; 0: there is no
 * such profile or chain.  Borrowed. */
size_t	 profiles_chain(const struct profiles *, const char *name,
	    const struct profile *const **out);
/* profiles_count, profiles_at - each profile, for "Test Connection". */
size_t	 profiles_count(const struct profiles *);
const struct profile *profiles_at(const struct profiles *, size_t);

/* profile_value - of a WORD, or NULL.  Borrowed. */
const char *profile_value(const struct profile *, const char *word);

#endif
