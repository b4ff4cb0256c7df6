/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_data - the answers of an IMAP server that we read (RFC 9051 7.2 to 7.5)
 *
 *	struct imap_mail mail;
 *
 *	if (imap_span_is(&answer.name, "FETCH") &&
 *	    imap_data_mail(&answer, &mail))
 *		... mail.uid, mail.header ...
 *
 * Pure.  false: the answer is not as it must be.
 */
#ifndef REMEDIATE_IMAP_DATA_H
#define REMEDIATE_IMAP_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "remediate/imap/imap_answer.h"

enum { IMAP_FLAGS = 4096, IMAP_DATE = 40 };

/* What a FETCH tells of one message; what it does not is 0, -1, "" or NULL. */
struct imap_mail {
	uint32_t	 uid;
	int64_t		 size;		/* -1 */
	int64_t		 received;	/* ms since 1970; 0: no date that is */
	char		 date[IMAP_DATE];	/* the same, as it was spelled */
	bool		 has_flags;
	char		 flags[IMAP_FLAGS];	/* "\Seen $Label", without
						   \Recent, and without what
					   there is no room for */
	struct imap_span header;	/* BODY[HEADER], or its beginning */
	struct imap_span body;		/* BODY[] */
};

bool	 imap_data_mail(const struct imap_answer *, struct imap_mail *out);

/* imap_data_search - each number of a SEARCH, until each() says false. */
typedef bool imap_number_each(void *arg, uint32_t);
bool	 imap_data_search(const struct imap_answer *, imap_number_each *,
	    void *arg);

/* A line of LIST.  The name is as the wire has it. */
struct imap_folder {
	bool		 selectable;
	struct buf	 name;		/* added to; the caller's */
};
bool	 imap_data_folder(const struct imap_answer *, struct imap_folder *out);

/* imap_data_namespaces - each prefix; mine: of what belongs to the user. */
typedef void imap_prefix_each(void *arg, const char *prefix, bool mine);
bool	 imap_data_namespaces(const struct imap_answer *, imap_prefix_each *,
	    void *arg);

/* imap_data_copied - "COPYUID validity from to" or "APPENDUID validity to", of
 * one message; from is 0 in the latter. */
struct imap_copied {
	uint32_t	 validity, from, to;
};
bool	 imap_data_copied(const struct imap_answer *, struct imap_copied *out);

/* imap_date_parse - "26-Nov-2026 10:00:00 +0100", in ms since 1970.
 * imap_date_day - "26-Nov-2026", in UTC. */
bool	 imap_date_parse(const char *, int64_t *out);
char	*imap_date_day(int64_t ms, char out[IMAP_DATE]);

#endif
