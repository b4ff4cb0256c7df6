/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_etcd - a lease without etcd: what is published stands in memory
 *
 *	mine = reached = true;
 *
 * For one test program, which wraps the functions of lease.h that are here.
 */
#ifndef TESTS_NO_ETCD_H
#define TESTS_NO_ETCD_H

#include <string.h>

#include "base/mem.h"
#include "remediate/lease/lease.h"

static bool mine, reached, nobody;
static int test_result;
static unsigned agains;
static int publish_result;
static enum err_kind publish_kind;
static char *stored[4][2];		/* id, text */
static size_t stored_count;

int __wrap_lease_mine(struct lease *, bool *, struct err *);
bool __wrap_lease_is_mine(const struct lease *);
bool __wrap_lease_reached(const struct lease *);
const char *__wrap_lease_holder(const struct lease *);
int __wrap_lease_publish(struct lease *, const char *, const char *, size_t,
    struct err *);
int __wrap_lease_read(struct lease *, lease_each *, void *, struct err *);

int
__wrap_lease_mine(struct lease *lease, bool *out, struct err *err)
{
	(void)lease;
	if (!reached && !mine)
		return err_set(err, ERR_LATER, "nobody there");
	*out = mine;
	return 0;
}

bool
__wrap_lease_is_mine(const struct lease *lease)
{
	(void)lease;
	return mine;
}

bool
__wrap_lease_reached(const struct lease *lease)
{
	(void)lease;
	return reached;
}

const char *
__wrap_lease_holder(const struct lease *lease)
{
	(void)lease;
	return nobody ? "" : mine ? "us" : "them";
}

static void
store(const char *id, const char *text)
{
	assert_true(stored_count < 4);
	stored[stored_count][0] = mem_text(id);
	stored[stored_count++][1] = mem_text(text);
}

int
__wrap_lease_publish(struct lease *lease, const char *id, const char *text,
    size_t n, struct err *err)
{
	(void)lease;
	assert_int_equal(n, strlen(text));
	if (publish_result == -1)
		return err_set(err, publish_kind, "not published");
	store(id, text);
	return 1;
}

int
__wrap_lease_read(struct lease *lease, lease_each *each, void *arg,
    struct err *err)
{
	(void)lease;
	for (size_t i = 0; i < stored_count; i++)
		if (each(arg, stored[i][0], stored[i][1],
		    strlen(stored[i][1]), err) == -1)
			return -1;
	return 0;
}

void __wrap_lease_again(struct lease *);
int __wrap_lease_test(struct lease *, struct err *);

void
__wrap_lease_again(struct lease *lease)
{
	(void)lease;
	agains++;
}

int
__wrap_lease_test(struct lease *lease, struct err *err)
{
	(void)lease;
	return test_result == -1 ? err_set(err, ERR_LATER, "etcd is away") : 0;
}

int __wrap_lease_get(struct lease *, const char *, struct buf *, int64_t *,
    struct err *);
int __wrap_lease_replace(struct lease *, const char *, int64_t,
    const struct buf *, struct err *);

int
__wrap_lease_get(struct lease *lease, const char *id, struct buf *out,
    int64_t *out_revision, struct err *err)
{
	(void)lease, (void)err;
	for (size_t i = stored_count; i > 0; i--)
		if (strcmp(stored[i - 1][0], id) == 0) {
			buf_text(out, stored[i - 1][1]);
			*out_revision = (int64_t)i;
			return 1;
		}
	return 0;
}

static int replace_result;

int
__wrap_lease_replace(struct lease *lease, const char *id, int64_t revision,
    const struct buf *text, struct err *err)
{
	(void)lease;
	assert_int_equal(revision, stored_count);
	if (replace_result == -1)
		return err_set(err, ERR_LATER, "not replaced");
	if (replace_result == 1)
		store(id, text->data);
	return replace_result;
}

#endif
