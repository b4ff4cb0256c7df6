/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etcd_answer - what etcd's JSON gateway says, whatever it was asked
 *
 *	struct etcd_answer answer;
 *
 *	if (etcd_answer_read(bytes, n, &answer, &err) == 0) {
 *		... answer.lease, answer.pairs[i].value ...
 *		etcd_answer_drop(&answer);
 *	}
 *
 * Pure.  The gateway leaves out what is zero or false, writes numbers of 64
 * bits as texts, and wraps an answer that could have been many (keepalive) into
 * "result".  Names are taken as etcd 3.4 writes them and in lowerCamelCase.
 * What has another type than it should is an error; what is unknown is passed
 * over.
 */
#ifndef REMEDIATE_LEASE_ETCD_ANSWER_H
#define REMEDIATE_LEASE_ETCD_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* Bytes of any kind, with a NUL after them that does not count. */
struct etcd_pair {
	const char	*key, *value;
	size_t		 key_length, value_length;
	int64_t		 created, modified;	/* revisions */
	int64_t		 lease;			/* 0: none */
};

struct etcd_answer {
	struct arena	 arena;			/* holds all of it */
	uint64_t	 cluster;
	int64_t		 revision;
	int64_t		 lease, ttl;		/* ttl in s; 0: it is over */
	const char	*token;			/* "": none; wiped with the rest */
	bool		 succeeded;		/* of a transaction ... */
	bool		 inner;			/* and of one inside it */
	const struct etcd_pair *pairs;		/* of a range, also inside */
	size_t		 count;
	bool		 more;
};

int	 etcd_answer_read(const char *, size_t, struct etcd_answer *out,
	    struct err *);
void	 etcd_answer_drop(struct etcd_answer *);

/* Whose fault an answer is that is not 200: that member's, or of the cluster at
 * this moment; of our token; of the request, and every member would say so. */
enum etcd_fault { ETCD_MEMBER, ETCD_TOKEN, ETCD_REQUEST };

/* Codes of gRPC that callers ask for. */
enum { ETCD_NOT_FOUND = 5 };

/* etcd_fault_read - *out_code: of gRPC, -1 when none is told; err says it. */
enum etcd_fault etcd_fault_read(unsigned status, const char *, size_t,
	    int *out_code, struct err *);

static inline void
own_etcd_answer(struct etcd_answer *answer)
{
	etcd_answer_drop(answer);
}

#endif
