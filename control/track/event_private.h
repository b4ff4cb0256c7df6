/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_private - what the readers of our lines and of Postfix's share
 */
#ifndef CONTROL_EVENT_PRIVATE_H
#define CONTROL_EVENT_PRIVATE_H

#include "control/track/event.h"

/* event_read_ours - of the text after "TDC: ". */
void	event_read_ours(const char *text, struct event *out);

/* event_id_length - how many bytes at the begin may be a queue id; 0: none. */
size_t	event_id_length(const char *);

#endif
