/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/story.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "history/history.h"
#include "history/sums.h"

struct story {
	char	*envelope;
	char	 header_sum[HISTORY_SUM];
	char	 fields_sum[HISTORY_SUM];
};

/* add_envelope - as it stands in the file, if that is in memory; but with the
 * address that the copy goes to now */
static void
add_envelope(const struct item *item, const struct copy *copy,
    struct buf *out)
{
	struct envelope envelope = copy->envelope;
	size_t at = (size_t)copy->envelope.length;
	const char *line = copy->small.data + at;
	const char *end = copy->small.len <= at ? NULL :
	    memchr(line, '\n', copy->small.len - at);

	if (item->alternate != NULL)
		envelope.intake = item->alternate;
	else if (end != NULL) {
		buf_bytes(out, line, (size_t)(end - line));
		return;
	}
	envelope_format(&envelope, out);
}

/* story_begin - of a copy that is open */
struct story *
story_begin(const struct forwarder *forwarder, const struct item *item,
    const struct copy *copy, const char *header, size_t size)
{
	own(buf) struct buf json = BUF;
	struct story *story;

	if (forwarder->history == NULL)
		return NULL;
	story = mem_new(sizeof(*story));
	add_envelope(item, copy, &json);
	story->envelope = buf_give(&json);
	if (size == copy->envelope.header_length) {
		sums_header(header, size, story->header_sum);
		sums_fields(header, size, story->fields_sum);
	}
	return story;
}

/* story_free - it was not the end */
struct story *
story_free(struct story *story)
{
	if (story != NULL)
		free(story->envelope);
	free(story);
	return NULL;
}

/* look - at a copy that was not opened */
static struct story *
look(const struct forwarder *forwarder, const struct item *item)
{
	enum { HEADER_MAX = 64 << 10 };
	own(buf) struct buf header = BUF;
	struct story *story = NULL;
	struct copy copy;
	struct err err;
	size_t size;

	if (copy_peek(forwarder->spool, SPOOL_READY, &item->entry, &copy,
	    &err) != COPY_OPEN)
		return NULL;
	size = copy.envelope.header_length < HEADER_MAX ?
	    (size_t)copy.envelope.header_length : HEADER_MAX;
	if (copy_read(&copy, 0, buf_room(&header, size), size, &err) == 0)
		story = story_begin(forwarder, item, &copy, header.data,
		    size);
	copy_close(&copy);
	return story;
}

/* story_take - from the item, or from the file */
struct story *
story_take(const struct forwarder *forwarder, struct item *item)
{
	struct story *story = item->story;

	item->story = NULL;
	if (story == NULL && forwarder->history != NULL)
		story = look(forwarder, item);
	return story;
}

/* story_end - it has one */
void
story_end(const struct forwarder *forwarder, struct story *story,
    struct history_fate *fate)
{
	if (story == NULL)
		return;
	memcpy(fate->header_sum, story->header_sum, HISTORY_SUM);
	memcpy(fate->fields_sum, story->fields_sum, HISTORY_SUM);
	fate->ended = clock_wall();
	history_put(forwarder->history, story->envelope, fate);
	story_free(story);
}
