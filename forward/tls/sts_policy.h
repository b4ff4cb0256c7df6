/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sts_policy - what a domain says of its mail hosts (RFC 8461 3)
 *
 *	if (sts_record_parse(txt, n, id) == STS_RECORD) ...
 *	if (sts_policy_parse(text, n, &policy) &&
 *	    sts_policy_takes(&policy, "mx1.example.com")) ...
 *
 *	record	= "v=STSv1" 1*( delim name "=" value ) [ delim ]
 *	delim	= *WSP ";" *WSP
 *
 *	policy	= *( field [CR] LF ) [ field ]
 *	field	= name ":" *WSP value *WSP
 *
 *	version: STSv1
 *	mode: enforce			; or testing, none
 *	mx: mail.example.com		; one each; not needed with none
 *	mx: *.example.net		; one label in place of the asterisk
 *	max_age: 604800			; seconds
 *
 * Of a field that may stand once the first counts; unknown ones are passed
 * over, and so are empty lines.  Pure.
 */
#ifndef FORWARD_STS_POLICY_H
#define FORWARD_STS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STS_ID 33			/* an id and its NUL */
#define STS_POLICY_MAX (64 << 10)	/* octets of a policy */
#define STS_AGE_MAX 31557600		/* seconds; a year */

enum sts_record { STS_OTHER, STS_RECORD, STS_BROKEN };

/* sts_record_parse - one TXT record, its strings joined.  STS_OTHER: it is
 * about something else; STS_BROKEN: it is not, but has no id. */
enum sts_record sts_record_parse(const char *, size_t, char out_id[STS_ID]);

enum sts_mode { STS_NONE, STS_TESTING, STS_ENFORCE };

struct sts_policy {
	enum sts_mode	 mode;
	int64_t		 max_age;	/* s, STS_AGE_MAX at most */
	const char	*text;		/* borrowed */
	size_t		 length;
};

/* sts_policy_parse - false: that is none */
bool	sts_policy_parse(const char *, size_t, struct sts_policy *out);

/* sts_policy_takes - the host is named by an mx field */
bool	sts_policy_takes(const struct sts_policy *, const char *host);

#endif
