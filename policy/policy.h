/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy - which intake address, if any, a recipient's copy goes to
 *
 *	if (policy_load(&conf, &policy, &err) == -1)
 *		return err_wrap(&err, "policy");
 *	policy_decide(policy, &facts, recipient, &decision);
 *	if (decision.journal)
 *		puts(decision.intake);
 *
 * policy_maps is a list of checks; the first answer that is not DUNNO wins;
 * without any, default_policy decides.  A value is NO, DEFAULT, DUNNO or an
 * address, and may be followed by name=WORD.
 *
 * In a pattern table a value may contain $1, which each lookup replaces
 * (template.h): what a sender wrote can become a piece of a local part, a
 * domain or a name, and nothing else.  Where that is not possible, or a
 * pattern runs into the limits of its library, the copy goes to
 * intake_address, or, if there is none, default_policy decides: the copy never
 * goes to a nonsense address, and is never dropped silently.  The reason is in
 * decision.trouble.
 *
 * unclean_header_checks is another list of tables, of patterns on header
 * fields: did an earlier filter find the message bad?
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

#include "base/conf/conf.h"
#include "base/err.h"
#include "policy/client/client.h"

struct facts {
	const char	*sender;	/* without <>; "" is the null sender; NULL:
					   it cannot be told which one it is */
	struct client	 client;
	bool		 client_lost;	/* it is only who is taken for it */
};

struct decision {
	bool		 journal;
	const char	*intake;	/* borrowed from the policy, or from
					   this decision; NULL: none */
	const char	*name;		/* name=WORD, else "default" or the key
					   as it is in the table ("static" for
					   static:); borrowed likewise */
	const char	*table;		/* "hash:/etc/tdc/x"; NULL: default */
	const char	*check;		/* "check_recipient"; NULL: default */
	char		 key[512];	/* the key that was found; "": default;
					   a longer one ends in "..." */
	unsigned	 line;		/* of a pattern, else 0 */
	char		 made[328];	/* intake and name of a value with $n */
	char		 trouble[512];	/* why the answer of a table could not
					   be used; "": it could */
};

struct policy;

/* policy_load - parse policy_maps and load every table.  Errors name
 * FILE:LINE of tdc.cf, or the table and its line. */
int	 policy_load(const struct conf *, struct policy **out, struct err *);
struct policy *policy_free(struct policy *);	/* NULL */

/* policy_readable - may the present user read every file that was loaded (by
 * root, perhaps)?  It will be read again when it changes. */
int	 policy_readable(const struct policy *, struct err *);

/* policy_decide - pure: no I/O, no clock, never fails.  recipient is NULL when
 * it cannot be told which one it is: a check that would have to look at what is
 * not known is in trouble, so nobody can choose its answer by that. */
void	 policy_decide(const struct policy *, const struct facts *,
	    const char *recipient, struct decision *out);

/* policy_explain - policy_decide(), which reports every key it tries (value
 * NULL: not found), and every check that has no key to try (key NULL). */
typedef void policy_step(void *arg, const char *check, const char *table,
    const char *key, const char *value);
void	 policy_explain(const struct policy *, const struct facts *,
	    const char *recipient, policy_step *, void *arg,
	    struct decision *out);

/* policy_unclean - does a header field, "Name: value" without its last line
 * end and with line feeds in folds, make the message unclean?  In each table
 * the first row that matches decides: NO means yes, DUNNO leaves it to the
 * next table. */
struct unclean {
	const char	*table;		/* borrowed from the policy */
	unsigned	 line;		/* in its file */
	char		 trouble[512];	/* why a table could not tell, whatever
					   the answer; "": none */
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
 * ("default_policy" and "" for that of the parameter).  None when there is no
 * intake_address. */
typedef void policy_foreign(void *arg, const char *table, const char *key,
    const char *intake);
void	 policy_each_foreign_intake(const struct policy *, policy_foreign *,
	    void *);

/* policy_is_intake - is this intake_address, or an address that some table or
 * default_policy names?  Mail to it may be a copy on its way. */
bool	 policy_is_intake(const struct policy *, const char *address);

/* policy_journals - does default_policy, or any row of any table, ask for a
 * copy?  Else there are none, but for those of messages about which a lookup
 * failed. */
bool	 policy_journals(const struct policy *);

/* policy_marks_all - the table of unclean_header_checks for which obviously
 * no message is clean; borrowed; NULL: none. */
const char *policy_marks_all(const struct policy *);

/* policy_inspect - report every unknown check, and every bad line of every
 * table, with parameter, table and place, where policy_load() reports the
 * first; returns how many. */
typedef void policy_finding(void *arg, const char *text);
unsigned policy_inspect(const struct conf *, policy_finding *, void *);

/* policy_each_open - report values with $n in their domain: from these senders
 * can make up any number of intake domains. */
void	 policy_each_open(const struct policy *, policy_finding *, void *);

/* policy_each_dead - report keys that obviously can never match: upper case in
 * a database, rows after one that matches as much, keys that an earlier table
 * of the same check decides, tables after one that has an answer for
 * everything.  Only the first few of each table. */
void	 policy_each_dead(const struct policy *, policy_finding *, void *);

/* policy_each_stale - report databases that are older than their source text:
 * postmap(1) has not run since it changed. */
void	 policy_each_stale(const struct policy *, policy_finding *, void *);

/* policy_each_row - every entry of every check, and default_policy (check,
 * table and key NULL), in the words of the gateway's policy table.  Checks come
 * in the order in which they are asked; in each, what a lookup would try first
 * comes before what it would try later. */
struct policy_row {
	const char	*check, *table;
	const char	*key;		/* or pattern */
	unsigned	 line;		/* of a pattern, else 0 */
	const char	*name;
	const char	*setting;	/* "Disabled", "Enabled", "(next
					   table)", "(use default)" after the
					   last one, or an intake address */
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

/* policy_reload - policy_load() while a policy is in force: a table that both
 * have is taken over if it has not changed, or if its file is locked, so that
 * the reload does not wait; policy_refresh() reads it later. */
int	 policy_reload(struct policy_live *, const struct conf *,
	    struct policy **out, struct err *);

/* policy_refresh - replace the tables that have changed on disk; one that
 * cannot be read stays as it was.  Reports each change: changed() for a new
 * table; broken() once for each broken state of a file, not at each call, and
 * for a locked file after ten seconds.  Locked tables hold nothing up: the
 * others are in force before these are waited for, half a second for all of
 * them together.  Call it about once a second, from one thread. */
struct policy_news {
	void	(*changed)(const char *table, size_t entries);
	void	(*broken)(const char *table, const char *why);
};
void	 policy_refresh(struct policy_live *, const struct policy_news *);

/* policy_stale - how many tables stayed as they were then, since what is on
 * disk cannot be read; the same thread. */
unsigned policy_stale(const struct policy_live *);

#endif
