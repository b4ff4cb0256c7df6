/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_json - a line of the log as an object of JSON
 *
 *	const struct log_line line = { row, "tdc-milter", 1795680000123, line_text };
 *
 *	log_json(&line, args, &out);
 *	-- {"time":1795680000.123,"level":"info","program":"tdc-milter",
 *	--  "event":"closed","dcid":7,"text":"DCID 7 close"}
 *
 * Of the log itself alone.  Each argument of the row's format has the name that
 * stands at its place among the row's fields.  What is a number there is one
 * here.  Texts come escaped for a line (escape.h): that is undone, and they are
 * written as json_text.h has them, so they are the same as in history --json.
 * "text" is the line as it is for people.
 *
 * An object has less than LOG_JSON_MAX bytes: texts are cut with "..." at
 * 1,000.
 */
#ifndef BASE_LOG_JSON_H
#define BASE_LOG_JSON_H

#include <stdarg.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/log/log.h"

enum { LOG_JSON_MAX = 61440, LOG_FIELDS_MAX = 7 };

struct log_line {
	const struct log_row *row;
	const char	*program;
	int64_t		 wall;		/* ms since 1970 */
	const char	*text;
};

/* log_json - without a line feed; args are those of the row's format. */
void	log_json(const struct log_line *, va_list args, struct buf *out);

/* log_level - "critical", "warning", "info", "debug". */
const char *log_level(int level);

#endif
