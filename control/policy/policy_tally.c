/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/policy/policy_tally.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/json_put.h"
#include "base/libc.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/when.h"

enum { EXAMPLES = 3, GROUPS_MAX = 10000 };

struct group {
	char		*text;		/* was, now and by whom, as printed */
	uint64_t	 count;
	char		*examples[EXAMPLES];
};

static const struct {
	const char	*name;		/* in the summary */
	const char	*key;		/* the same in JSON */
} words[DIFFERENCES] = {
	[DIFFERENCE_NONE] = { "same", "same" },
	[DIFFERENCE_INTAKE] = { "another intake", "other_intake" },
	[DIFFERENCE_GONE] = { "no longer journaled", "no_longer_journaled" },
	[DIFFERENCE_NEW] = { "now journaled", "now_journaled" },
	[DIFFERENCE_NAME] = { "policy name only", "other_policy" },
};

/* ---- one difference, in words ---- */

static void
add_outcome(struct buf *out, const char *intake, const char *policy)
{
	if (intake == NULL)
		buf_text(out, "no copy");
	else
		buf_texts(out, ESCAPE(intake), " (policy ",
		    ESCAPE(policy), ")");
}

/* describe - "WAS -> NOW", and in a line of its own what decides */
static void
describe(const struct again_answer *answer, const char *between,
    struct buf *out)
{
	const struct past_recipient *was = answer->recipient;
	enum skip why = answer->message->skipped;

	add_outcome(out, was->intake, was->policy);
	if (was->intake == NULL && why != SKIP_NOT)
		buf_texts(out, ": ", skip_rows[why].why);
	buf_text(out, " -> ");
	add_outcome(out, answer->intake, answer->policy);
	buf_texts(out, between, ESCAPE(answer->by));
}

static void
print_difference(const struct again_answer *answer)
{
	const struct past_message *message = answer->message;
	own(buf) struct buf text = BUF;
	char at[WHEN_TEXT];

	describe(answer, ", by ", &text);
	printf("%s  queue-id %s  from <%s> to <%s>: %s\n",
	    when_text(message->time, at), ESCAPE(message->queue_id),
	    ESCAPE(message->sender), ESCAPE(answer->recipient->address),
	    text.data);
}

static void
print_object(const struct again_answer *answer)
{
	const struct past_message *message = answer->message;
	const struct past_recipient *was = answer->recipient;
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "difference", words[answer->difference].key);
	json_put_number(&out, "mid", was->mid);
	json_put_time(&out, "time", message->time);
	json_put_text(&out, "queue_id", message->queue_id);
	json_put_text(&out, "message_id", message->message_id);
	json_put_text(&out, "sender", message->sender);
	json_put_text(&out, "recipient", was->address);
	json_put_text(&out, "was_intake", was->intake);
	json_put_text(&out, "was_policy", was->policy);
	json_put_text(&out, "was_skipped", message->skipped != SKIP_NOT ?
	    skip_rows[message->skipped].why : NULL);
	json_put_text(&out, "intake", answer->intake);
	json_put_text(&out, "policy", answer->policy);
	json_put_text(&out, "by", answer->by);
	json_put_end(&out);
	puts(out.data);
}

/* ---- groups ---- */

