/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/suspensions.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json_text.h"
#include "base/mem.h"
#include "base/own.h"

/* suspensions_add - one more, in its place */
void
suspensions_add(struct suspensions *all, const struct suspension *one)
{
	size_t at = all->count++;

	all->list = mem_grow(all->list, all->count, sizeof(*all->list));
	for (; at > 0 && all->list[at - 1].from > one->from; at--)
		all->list[at] = all->list[at - 1];
	all->list[at] = *one;
	all->list[at].intake = mem_text(one->intake);
	all->list[at].reason = mem_text(one->reason);
}

static void
drop_one(struct suspension *one)
{
	free(one->intake);
	free(one->reason);
}

/* suspensions_drop - forget them */
void
suspensions_drop(struct suspensions *all)
{
	for (size_t i = 0; i < all->count; i++)
		drop_one(&all->list[i]);
	free(all->list);
	*all = (struct suspensions){ 0 };
}

/* ---- text ---- */

/* is_sane - as it is written */
static bool
is_sane(const struct suspension *one, json_int_t uid)
{
	return *one->intake != '\0' &&
	    strlen(one->intake) <= SUSPENSION_INTAKE &&
	    strlen(one->reason) <= SUSPENSION_REASON && one->from > 0 &&
	    (one->until == 0 || one->until >= one->from) && uid >= 0 &&
	    uid <= UINT32_MAX;
}

/* parse_line - one of them, to be added */
static int
parse_line(const char *line, size_t n, struct suspensions *out,
    struct err *err)
{
	json_error_t error;
	json_t *json = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error);
	json_int_t from, until, uid;
	struct suspension one = { 0 };
	int result = -1;

	if (json == NULL || json_unpack_ex(json, &error, 0,
	    "{s:s, s:I, s:I, s:I, s:s}", "intake", &one.intake,
	    "from", &from, "until", &until, "uid", &uid,
	    "reason", &one.reason) == -1) {
		err_set(err, ERR_NEVER, "%s", error.text);
	} else {
		one.from = from;
		one.until = until;
		one.uid = (unsigned)uid;
		if (!is_sane(&one, uid))
			err_set(err, ERR_NEVER, "a value is out of bounds");
		else
			result = 0;
	}
	if (result == 0)
		suspensions_add(out, &one);
	json_decref(json);
	return result;
}

/* suspensions_parse - all of them or none */
int
suspensions_parse(const char *text, struct suspensions *out, struct err *err)
{
	struct suspensions all = { 0 };
	unsigned line = 1;
	int result = *text != '\0' ? 0 :
	    err_set(err, ERR_NEVER, "it is empty");

	for (; result == 0 && *text != '\0'; line++) {
		const char *end = strchr(text, '\n');

		if (end == NULL || all.count == SUSPENSIONS_MAX) {
			result = err_set(err, ERR_NEVER, "line %u: %s", line,
			    end == NULL ? "it has no end" : "too many");
		} else {
			result = parse_line(text, (size_t)(end - text), &all,
			    err);
			if (result == -1)
				err_wrap(err, "line %u", line);
			text = end + 1;
		}
	}
	if (result == -1)
		suspensions_drop(&all);
	else
		*out = all;
	return result;
}

/* suspensions_format - as suspensions_parse() reads it */
void
suspensions_format(const struct suspensions *all, struct buf *out)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct suspension *one = &all->list[i];

		buf_text(out, "{\"intake\":");
		json_text_add(one->intake, out);
		buf_format(out, ",\"from\":%" PRId64 ",\"until\":%" PRId64
		    ",\"uid\":%u,\"reason\":", one->from, one->until,
		    one->uid);
		json_text_add(one->reason, out);
		buf_text(out, "}\n");
	}
}

/* ---- what they mean ---- */

/* suspension_lasts - it has not ended */
bool
suspension_lasts(const struct suspension *one, int64_t now)
{
	return one->until == 0 || now < one->until;
}

/* domain_of - an address has one, and a domain is one; a dot at the end is no
 * part of it; its length is in *out */
