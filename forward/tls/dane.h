/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dane - what DNSSEC says of a mail host's certificate (RFC 7672)
 *
 *	struct dane dane = DANE;
 *
 *	switch (dane_find(resolver, &host, deadline, &dane, &why)) ...
 *	dane_drop(&dane);
 *
 * A TLSA record (RFC 6698) names a certificate, or a key, and what it is to
 * the server's:
 *
 *	usage	3 DANE-EE	it is the server's own; names and dates in it
 *				do not count
 *		2 DANE-TA	it issued the server's, which names the host or
 *				the intake domain
 *		1, 0 PKIX-...	of no use for mail (RFC 7672 3.1.3)
 *	selector 0 the certificate, 1 its public key
 *	matching 0 all of it, 1 SHA-256, 2 SHA-512
 *
 * The records of a host are asked for when its address was validated; where
 * the host is a CNAME, first below the name it leads to, then below its own;
 * when only the CNAME itself was validated, below its own (RFC 7672 2.2.2).
 */
#ifndef FORWARD_DANE_H
#define FORWARD_DANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forward/net/dns.h"

enum dane_status {
	DANE_LATER,		/* unknown; least of all that there is
				   none (RFC 7672 2.1.2) */
	DANE_OURS,		/* the same, but it could not be asked */
	DANE_FOUND,		/* one record at least can be used */
	DANE_UNUSABLE,		/* there are some, and none can */
	DANE_NONE,		/* and that is certain, or nothing is signed */
};

struct dane_host {
	const char	*host;
	const char	*canonical;	/* after CNAMEs; "": none */
	bool		 secure;	/* the address was validated */
	unsigned	 port;
};

struct dane {
	char		 base[DNS_NAME]; /* the host that the records are of */
	const struct ub_result *records;
	struct resolver_answer answer;	/* that they are from */
};
#define DANE { .records = NULL }

/* dane_find - found: dane_drop() it.  Else *why is static. */
enum dane_status dane_find(struct resolver *, const struct dane_host *,
	    int64_t deadline, struct dane *out, const char **why);
void	dane_drop(struct dane *);

/* One record, as it came. */
struct dane_record {
	uint8_t		 usage, selector, matching;
	size_t		 length;
	const unsigned char *data;	/* borrowed */
};

/* dane_next - the next record that can be used; false: no more. */
bool	dane_next(const struct dane *, size_t *at, struct dane_record *out);

/* dane_parse - false: it cannot be used.  Pure. */
bool	dane_parse(const void *, size_t, struct dane_record *out);

/* dane_sum - the same for the same set of records, whatever their order. */
uint64_t dane_sum(const struct dane *);

#endif
