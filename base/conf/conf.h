/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf - the parameters in tdc.cf, in main.cf(5) syntax
 *
 *	struct conf conf;
 *
 *	if (conf_load(path, &conf, &err) == -1)
 *		...		-- err.text begins with "tdc.cf:12: "
 *	conf_drop(&conf);
 *
 * The parameters are in conf_options.h.  An unknown name, a value out of
 * bounds, a name given twice are errors with file and line; of a name that is
 * near to one of ours the error says so.
 *
 * $name, ${name} and $(name) stand for the value of another parameter; $$ is
 * a dollar sign.  A parameter set to nothing is empty: it does not have its
 * default.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdio.h>

#include "base/conf/conf_options.h"
#include "base/err.h"

#ifndef CONFDIR
#define CONFDIR "/etc/tdc"
#endif
#define CONF_FILE CONFDIR "/tdc.cf"

/* conf_load - read and check one file.  On -1 nothing is left to drop.
 * conf_parse - the same of a text that file is said to hold. */
int	 conf_load(const char *path, struct conf *out, struct err *);
int	 conf_parse(const char *file, const char *text, struct conf *out,
	    struct err *);
/* conf_salvage - read what can be used: parameters whose lines are wrong have
 * their defaults.  0: all of it is good; 1: not all, the err is the first
 * thing wrong; -1: the file cannot be read, or the parameter that is needed is
 * among those. */
int	 conf_salvage(const char *path, const char *needed, struct conf *out,
	    struct err *);
void	 conf_drop(struct conf *);

/* conf_inspect - report each line that is wrong, where conf_load() reports the
 * first; returns how many. */
typedef void conf_finding(void *arg, const char *text);
unsigned conf_inspect(const char *path, conf_finding *, void *arg);

/* conf_ask_postfix - where helo_name is not set, Postfix's myhostname takes the
 * place of this host's name, if it is a full one; for who uses that name, or
 * shows it: it takes a moment, and up to POSTFIX_WAIT (postfix.h). */
void	 conf_ask_postfix(struct conf *);

/* conf_milter_user - what milter_user says, or the spool; borrowed.
 * conf_run_as_milter - for that program: user is that one, and errors about it
 * name the parameter.  It may be started as user, too, whose spool it is.
 * conf_run_as_remediator - likewise, of remediation_user alone.  log_user stays. */
const char *conf_milter_user(const struct conf *);
void	 conf_run_as_milter(struct conf *);
void	 conf_run_as_remediator(struct conf *);

/* conf_where - "FILE:LINE" where the parameter was set, or "FILE (default of
 * NAME)"; for errors found later; of a name that is no parameter's, such as "":
 * FILE.  Borrowed. */
const char *conf_where(const struct conf *, const char *name);

/* conf_is_address - whether the text can be an address, as a parameter must. */
bool	 conf_is_address(const char *text);

/* conf_remedial_action - an enum conf_remediation_action as AsyncOS calls it in
 * its log lines: "Delete", "Forward and Delete". */
const char *conf_remedial_action(int what);

/* conf_restart - the first parameter that differs and that only a restart can
 * put in force; NULL: none. */
const char *conf_restart(const struct conf *old, const struct conf *new);

/* conf_print - like postconf(1): all, or those in the file (-n), or the
 * defaults (-d); one "name = value" a line, values before $ expansion.  Among
 * all, an empty one that follows from the host's name has what is in force.
 * conf_print_one - the one of that name, its value alone when bare; false:
 * there is none of that name. */
enum conf_which { CONF_ALL, CONF_SET, CONF_DEFAULTS };
void	 conf_print(const struct conf *, enum conf_which, FILE *);
bool	 conf_print_one(const struct conf *, const char *name,
	    enum conf_which, bool bare, FILE *);

/* conf_value_of - what conf_print() prints for the option with that index in
 * conf_options; NULL: nothing.  Borrowed.  conf_is_set - in the file. */
const char *conf_value_of(const struct conf *, int, enum conf_which);
bool	 conf_is_set(const struct conf *, int);

#endif
