/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_code - what a response code of Exchange means for us
 *
 *	if (ews_code("ErrorServerBusy") == MAILBOX_LATER)
 *		...
 *
 * There are hundreds; one that is not known is MAILBOX_LATER, the harmless side.
 * Pure.
 */
#ifndef REMEDIATE_EWS_CODE_H
#define REMEDIATE_EWS_CODE_H

#include "remediate/mailbox/mailbox.h"

enum mailbox_result ews_code(const char *code);
/* ews_code_of_owner - of MAILBOX_LOCKED_OUT: our login was taken, and this owner
 * was denied to us; it may be everybody. */
bool	 ews_code_of_owner(const char *code);

#endif
