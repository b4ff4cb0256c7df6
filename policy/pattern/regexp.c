/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns of regexp tables: those of POSIX, by the C library. */
#include <pthread.h>
#include <regex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/pattern/pattern_private.h"
#include "policy/pattern/regexp_cost.h"

/*
 * What glibc learns of an expression it keeps for the next match, without any
 * bound, and the more it has the slower it finds it.  Keys that a client makes
 * up can so fill the memory.  When a match took that long (ms), and there were
 * so many since it was compiled, it is compiled once more.
 */
enum { SLOW = 2, MATCHES = 30 };

/* What cannot be ended while it runs is not begun with a longer text, where
 * that may take seconds. */
enum { LONGEST = 16 << 10 };

struct expression {
	pthread_rwlock_t lock;		/* of the regex; to match is to read */
	regex_t		 regex;
	char		*text;
	int		 flags;
	bool		 quadratic;
	_Atomic unsigned matches;
};

/* flags_at - the letters after the closing delimiter; each toggles its flag */
static int
flags_at(const char **at, int *out, struct err *err)
{
	*out = REG_EXTENDED | REG_ICASE;
	for (; **at != '\0' && strchr(BLANKS, **at) == NULL; (*at)++)
		switch (**at) {
		case 'i':
			*out ^= REG_ICASE;
			break;
		case 'm':
			*out ^= REG_NEWLINE;
			break;
		case 'x':
			*out ^= REG_EXTENDED;
			break;
		default:
			return err_set(err, ERR_NEVER,
			    "unknown flag '%c' after the pattern", **at);
		}
	return 0;
}

static int
build(regex_t *regex, const char *text, int flags, struct err *err)
{
	char why[120];
	int error = regcomp(regex, text, flags);

	if (error == 0)
		return 0;
	(void)regerror(error, regex, why, sizeof(why));
	return err_set(err, error == REG_ESPACE ? ERR_LATER : ERR_NEVER,
	    "pattern: %s", why);
}

static void *
compile(const char **at, struct pattern_extent *extent, struct err *err)
{
	own(str) char *text = pattern_delimited(at, err);
	struct expression *expression;
	struct regexp_cost cost;
	regex_t regex;
	int flags;

	if (text == NULL || flags_at(at, &flags, err) == -1 ||
	    regexp_cost(text, (flags & REG_EXTENDED) != 0, &cost, err) == -1 ||
	    pattern_fits(extent->patterns, cost.bytes, err) == -1 ||
	    build(&regex, text, flags, err) == -1)
		return NULL;
	expression = mem_new(sizeof(*expression));
	expression->regex = regex;
	expression->text = str_give(&text);
	expression->flags = flags;
	expression->quadratic = cost.quadratic;
	pthread_rwlock_init(&expression->lock, NULL);
	extent->bytes = cost.bytes;
	extent->groups = (unsigned)regex.re_nsub;
	return expression;
}

/* renew - forget what it has learnt; without memory it stays as it is */
static void
renew(struct expression *expression)
{
	struct err ignored;
	regex_t regex, old;

	if (build(&regex, expression->text, expression->flags, &ignored) == -1)
		return;
	pthread_rwlock_wrlock(&expression->lock);
	old = expression->regex;
	expression->regex = regex;
	pthread_rwlock_unlock(&expression->lock);
	regfree(&old);
}

/* run - regexec(), and see to what it has learnt */
static int
run(struct expression *expression, const char *text, size_t count,
    regmatch_t *at)
{
	int64_t began = clock_now();
	unsigned matches = ++expression->matches;
	int error;

	pthread_rwlock_rdlock(&expression->lock);
	error = regexec(&expression->regex, text, count, at, 0);
	pthread_rwlock_unlock(&expression->lock);
	if (matches > MATCHES && clock_now() - began >= SLOW &&
	    atomic_compare_exchange_strong(&expression->matches, &matches, 0))
		renew(expression);
	return error;
}

static int
match(const void *code, struct subject *subject, struct groups *groups,
    struct err *err)
{
	struct expression *expression = (struct expression *)code;
	regmatch_t at[GROUPS_MAX + 1];
	int error;

	if (expression->quadratic && subject->length > LONGEST)
		return err_set(err, ERR_NEVER, "text of %zu bytes, more than "
		    "%d, for a pattern that does not begin with ^",
		    subject->length, LONGEST);
	error = run(expression, subject->text, groups->count > 0 ?
	    groups->count + 1 : 0, at);
	if (error == REG_NOMATCH)
		return 0;
	if (error != 0)
		return err_set(err, ERR_LATER, "no memory for a match");
	for (size_t i = 1; i <= groups->count; i++) {
		groups->at[i].start = at[i].rm_so < 0 ? 0 :
		    (size_t)at[i].rm_so;
		groups->at[i].end = at[i].rm_so < 0 ? 0 : (size_t)at[i].rm_eo;
	}
	return 1;
}

static void
drop(void *code)
{
	struct expression *expression = code;

	regfree(&expression->regex);
	pthread_rwlock_destroy(&expression->lock);
	free(expression->text);
	free(expression);
}

const struct pattern_type pattern_regexp = {
	.compile = compile,
	.match = match,
	.drop = drop,
	.expressions = true,
};
