/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logline - one line of a mail log, in any of the forms that mail logs have
 *
 *	struct logline_parser parser = { .latest = clock_wall() };
 *	struct logline line;
 *
 *	if (logline_parse(&parser, text, length, &line))
 *		printf("%s said %s\n", line.program, line.text);
 *	logline_drop(&parser);
 *
 *	Nov 26 07:30:05 host postfix/smtpd[12]: ...	syslog, without a year
 *	2026-11-26T07:30:05.123456+00:00 host postfix/smtpd[12]: ...
 *					rsyslog, journalctl -o short-iso-precise
 *	<22>1 2026-11-26T07:30:05Z host postfix/smtpd 12 - - ...    RFC 5424
 *	Thu Nov 26 07:30:05 2026 Info: ...		mail_logs_file, AsyncOS
 *	{"__REALTIME_TIMESTAMP":"...","MESSAGE":"..."}	journalctl -o json
 *	{"time":1795678205.123,...,"text":"..."}	mail_logs_file as JSON
 *
 * Times without an offset are local.  Where there is no year, it is the last
 * one that does not put the line after parser.latest (and a day, for clocks
 * that differ): the time of the last change of the file.
 *
 * Pure: no I/O but the zone of localtime(3).
 */
#ifndef CONTROL_LOGLINE_H
#define CONTROL_LOGLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logline {
	int64_t		 at;		/* ms since 1970 */
	const char	*program;	/* "postfix/smtpd"; of the AsyncOS form
					   "mail_logs" */
	uint64_t	 pid;		/* 0: it does not say */
	const char	*text;
	const char	*ours;		/* the text after "TDC: ", when a program
					   of ours said it; else NULL */
	bool		 asyncos;	/* of mail_logs_file, whose lines also
					   stand in the maillog */
	bool		 cut;		/* it was longer; see logsource.h */
};

struct logline_parser {
	int64_t		 latest;	/* no line is much later, ms since 1970 */
	char		 minute[24];	/* the last one, since zones are slow */
	int64_t		 minute_at;
	struct json_t	*json;		/* that the last line points into */
};

/* logline_parse - false: it has none of these forms.  The bytes are changed,
 * text[n] is writable, and the line points into them and into the parser until
 * the next call; a NUL among them becomes '?'. */
bool	logline_parse(struct logline_parser *, char *text, size_t n,
	    struct logline *out);
void	logline_drop(struct logline_parser *);

#endif
