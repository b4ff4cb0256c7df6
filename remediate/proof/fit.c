/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/proof/fit.h"

#include <string.h>
#include <strings.h>

#include "remediate/proof/message_id.h"

static bool
is_about(int64_t one, int64_t other)
{
	return one - other <= FIT_NEAR && other - one <= FIT_NEAR;
}

/* fit_near - a copy may wait for its intake, and which of both times the API has
 * is not told */
bool
fit_near(const struct state_message *message, const struct join_row *row)
{
	return is_about(message->timestamp, row->accepted) ||
	    is_about(message->timestamp, row->ended);
}

/* has_id - by which the API names it; an empty one is the name of nothing */
static bool
has_id(const struct fit_facts *facts, const struct join_row *row)
{
	return *row->message_id != '\0' &&
	    strcmp(row->message_id, facts->message->message_id) == 0;
}

/* is_there - from that client, for one of these recipients, at that time */
static bool
is_there(const struct fit_facts *facts, const struct join_row *row)
{
	if (*row->queue_id == '\0' || !fit_near(facts->message, row) ||
	    !join_same_client(row->client, facts->message->client))
		return false;
	for (size_t i = 0; i < row->recipient_count; i++)
		if (join_names(facts->message->mailboxes, row->recipients[i]))
			return true;
	return false;
}

/* is_sender - the null sender is told by a return path alone */
static bool
is_sender(const struct fit_facts *facts, const char *sender)
{
	if (*sender == '\0')
		return strcmp(facts->return_path, "<>") == 0;
	return join_names(facts->return_path, sender) ||
	    join_names(facts->message->sender, sender);
}

static bool
fits(const struct fit_facts *facts, const struct join_row *row)
{
	return is_there(facts, row) && is_sender(facts, row->sender);
}

/* What there is. */
struct survey {
	bool	by_id;		/* some have the Message-ID */
	bool	near;		/* ... and the time */
	bool	sure;		/* ... and all the rest */
	bool	others;		/* some have another one, and client, recipient
				   and time */
	const char *queue_id;	/* of those that have the sender, too; NULL */
	bool	several;	/* these are more than one */
};

static struct survey
survey(const struct fit_facts *facts)
{
	struct survey found = { 0 };

	for (size_t i = 0; i < facts->count; i++) {
		const struct join_row *row = &facts->rows[i];

		if (has_id(facts, row)) {
			found.by_id = true;
			found.near |= fit_near(facts->message, row);
			found.sure |= fits(facts, row);
			continue;
		}
		found.others |= is_there(facts, row);
		if (!fits(facts, row))
			continue;
		found.several |= found.queue_id != NULL &&
		    strcmp(found.queue_id, row->queue_id) != 0;
		found.queue_id = row->queue_id;
	}
	return found;
}

static enum fit
judge(const struct survey *found, const struct fit_facts *facts)
{
	if (found->sure)
		return FIT_BY_ID;
	if (found->queue_id != NULL)
		return found->several || facts->more ? FIT_SEVERAL :
		    FIT_BY_FACTS;
	if (found->by_id)
		return found->near || !found->others ? FIT_BY_ID : FIT_DOUBT;
	return message_id_fault(facts->message->message_id) == NULL ?
	    FIT_NONE : FIT_NAMELESS;
}

/* is_chosen - queue_id: that fits; NULL */
static bool
is_chosen(const struct fit_facts *facts, const struct join_row *row,
    enum fit fit, const char *queue_id)
{
	if (fit == FIT_BY_ID)
		return has_id(facts, row);
	return fit == FIT_BY_FACTS && queue_id != NULL &&
	    !has_id(facts, row) && strcmp(row->queue_id, queue_id) == 0;
}

/* fit_choose - and let those be the first */
enum fit
fit_choose(struct fit_facts *facts)
{
	struct survey found = survey(facts);
	enum fit fit = judge(&found, facts);
	size_t count = 0;

	for (size_t i = 0; i < facts->count; i++) {
		struct join_row row = facts->rows[i];

		if (!is_chosen(facts, &row, fit, found.queue_id))
			continue;
		row.another_id = fit == FIT_BY_FACTS &&
		    message_id_fault(row.message_id) == NULL;
		facts->rows[i] = facts->rows[count];
		facts->rows[count++] = row;
	}
	facts->count = count;
	return fit;
}

/* fit_word - for lines */
const char *
fit_word(enum fit fit)
{
	switch (fit) {
	case FIT_NONE:
		return "this gateway did not journal it";
	case FIT_NAMELESS:
		return "it has no Message-ID that could be looked for, and "
		    "nothing that this gateway journaled fits by client, "
		    "recipient, sender and time";
	case FIT_SEVERAL:
		return "more than one message that this gateway journaled fits "
		    "by client, recipient, sender and time";
	case FIT_DOUBT:
		return "what this gateway journaled with its Message-ID is of "
		    "another time, and others of that client are of its time";
	case FIT_BY_ID:
		return "Message-ID";
	case FIT_BY_FACTS:
		return "client, recipient, sender and time";
	}
	return "";
}
