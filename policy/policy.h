/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy - which intake address, if any, a recipient's copy goes to
 *
 *	policy_load(&conf, &policy, &err);
 *	policy_decide(policy, &facts, recipient, &decision);
 *	if (decision.journal) ... decision.intake ...
 *
 * policy_maps is a list of checks; the first answer that is not DUNNO wins;
 * nothing found: default_policy.  A value is NO, DEFAULT, DUNNO or an
 * address, and may be followed by name=WORD.
 *
 * In a table of patterns a value may have $1 in it, which is filled in by
 * each lookup (template.h): what a sender wrote can become a piece of a local
 * part, a domain or a name, and nothing else.  Where it cannot be that, or a
 * pattern runs into the limits of its library, the copy goes to
 * intake_address, or where there is none default_policy decides: never to a
 * nonsense address, and not silently nowhere.  decision.trouble tells of it.
 *
 * unclean_header_checks is another list of tables, of patterns on header
 * fields: is the message one that somebody before us found bad?
 *
 * Tables are loaded whole into memory under the lock that postmap(1) takes,
 * so a decision does no I/O and cannot fail.  A struct policy is immutable;
 * struct policy_live holds the current one and replaces it when a table has
 * changed on disk.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "base/err.h"

struct facts {
	const char	*sender;	/* without <>; "" is the null sender */
	const char	*client_addr;
	const char	*client_name;
	const char	*helo;
};

struct decision {
	bool		 journal;
	const char	*intake;	/* borrowed from the policy, or from this
					   decision; NULL: none */
	const char	*name;		/* name=WORD, else "default" or the key
					   as it stands in the table ("static"
					   for static:); borrowed alike */
	const char	*table;		/* "hash:/etc/tdc/x", or NULL: default */
	const char	*check;		/* "check_recipient", or NULL: default */
	char		 key[512];	/* the key that was found, "": default;
					   a longer one ends in "..." */
	unsigned	 line;		/* of a row of patterns, else 0 */
	char		 made[328];	/* intake and name of a value with $n */
	char		 trouble[512];	/* why the answer of a table could not
					   be used, "": it could */
};

struct policy;

/* policy_load - parse policy_maps and load every table.  Errors name
 * FILE:LINE of tdc.cf, or the table and its line. */
int	 policy_load(const struct conf *, struct policy **out, struct err *);
struct policy *policy_free(struct policy *);	/* NULL */

/* policy_readable - whether the user that we are now may read every file that
 * was read (by root, perhaps); it will be read again when it changes. */
int	 policy_readable(const struct policy *, struct err *);

/* policy_decide - pure: no I/O, no clock, never fails. */
void	 policy_decide(const struct policy *, const struct facts *,
	    const char *recipient, struct decision *out);

/* policy_cannot_tell - the answer where the facts are not known well enough to
 * ask: intake_address, or what default_policy says.  why goes to
 * out->trouble. */
void	 policy_cannot_tell(const struct policy *, const char *why,
	    struct decision *out);

/* policy_explain - the same, telling every key it tries (value NULL: not
 * found), and every check that has no key to try (key NULL). */
typedef void policy_step(void *arg, const char *check, const char *table,
    const char *key, const char *value);
void	 policy_explain(const struct policy *, const struct facts *,
	    const char *recipient, policy_step *, void *arg,
	    struct decision *out);

/* policy_unclean - does a header field, "Name: value" without its last line
 * end and with line feeds in folds, make the message an unclean one?  The
 * first row of each table that matches decides for that table: NO is yes,
 * DUNNO leaves it to the next table. */
struct unclean {
	const char	*table;		/* borrowed from the policy */
	unsigned	 line;		/* in its file */
	char		 trouble[512];	/* set, whatever the answer, when a
					   table could not tell; "": none */
};
bool	 policy_unclean(const struct policy *, const char *header,
	    struct unclean *out);
bool	 policy_has_header_checks(const struct policy *);

/* policy_each_table - name and number of entries of each table, in order. */
typedef void policy_table_seen(void *arg, const char *check,
    const char *table, size_t entries);
void	 policy_each_table(const struct policy *, policy_table_seen *, void *);

/* policy_each_foreign_intake - each different intake address outside the
 * domain of intake_address, with its table and the first key that leads to it
 * ("default_policy" and "" for that parameter's).  Silent when there is no
 * intake_address. */
typedef void policy_foreign(void *arg, const char *table, const char *key,
    const char *intake);
void	 policy_each_foreign_intake(const struct policy *, policy_foreign *,
	    void *);

/* policy_is_intake - whether this is intake_address, or an address that some
 * table or default_policy names: mail to it may be a copy on its way. */
bool	 policy_is_intake(const struct policy *, const char *address);

/* policy_inspect - tell every bad line of every table, with parameter, table
 * and place, where policy_load() tells the first; how many there are. */
typedef void policy_finding(void *arg, const char *text);
unsigned policy_inspect(const struct conf *, policy_finding *, void *);

/* policy_each_open - tell of values with $n in their domain: whoever sends mail
 * can make intake domains of them without end. */
void	 policy_each_open(const struct policy *, policy_finding *, void *);

/* policy_each_dead - tell of keys that can never match, where that is plain to
 * see: upper case in a database, rows behind one that takes all, keys that an
 * earlier table of the same check decides.  At most some of each table. */
void	 policy_each_dead(const struct policy *, policy_finding *, void *);

/* policy_each_stale - tell of databases that are older than the text that they
 * were made of: postmap(1) has not run since. */
void	 policy_each_stale(const struct policy *, policy_finding *, void *);

/* policy_each_row - every entry of every check in order, and default_policy
 * (check, table and key NULL), in the words of the gateway's policy table. */
struct policy_row {
	const char	*check, *table;
	const char	*key;		/* or pattern */
	unsigned	 line;		/* of a pattern, else 0 */
	const char	*name;
	const char	*setting;	/* "Disabled", "Enabled", "(use
					   default)", or an intake address */
};
typedef void policy_row_seen(void *arg, const struct policy_row *);
void	 policy_each_row(const struct policy *, policy_row_seen *, void *);

/* ---- the policy in force, in a program that keeps running ---- */

struct policy_live;

/* policy_live_new - takes the policy. */
struct policy_live *policy_live_new(struct policy *);
struct policy_live *policy_live_free(struct policy_live *);

/* policy_hold - borrowed until policy_leave(); any thread. */
struct policy *policy_hold(struct policy_live *);
void	 policy_leave(struct policy *);

/* policy_swap - after a reload: takes the new one; the old one lives until
 * the last holder leaves. */
void	 policy_swap(struct policy_live *, struct policy *);

/* policy_reload - policy_load() while a policy is in force: a table that this
 * one has too is taken from it when it did not change, or when its file is
 * locked, so that nobody waits for it; policy_refresh() sees to it later. */
int	 policy_reload(struct policy_live *, const struct conf *,
	    struct policy **out, struct err *);

/* policy_refresh - look whether tables changed on disk, and replace those
 * that did; a table that cannot be read stays as it was.  Calls one of the
 * two for each change; broken is called once for each broken state of the
 * file, not at every look, and for a locked one when that has lasted for ten
 * seconds.  Locked tables hold nothing up: the others are in force before they
 * are waited for, half a second for all of them together.  To be called about
 * once a second, from one thread. */
struct policy_news {
	void	(*changed)(const char *table, size_t entries);
	void	(*broken)(const char *table, const char *why);
};
void	 policy_refresh(struct policy_live *, const struct policy_news *);

#endif
