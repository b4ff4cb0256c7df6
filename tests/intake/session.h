/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session - one client's conversation, as RFC 5321 or as the rules say
 *
 * Strict about what it was not offered: bytes sent without waiting where no
 * PIPELINING was offered, 8-bit content without BODY=8BITMIME, long lines
 * without BINARYMIME, NUL, CR or LF that is no line end.  Such a message is
 * taken all the same, and counts as a violation.
 */
#ifndef TESTS_INTAKE_SESSION_H
#define TESTS_INTAKE_SESSION_H

#include "tests/intake/wire.h"

void	session_run(struct wire *);	/* a whole conversation; takes the wire */

#endif
