/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * callbacks - libmilter's view of a session
 *
 * Callbacks translate; session.c knows mail.  On unix sockets we ask Postfix
 * not to wait for our answers to anything but DATA and the end of the
 * message (SMFIP_NR_*): its packets then travel in batches.  On inet sockets
 * the many small one-way packets meet Nagle and delayed ACKs and cost more
 * than they save, so there every packet is answered.
 *
 * The end of the header stays asked for (no SMFIP_NOEOH), although a body
 * would tell as much: after DATA libmilter takes no body and no end of the
 * message unless a field or that end came first, and Postfix would wait five
 * minutes for what becomes of a message without a header.
 */
#ifndef MILTER_CALLBACKS_H
#define MILTER_CALLBACKS_H

#include <stdbool.h>

#include "milter/service.h"

/* callbacks_register - 0, or -1 when libmilter refuses.  The service is
 * borrowed until the process ends. */
int	callbacks_register(struct service *, bool unix_socket);

#endif