static const char *
domain_of(const char *intake, size_t *out)
{
	const char *at = strrchr(intake, '@');
	const char *domain = at != NULL ? at + 1 : intake;

	*out = strlen(domain);
	if (*out > 0 && domain[*out - 1] == '.')
		--*out;
	return domain;
}

static bool
same_domain(const char *a, const char *b)
{
	size_t n, m;
	const char *x = domain_of(a, &n), *y = domain_of(b, &m);

	return n == m && strncasecmp(x, y, n) == 0;
}

/* is_within - whatever the other one is, the first is of it or is it: an address
 * of a domain, and all */
static bool
is_within(const char *intake, const char *whole)
{
	const char *at = strrchr(whole, '@');

	if (strcmp(whole, SUSPENSION_ALL) == 0)
		return true;
	if (!same_domain(intake, whole))
		return false;
	return at == NULL || (strrchr(intake, '@') - intake == at - whole &&
	    strncasecmp(intake, whole, (size_t)(at - whole)) == 0);
}

/* suspension_covers - a domain is not covered by one of its addresses */
bool
suspension_covers(const struct suspension *one, const char *intake)
{
	if (strchr(intake, '@') == NULL && strchr(one->intake, '@') != NULL)
		return false;
	return is_within(intake, one->intake);
}

static bool
lasts_longer(const struct suspension *one, const struct suspension *other)
{
	return other->until != 0 &&
	    (one->until == 0 || one->until > other->until);
}

/* suspensions_find - by which one an intake is suspended now */
const struct suspension *
suspensions_find(const struct suspensions *all, const char *intake,
    int64_t now)
{
	const struct suspension *found = NULL;

	for (size_t i = 0; i < all->count; i++) {
		const struct suspension *one = &all->list[i];

		if (suspension_lasts(one, now) &&
		    suspension_covers(one, intake) &&
		    (found == NULL || lasts_longer(one, found)))
			found = one;
	}
	return found;
}

/* suspensions_time - of several at a time, the time once */
int64_t
suspensions_time(const struct suspensions *all, const char *address,
    int64_t since, int64_t now)
{
	int64_t counted = since, sum = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct suspension *one = &all->list[i];
		int64_t from = one->from > counted ? one->from : counted;
		int64_t until = suspension_lasts(one, now) ? now : one->until;

		if (until <= from || !suspension_covers(one, address))
			continue;
		sum += until - from;
		counted = until;
	}
	return sum;
}

/* suspensions_next - when one will end by itself */
int64_t
suspensions_next(const struct suspensions *all, int64_t now)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].until > now && all->list[i].until < next)
			next = all->list[i].until;
	return next;
}

/* suspensions_end - now */
size_t
suspensions_end(struct suspensions *all, const char *intake, int64_t now)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct suspension *one = &all->list[i];

		if (!suspension_lasts(one, now) ||
		    (strcmp(intake, SUSPENSION_ALL) != 0 &&
		    (strcmp(one->intake, SUSPENSION_ALL) == 0 ||
		    (strchr(intake, '@') != NULL &&
		    strchr(one->intake, '@') == NULL) ||
		    !is_within(one->intake, intake))))
			continue;
		one->until = now > one->from ? now : one->from;
		count++;
	}
	return count;
}

/* suspensions_prune - a copy that was there at the end of one lives on for its
 * lifetime, and as long as the next one lasts if that came before; so from the
 * last to the first */
void
suspensions_prune(struct suspensions *all, int64_t lifetime, int64_t now)
{
	int64_t needed = now;		/* copies that live from then on count */
	size_t kept = all->count;

	for (size_t i = all->count; i-- > 0;) {
		struct suspension *one = &all->list[i];

		if (!suspension_lasts(one, now) &&
		    one->until + lifetime < needed) {
			drop_one(one);
			continue;
		}
		if (one->from < needed)
			needed = one->from;
		all->list[--kept] = *one;
	}
	all->count -= kept;
	if (all->count > 0)	/* list may be NULL */
		memmove(all->list, all->list + kept,
		    all->count * sizeof(*all->list));
}
