/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns of regexp tables: those of POSIX, by the C library. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/pattern/pattern_private.h"

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

static void *
compile(const char **at, unsigned *out_groups, struct err *err)
{
	own(str) char *text = pattern_delimited(at, err);
	char why[120];
	regex_t *code;
	int flags, error;

	if (text == NULL || flags_at(at, &flags, err) == -1)
		return NULL;
	code = mem_new(sizeof(*code));
	error = regcomp(code, text, flags);
	if (error != 0) {
		(void)regerror(error, code, why, sizeof(why));
		err_set(err, ERR_NEVER, "pattern: %s", why);
		free(code);
		return NULL;
	}
	*out_groups = (unsigned)code->re_nsub;
	return code;
}

static int
match(const void *code, struct subject *subject, struct groups *groups,
    struct err *err)
{
	regmatch_t at[GROUPS_MAX + 1];
	char why[120];
	int error = regexec(code, subject->text,
	    groups->count > 0 ? groups->count + 1 : 0, at, 0);

	if (error == REG_NOMATCH)
		return 0;
	if (error != 0) {
		(void)regerror(error, code, why, sizeof(why));
		return err_set(err, ERR_LATER, "%s", why);
	}
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
	regfree(code);
	free(code);
}

const struct pattern_type pattern_regexp = {
	.compile = compile,
	.match = match,
	.drop = drop,
	.expressions = true,
};
