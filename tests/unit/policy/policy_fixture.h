/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_fixture - a directory and a policy from lines of a tdc.cf */
#ifndef TESTS_POLICY_FIXTURE_H
#define TESTS_POLICY_FIXTURE_H

#include <string.h>

#include "base/buf.h"
#include "policy/policy.h"
#include "tests/unit/scratch.h"

struct fixture {
	char		*dir;
	struct conf	 conf;
};

static inline int
setup(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	*state = fixture;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *fixture = *state;

	scratch_free(fixture->dir);
	free(fixture);
	return 0;
}

/* configure - fixture->conf from the lines of a tdc.cf, in which % is the
 * directory */
static inline void
configure(struct fixture *fixture, const char *lines)
{
	own(buf) struct buf text = BUF;
	struct err err;
	char *path;

	for (; *lines != '\0'; lines++)
		if (*lines == '%')
			buf_text(&text, fixture->dir);
		else
			buf_byte(&text, *lines);
	path = scratch_file(fixture->dir, "tdc.cf", text.data);
	if (conf_load(path, &fixture->conf, &err) == -1)
		fail_msg("%s", err.text);
	free(path);
}

/* load - a policy from such lines; NULL: err says why */
static inline struct policy *
load(struct fixture *fixture, const char *lines, struct err *err)
{
	struct policy *policy = NULL;

	configure(fixture, lines);
	if (policy_load(&fixture->conf, &policy, err) == -1)
		policy = NULL;
	conf_drop(&fixture->conf);
	return policy;
}

static inline void
same(const char *got, const char *want, const char *what)
{
	if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
		fail_msg("%s: got '%s', want '%s'", what,
		    got != NULL ? got : "(null)",
		    want != NULL ? want : "(null)");
}

#endif
