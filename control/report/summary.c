/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/summary.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { REASON = 256, WORD = 6 };

const uint32_t summary_limits[SUMMARY_LIMITS] = { 100, 250, 500, 1000, 2500,
	5000, 10000, 30000, 60000, 120000 };

/* summary_init - nothing was counted yet */
void
summary_init(struct summary *summary, int64_t since, int64_t until)
{
	*summary = (struct summary){ .span = { since, until } };
	slots_cut(&summary->slots, since, until);
	summary->verdicts = tally_new();
	summary->intakes = tally_new();
	summary->policies = tally_new();
	summary->domains = tally_new();
	summary->reasons = tally_new();
}

static void
slow_free(struct summary_slow *slow)
{
	free(slow->queue_id);
	free(slow->sender);
	free(slow->intake);
}

/* summary_drop - all of it */
void
summary_drop(struct summary *summary)
{
	for (size_t i = 0; i < summary->slow_count; i++)
		slow_free(&summary->slowest[i]);
	free(summary->all.delays.list);
	summary->verdicts = tally_free(summary->verdicts);
	summary->intakes = tally_free(summary->intakes);
	summary->policies = tally_free(summary->policies);
	summary->domains = tally_free(summary->domains);
	summary->reasons = tally_free(summary->reasons);
	*summary = (struct summary){ .slow_count = 0 };
}

/* ---- replies ---- */

static bool
in_word(unsigned char c)
{
	return isalnum(c) || c == '-' || c == '_';
}

/* is_name - a word that stands for one message alone, by its looks */
static bool
is_name(const char *word, size_t n)
{
	if (n < WORD)
		return false;
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)word[i]))
			return true;
	return false;
}

/* summary_pattern - without names */
void
summary_pattern(const char *reply, char *out, size_t size)
{
	size_t used = 0;

	while (*reply != '\0' && used + 1 < size) {
		size_t n = 0;

		while (in_word((unsigned char)reply[n]))
			n++;
		if (is_name(reply, n)) {
			out[used++] = '*';
			reply += n;
			continue;
		}
		if (n == 0)
			n = 1;
		if (n > size - 1 - used)
			n = size - 1 - used;
		memcpy(out + used, reply, n);
		used += n;
		reply += n;
	}
	out[used] = '\0';
}

/* ---- one row ---- */

/* count - in a row of a table */
static void
count(struct tally_row *to, const struct history_brief *row)
{
	to->copies++;
	to->bytes += row->size;
	if (strcmp(row->verdict, "delivered") == 0)
		to->delivered++;
	else if (strcmp(row->verdict, "deleted") == 0)
		to->deleted++;
	else
		to->given_up++;
}

static void
count_slot(struct summary_slot *slot, const struct history_brief *row)
{
	struct tally_row one = { .copies = 0 };

	count(&one, row);
	slot->delivered += one.delivered;
	slot->given_up += one.given_up;
	slot->deleted += one.deleted;
	slot->bytes += one.bytes;
}

static void
count_reason(struct summary *summary, const struct history_brief *row)
{
	char name[REASON + SUMMARY_VERDICT], pattern[REASON];
	struct tally_row *reason;

	summary_pattern(row->reply, pattern, sizeof(pattern));
	snprintf(name, sizeof(name), "%.60s\n%s", row->verdict, pattern);
	reason = tally_row(summary->reasons, name);
	count(reason, row);
	if (row->ended > reason->last)
		reason->last = row->ended;
}

/* summary_reason - there is no line feed in a verdict */
const char *
summary_reason(const struct tally_row *row, char out_verdict[SUMMARY_VERDICT])
{
	size_t n = strcspn(row->name, "\n");

	snprintf(out_verdict, SUMMARY_VERDICT, "%.*s", (int)n, row->name);
	return row->name + n + (row->name[n] != '\0');
}

/* remember_slow - among the slowest, if it is one of them */
static void
remember_slow(struct summary *summary, const struct history_brief *row)
{
	struct summary_slow *slowest = summary->slowest;
	int64_t delay = row->ended - row->accepted;
	size_t at = summary->slow_count;

	while (at > 0 && slowest[at - 1].delay < delay)
		at--;
	if (at == SUMMARY_SLOWEST)
		return;
	if (summary->slow_count == SUMMARY_SLOWEST)
		slow_free(&slowest[SUMMARY_SLOWEST - 1]);
	else
		summary->slow_count++;
	memmove(&slowest[at + 1], &slowest[at],
	    (summary->slow_count - 1 - at) * sizeof(*slowest));
	slowest[at] = (struct summary_slow){ .mid = row->mid,
	    .queue_id = mem_text(row->queue_id),
	    .sender = mem_text(row->sender),
	    .intake = mem_text(row->intake), .accepted = row->accepted,
	    .delay = delay, .attempts = row->attempts };
}

static void
count_delivered(struct summary *summary, const struct history_brief *row,
    struct tally_row *intake)
{
	int64_t delay = row->ended - row->accepted;
	size_t i = 0;

	tally_delay(&summary->all.delays, delay);
	tally_delay(&intake->delays, delay);
	while (i < SUMMARY_LIMITS && delay > (int64_t)summary_limits[i])
		i++;
	summary->ranges[i]++;
	if (row->attempts <= 1)
		summary->first_try++;
	remember_slow(summary, row);
}

static const char *
domain_of(const char *sender)
{
	const char *at = strrchr(sender, '@');

	return *sender == '\0' ? "<>" : at != NULL ? at + 1 : "(none)";
}

/* summary_add - one end of a copy */
void
summary_add(void *arg, const struct history_brief *row)
{
	struct summary *summary = arg;
	struct tally_row *intake = tally_row(summary->intakes, row->intake);

	count(&summary->all, row);
	count(intake, row);
	count(tally_row(summary->verdicts, row->verdict), row);
	count(tally_row(summary->policies, row->policy), row);
	count(tally_row(summary->domains, domain_of(row->sender)), row);
	count_slot(&summary->figures[slots_find(&summary->slots,
	    row->accepted)], row);
	if (strcmp(row->verdict, "delivered") == 0)
		count_delivered(summary, row, intake);
	else if (strcmp(row->verdict, "deleted") != 0)
		count_reason(summary, row);
}

/* summary_finish - in the order in which people want to see it */
void
summary_finish(struct summary *summary)
{
	tally_sort(summary->verdicts);
	tally_sort(summary->intakes);
	tally_sort(summary->policies);
	tally_sort(summary->domains);
	tally_sort(summary->reasons);
	tally_spread(&summary->all.delays);
	for (size_t i = 0; i < summary->intakes->count; i++)
		tally_spread(&summary->intakes->rows[i]->delays);
}
