/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control - the operator's hand: one verb, one row
 *
 * A verb gets its arguments without its own name and returns an exit code of
 * sysexits(3).  It prints results on standard output, and what went wrong as
 * one line on standard error.  The usage text and the list in tdcctl(8) come
 * from the same table.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/counters.h"
#include "base/err.h"
#include "journal/spool.h"

struct control {
	const char	*conf_file;
	struct conf	 conf;		/* loaded, but for "check" */
	bool		 verbose;	/* -v */
};

struct verb {
	const char	*name;
	const char	*arguments;
	int		(*run)(struct control *, int argc, char **argv);
	bool		 needs_conf;	/* loaded before it runs */
	const char	*meaning;	/* one sentence */
};

extern const struct verb verbs[];	/* ends with name NULL */

int	do_check(struct control *, int, char **);
int	do_config(struct control *, int, char **);
int	do_policy(struct control *, int, char **);
int	do_tophosts(struct control *, int, char **);
int	do_status(struct control *, int, char **);
int	do_queue(struct control *, int, char **);
int	do_show(struct control *, int, char **);
int	do_delete(struct control *, int, char **);
int	do_requeue(struct control *, int, char **);
int	do_flush(struct control *, int, char **);
int	do_hoststatus(struct control *, int, char **);

/* programs_check - tell what tdc-milter and tdc-forwarder, which stand beside
 * us, would refuse or warn of; an exit code. */
int	programs_check(const char *conf_file);

/* look_into_spool, look_at_counters - to read them; when nothing has ever been
 * started, or we are nobody who may, the err says so. */
int	look_into_spool(const struct conf *, struct spool **out, struct err *);
int	look_at_counters(const struct conf *, const struct spool *,
	    struct counters **out, struct err *);

/* doors_of_table, doors_of_conf - warn of what more people may write or read
 * than is good. */
void	doors_of_table(const char *table);
void	doors_of_conf(const char *conf_file, const struct conf *);

/* complain - "tdcctl: text" on stderr; returns the code. */
int	complain(int code, const char *text);
/* complain_usage - how the verb is to be called; EX_USAGE. */
int	complain_usage(const char *verb);
/* complain_gone - there is no copy of that MID; EX_DATAERR. */
int	complain_gone(uint64_t mid);
/* parse_mid - false: it is none. */
bool	parse_mid(const char *, uint64_t *out, struct err *);
/* wants_json - true when the only argument is --json; *out_bad when there
 * are others. */
bool	wants_json(int argc, char **argv, bool *out_bad);

#endif
