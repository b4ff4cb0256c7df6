/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vital - libmilter's system calls on which all of its sessions depend
 *
 *	struct vital vital = VITAL;
 *
 *	while (... it fails ... && vital_again(&vital))
 *		... once more ...
 *	if (... it still fails ...)
 *		vital_lost("write");
 *
 * A listener that cannot accept(2) or poll(2), a controller that cannot poll,
 * and a worker that cannot write(2) the byte which tells the controller of a
 * session that waits for its next packet: libmilter sleeps for one second, then
 * for two, and so on, or it logs the error and never comes back to that session.
 * Postfix meanwhile waits for up to milter_content_timeout, five minutes.
 *
 * So such a call is repeated for a moment.  When it still fails, nobody can be
 * served, and the process ends: Postfix finds that out at once, goes on without
 * us, and whoever supervises us starts us again.  Copies of messages under way are
 * lost with it; that their number is told is all that is left to do.
 *
 * libmilter calls write(3) and sleep(3), and this module has both; the linker
 * prefers the program's function to libc's.  For whoever else calls them they are
 * the same.  accept and poll are accept.h's and unserved.h's.
 */
#ifndef MILTER_VITAL_H
#define MILTER_VITAL_H

#include <stdbool.h>
#include <stdint.h>

#include "milter/service.h"

/* vital_begin - before libmilter listens; borrowed until the process ends. */
void	vital_begin(struct service *);

/* One call that is to succeed. */
struct vital {
	int64_t	until;		/* 0: it has not failed yet */
};
#define VITAL (struct vital){ 0 }

/* vital_again - whether to try it once more, after a pause; errno stays. */
bool	vital_again(struct vital *);

/* vital_is_libmilters - whether code at that address is libmilter's. */
bool	vital_is_libmilters(const void *address);

/* vital_lost - the end: errno says why that call fails. */
_Noreturn void vital_lost(const char *call);

#endif
