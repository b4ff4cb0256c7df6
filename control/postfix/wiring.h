/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wiring - what has to change so that Postfix uses tdc-milter, or no longer
 *
 *	own(wiring) struct wiring wiring = WIRING;
 *
 *	if (wiring_plan(&conf, &postfix, &wiring, &err) == 0)
 *		printf("%s%zu lists\n", wiring.notes.data, wiring.count);
 *
 * It reads, and changes nothing.
 */
#ifndef CONTROL_POSTFIX_WIRING_H
#define CONTROL_POSTFIX_WIRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/err.h"
#include "control/doctor/postfix.h"

/* A list that changes. */
struct wiring_edit {
	char	*where;		/* "smtpd_milters", or, in master.cf,
				   "smtp/inet/smtpd_milters" */
	bool	 in_master;
	char	*value;		/* as the file shall have it */
};

struct wiring {
	struct wiring_edit *edits;
	size_t	 count;
	size_t	 named;		/* how many lists name tdc-milter now */
	/* of tdc.cf; NULL: as it is */
	char	*socket, *group, *mode;
	struct buf notes;	/* lines for the operator: what stays, and why */
};
#define WIRING { .notes = BUF }

/* wiring_plan - tdc-milter last, once, with default_action=accept, by a socket
 * that smtpd(8) can reach, in each list that takes mail in.  -1: it cannot be
 * so, or has to be made by hand; the err says what to do. */
int	wiring_plan(const struct conf *, const struct postfix *,
	    struct wiring *out, struct err *);

/* wiring_removal - no list names tdc-milter. */
int	wiring_removal(const struct conf *, const struct postfix *,
	    struct wiring *out, struct err *);

/* wiring_keep - no edits but of these files. */
void	wiring_keep(struct wiring *, bool main_cf, bool master_cf);

/* wiring_changes - is there anything to do? */
bool	wiring_changes(const struct wiring *);

/* wiring_names - does any list of this Postfix name the socket? */
bool	wiring_names(const struct conf *, const struct postfix *);

void	wiring_drop(struct wiring *);

static inline void
own_wiring(struct wiring *wiring)
{
	wiring_drop(wiring);
}

#endif
