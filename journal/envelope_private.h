/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * envelope_private - the keys of an envelope, and the short way to read it
 *
 * The forwarder reads each envelope twice, once to learn of the copy and once
 * to send it.  What envelope_format() writes for texts of plain ASCII is taken
 * key by key, at a twentieth of what a JSON reader needs for it; all else goes
 * the long way, to the same result.  So does a copy from before an upgrade.
 */
#ifndef JOURNAL_ENVELOPE_PRIVATE_H
#define JOURNAL_ENVELOPE_PRIVATE_H

#include "journal/envelope.h"

enum {
	ENVELOPE_FIELDS = 21,
	ENVELOPE_NEEDED = 18		/* the others may be missing */
};

/* One row is one key, in the order of the line; a new one comes last. */
extern const struct envelope_field {
	const char	*key;
	enum {
		ENVELOPE_TEXT, ENVELOPE_TEXTS, ENVELOPE_NUMBER,
		ENVELOPE_TIME, ENVELOPE_TRUTH
	} type;
	size_t		 place;		/* in struct envelope */
} envelope_fields[ENVELOPE_FIELDS];

/* envelope_fast - all of the JSON, and its line end if there is one; false:
 * not of the plain kind, or not JSON at all. */
bool	envelope_fast(const char *json, const char *end, struct arena *,
	    struct envelope *out);

#endif