static int
by_text(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* group_of - the one with that text; NULL: there are too many */
static struct group *
group_of(struct tally *tally, char *text)
{
	struct group wanted = { .text = text };
	struct group **found = tfind(&wanted, &tally->groups, by_text);
	struct group *group;

	if (found != NULL)
		return *found;
	if (tally->group_count == GROUPS_MAX)
		return NULL;
	group = mem_new(sizeof(*group));
	group->text = mem_text(text);
	if (tsearch(group, &tally->groups, by_text) == NULL)
		mem_none();
	tally->group_count++;
	return group;
}

static void
add_example(struct group *group, const char *address)
{
	for (int i = 0; i < EXAMPLES; i++) {
		if (group->examples[i] == NULL) {
			group->examples[i] = mem_text(address);
			return;
		}
		if (strcmp(group->examples[i], address) == 0)
			return;
	}
}

static void
add_to_group(struct tally *tally, const struct again_answer *answer)
{
	own(buf) struct buf text = BUF;
	struct group *group;

	describe(answer, "\n        by ", &text);
	group = group_of(tally, text.data);
	if (group == NULL) {
		tally->ungrouped++;
		return;
	}
	group->count++;
	add_example(group, answer->recipient->address);
}

/* ---- counting ---- */

struct counting {
	struct tally	*tally;
	bool		 differs;
};

static void
count(void *arg, const struct again_answer *answer)
{
	struct counting *counting = arg;
	struct tally *tally = counting->tally;

	tally->recipients++;
	tally->counts[answer->difference]++;
	if (answer->difference == DIFFERENCE_NONE)
		return;
	counting->differs = true;
	if (tally->json)
		print_object(answer);
	else if (tally->every)
		print_difference(answer);
	if (!tally->json)
		add_to_group(tally, answer);
}

/* tally_message - of all its recipients */
void
tally_message(struct tally *tally, struct again *again,
    const struct past_message *message)
{
	struct counting counting = { .tally = tally };

	again_ask(again, message, count, &counting);
	tally->messages++;
	if (counting.differs)
		tally->differ++;
}

/* ---- output ---- */

struct listing {
	const struct group **groups;
	size_t		 count;
};

static void
list(const void *node, VISIT visit, void *arg)
{
	struct listing *listing = arg;

	if (visit == postorder || visit == leaf)
		listing->groups[listing->count++] =
		    *(const struct group *const *)node;
}

static int
by_count(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->text, y->text);
}

static void
print_group(const struct group *group)
{
	printf("\n%6" PRIu64 "  %s\n        for ", group->count, group->text);
	for (int i = 0; i < EXAMPLES && group->examples[i] != NULL; i++)
		printf("%s<%s>", i > 0 ? ", " : "",
		    ESCAPE(group->examples[i]));
	putchar('\n');
}

static void
print_groups(const struct tally *tally)
{
	struct listing listing = { .groups = mem_new((tally->group_count + 1) *
	    sizeof(*listing.groups)) };

	twalk_r(tally->groups, list, &listing);
	qsort(listing.groups, listing.count, sizeof(*listing.groups),
	    by_count);
	for (size_t i = 0; i < listing.count; i++)
		print_group(listing.groups[i]);
	free(listing.groups);
	if (tally->ungrouped > 0)
		printf("\n%6" PRIu64 "  in more than %d groups, see -v\n",
		    tally->ungrouped, GROUPS_MAX);
}

static void
print_summary(const struct tally *tally)
{
	printf("%-22s %8" PRIu64 "\n%-22s %8" PRIu64 "\n%-22s %8" PRIu64 "\n",
	    "messages", tally->messages, "  that differ", tally->differ,
	    "recipients", tally->recipients);
	for (int i = 0; i < DIFFERENCES; i++)
		printf("  %-20s %8" PRIu64 "\n", words[i].name,
		    tally->counts[i]);
	if (tally->apart > 0)
		printf("%-22s %8" PRIu64 "\n", "not compared", tally->apart);
}

static void
print_summary_object(const struct tally *tally)
{
	printf("{\"source\":\"%s\",\"since\":%" PRId64 ".%03d,"
	    "\"until\":%" PRId64 ".%03d,\"messages\":%" PRIu64
	    ",\"differ\":%" PRIu64 ",\"recipients\":%" PRIu64, tally->source,
	    tally->since / 1000, (int)(tally->since % 1000),
	    tally->until / 1000, (int)(tally->until % 1000),
	    tally->messages, tally->differ, tally->recipients);
	for (int i = 0; i < DIFFERENCES; i++)
		printf(",\"%s\":%" PRIu64, words[i].key, tally->counts[i]);
	printf(",\"not_compared\":%" PRIu64 "}\n", tally->apart);
}

/* tally_print - what came of it */
void
tally_print(const struct tally *tally)
{
	if (tally->json) {
		print_summary_object(tally);
		return;
	}
	print_summary(tally);
	print_groups(tally);
}

static void
free_group(void *node)
{
	struct group *group = node;

	for (int i = 0; i < EXAMPLES; i++)
		free(group->examples[i]);
	free(group->text);
	free(group);
}

/* tally_drop - the groups */
void
tally_drop(struct tally *tally)
{
	tdestroy(tally->groups, free_group);
	tally->groups = NULL;
}
