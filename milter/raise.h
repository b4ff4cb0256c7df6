/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * raise - what alert_command is told by the milter
 *
 *	raise_begin(&service);		-- after any fork
 *	raise_no_copy(&service, "no thread was free");
 *	raise_rules(&service);		-- after a reload
 *
 * Besides messages without a copy, that is a spool whose file system is nearly
 * full: less than twice min_free_space is left.
 */
#ifndef MILTER_RAISE_H
#define MILTER_RAISE_H

#include "milter/message.h"
#include "milter/service.h"

void	raise_begin(struct service *);
void	raise_rules(struct service *);

/* raise_failure - this message was accepted without a copy, or (not open)
 * deferred.  raise_no_copy - some were accepted without, of which nothing is
 * known.  raise_table - a table cannot be loaded again. */
void	raise_failure(struct service *, const struct message *, bool open,
	    const char *why);
void	raise_no_copy(struct service *, const char *why);
void	raise_table(struct service *, const char *table, const char *why);

#endif
