/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_private - what policy.c decides with, and policy_live.c replaces
 */
#ifndef POLICY_POLICY_PRIVATE_H
#define POLICY_POLICY_PRIVATE_H

#include <stdatomic.h>

#include "base/mem.h"
#include "policy/keyform.h"
#include "policy/keys.h"
#include "policy/policy.h"
#include "policy/rules.h"

/* One kind of check: which keys it looks up. */
struct policy_check {
	const char	*name;
	void		 (*keys)(struct keys *, const struct facts *,
			     const char *recipient,
			     const struct keys_options *);
	enum key_kind	 kind;
};

/* One "check_x type:name" of policy_maps. */
struct policy_map {
	const struct policy_check *check;
	size_t		 table;		/* index into tables */
};

struct policy {
	atomic_uint	 users;
	struct arena	 arena;		/* of what has no count of its own */
	const char	*intake;	/* intake_address */
	const char	*alternate;	/* alternate_intake_address */
	struct value	 fallback;	/* default_policy */
	struct keys_options keys;
	struct policy_map	*maps;
	size_t		 map_count;
	size_t		*headers;	/* unclean_header_checks: indexes into
					   tables */
	size_t		 header_count;
	struct rules	**tables;	/* each one once, even if used twice */
	size_t		 table_count;
};

const struct policy_check *policy_check(const char *word);
/* policy_no_check - the error for a word that is none; -1.
 * policy_no_table - the one for a check without a table. */
int	 policy_no_check(const char *word, struct err *);
int	 policy_no_table(const char *check, struct err *);

struct rules_options policy_rules_options(const struct policy *,
	    int64_t patience, bool of_headers);

/* policy_takes_headers - may unclean_header_checks contain this table? */
int	 policy_takes_headers(const char *name, struct err *);

/* policy_load_after - policy_load(), which takes over what it can from the
 * policy before; that may be NULL. */
int	 policy_load_after(const struct policy *before, const struct conf *,
	    struct policy **out, struct err *);

/* policy_renew - a copy in which fresh[i], where it is not NULL, replaces
 * tables[i]; the copy takes it. */
struct policy *policy_renew(const struct policy *, struct rules **fresh);

/* ---- findings about keys ---- */

struct listing {
	const struct policy *policy;
	policy_finding	*report;
	void		*arg;
	size_t		 count;		/* about one table, so far */
};

/* listing_never - a key that can never match.
 * listing_end - the last of that table: how many more there were. */
void	 listing_never(struct listing *, const char *table, const char *key,
	    const char *why);
void	 listing_end(struct listing *, const char *table);

/* policy_list_later - what those before this one leave to it: nothing at all,
 * or not all of its keys. */
void	 policy_list_later(struct listing *, const struct policy_map *);

#endif
