/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control - tdcctl, the operator's tool: one row for each verb
 *
 * A verb gets its arguments without its own name and returns an exit code of
 * sysexits(3).  It prints results on standard output, and one line on
 * standard error when something went wrong.  The usage text and the list in
 * tdcctl(8) come from the same table.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/err.h"
#include "control/doctor/finding.h"
#include "journal/spool/spool.h"

struct control {
	const char	*conf_file;
	struct conf	 conf;		/* loaded, but for "check" */
	bool		 verbose;	/* -v */
	bool		 json;		/* --json, of verbs whose row has it */
};

/* How much of tdc.cf: what only deals with the spool works with wrong lines in
 * it, too. */
enum need { NEEDS_NOTHING, NEEDS_CONF, NEEDS_SPOOL };

struct verb {
	const char	*name;
	const char	*arguments;
	int		(*run)(struct control *, int argc, char **argv);
	enum need	 needs;		/* loaded before it runs */
	const char	*meaning;	/* one sentence */
	int		 least, most;	/* arguments, which are counted before
					   it runs; most 0: none if there are no
					   arguments, else it counts them */
	bool		 json;		/* --json is taken out of its arguments,
					   wherever it stands */
};

extern const struct verb verbs[];	/* ends with name NULL */

/* verb_find - the row of that name; NULL: there is none. */
const struct verb *verb_find(const char *name);

/* help_all, help_verb - what -h prints, of all verbs or of one. */
void	help_all(void);
void	help_verb(const struct verb *);
/* help_words - a text, in lines that are not long and begin so far to the
 * right. */
void	help_words(FILE *, const char *text, size_t indent);

int	do_help(struct control *, int, char **);
int	do_version(struct control *, int, char **);
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
int	do_suspend(struct control *, int, char **);
int	do_resume(struct control *, int, char **);
int	do_alert_test(struct control *, int, char **);
int	do_monitor(struct control *, int, char **);
int	do_reload(struct control *, int, char **);
int	do_hoststatus(struct control *, int, char **);
int	do_metrics(struct control *, int, char **);
int	do_history(struct control *, int, char **);
int	do_report(struct control *, int, char **);
int	do_remediation_report(struct control *, int, char **);
int	do_verify_intake(struct control *, int, char **);
int	do_top(struct control *, int, char **);
int	do_track(struct control *, int, char **);
int	do_send_test(struct control *, int, char **);
int	do_postfix_enable(struct control *, int, char **);
int	do_postfix_disable(struct control *, int, char **);

/* The code of "check --strict" when there was a warning: none of sysexits(3),
 * and what monitors take for one. */
enum { EXIT_WARNINGS = 1 };

/* check_nagios - "check --nagios", with its arguments; an exit code of monitoring
 * plugins. */
int	check_nagios(struct control *, int argc, char **argv);

/* programs_check - report what tdc-milter and tdc-forwarder, in the directory
 * of this program, would refuse, which is a finding_error() too; an exit code.
 * heard gets all that they say,
 * for programs_tell(), which reports what they warn of. */
int	programs_check(const char *conf_file, const struct findings *,
	    struct buf *heard);
void	programs_tell(const struct buf *heard, struct findings *);

/* programs_beside - the path of a program in our own directory; new; NULL:
 * there is none.
 * programs_start - run it, with arguments as for execv(3); where to read what it
 * writes to its descriptor fd, or to standard output and standard error, or NULL.
 * programs_end - wait for it; its exit code. */
enum { PROGRAMS_BOTH = -1 };
char	*programs_beside(const char *name);
FILE	*programs_start(const char *path, const char *const *arguments, int fd,
	    pid_t *out_pid);
int	programs_end(pid_t);

/* test_send - as send-test does, with that client (NULL: this host): an exit
 * code, and the Message-ID, new, or NULL.  Each stage is shown as it comes, unless
 * it is to be quiet. */
int	test_send(const struct control *, const char *to, const char *client,
	    bool quiet, char **out_message_id);

/* look_into_spool, look_at_counters - open them for reading; the err says so
 * when nothing has ever been started (sys ENOENT), or when we are not allowed
 * to.
 * look_at_status - the same for who may not see the copies (spool_glance()). */
int	look_into_spool(const struct conf *, struct spool **out, struct err *);
int	look_at_status(const struct conf *, struct spool **out, struct err *);
int	look_at_counters(const struct conf *, const struct spool *,
	    struct counters **out, struct err *);

/* permissions_of_table, permissions_of_conf - warn of files that more users
 * than necessary can write or read. */
void	permissions_of_table(const char *table, struct findings *);
void	permissions_of_conf(const char *conf_file, const struct conf *,
	    struct findings *);

/* complain - "tdcctl: text" on stderr; returns the code. */
int	complain(int code, const char *text);
/* complain_usage - the verb's usage; EX_USAGE.
 * complain_arguments - the same after what is wrong with the call.
 * complain_value - the same of a value: the reason, and the value in quotes.
 * complain_verb - there is no such verb, but there may be one that is meant. */
int	complain_usage(const char *verb);
int	complain_arguments(const char *verb, const char *reason);
int	complain_value(const char *verb, const char *reason, const char *value);
/* take_time - the value of an option such as "--since", as when_parse() reads
 * it; EX_OK, or EX_USAGE after a complaint. */
int	take_time(const char *verb, const char *option, const char *value,
	    int64_t *out);
int	complain_verb(const char *name);
/* complain_option - what getopt_long() did not take, with its answer: '?', or
 * ':', which it gives for a value that is missing if its list of letters begins
 * with a colon; word: option_word(argv); EX_USAGE. */
int	complain_option(const char *verb, int answer, const char *word);
/* option_word - the value that getopt_long() has found, or else the word that it
 * has just passed. */
const char *option_word(char *const *argv);
/* complain_gone - there is no copy with this MID; EX_DATAERR. */
int	complain_gone(uint64_t mid);
/* complain_mid - the argument is neither a MID nor ALL; EX_USAGE. */
int	complain_mid(const char *);
/* parse_mid - false: the text is not a MID. */
bool	parse_mid(const char *, uint64_t *out, struct err *);
/* wants_json - whether --json was given, which is the verb's only argument;
 * EX_OK, or EX_USAGE after a complaint. */
int	wants_json(const char *verb, int argc, char **argv, bool *out);

#endif
