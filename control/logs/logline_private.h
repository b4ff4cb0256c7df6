/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logline_private - the forms of a line that are more than a few fields
 */
#ifndef CONTROL_LOGLINE_PRIVATE_H
#define CONTROL_LOGLINE_PRIVATE_H

#include "control/logs/logline.h"

/* logline_json - an entry of the journal as an object of JSON; the parser keeps
 * it. */
bool	logline_json(struct logline_parser *, const char *text, size_t n,
	    struct logline *out);

/* logline_zoned - "2026-11-26T07:30:05.123+01:00": where it ends, or NULL.
 * logline_short - "Nov 26 07:30:05".
 * logline_long - "Thu Nov 26 07:30:05 2026". */
char	*logline_zoned(char *text, int64_t *out_at);
char	*logline_short(struct logline_parser *, char *text, int64_t *out_at);
char	*logline_long(struct logline_parser *, char *text, int64_t *out_at);

#endif
