/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instance - the Postfix that is meant, and what is asked of it
 *
 *	own(instance) struct instance instance = INSTANCE;
 *
 *	if (instance_open(&instance, "/etc/postfix-out", &err) == -1 ||
 *	    instance_check(&instance, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *
 * MAIL_CONFIG is set, so that all programs of Postfix, and the doctor, look at
 * this one alone.  One at a time.
 */
#ifndef CONTROL_POSTFIX_INSTANCE_H
#define CONTROL_POSTFIX_INSTANCE_H

#include <stdbool.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "base/own.h"
#include "control/doctor/postfix.h"

struct instance {
	char		*directory;	/* absolute, without links */
	char		*caller;	/* MAIL_CONFIG as it was; NULL */
	struct postfix	 postfix;
	int		 locks[2];
};
#define INSTANCE { .locks = { -1, -1 } }

/* instance_open - the one with this configuration directory; NULL: that which
 * postconf(1) looks at.  It answers, and is 3.0 or newer. */
int	instance_open(struct instance *, const char *directory, struct err *);

/* instance_ask - again, after a change. */
int	instance_ask(struct instance *, struct err *);

/* instance_lock - against another tdcctl that changes it, or tdc.cf; until this
 * process ends.  -1: there is one. */
int	instance_lock(struct instance *, const char *conf_file, struct err *);

/* instance_check - postfix check; the err has what it says. */
int	instance_check(const struct instance *, struct err *);

/* instance_reload - if it runs; *out_ran says whether. */
int	instance_reload(const struct instance *, bool *out_ran, struct err *);

/* instance_others - the configuration directories of the other Postfixes of
 * this host, separated by blanks; new.
 * instance_sharing - the first of them that uses milter_socket; new; NULL. */
char	*instance_others(const struct instance *);
char	*instance_sharing(const struct instance *, const struct conf *);

void	instance_close(struct instance *);

static inline void
own_instance(struct instance *instance)
{
	instance_close(instance);
}

#endif
