/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API knows of a message that is named on the command line. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/digits.h"
#include "base/json_text.h"
#include "base/log/log.h"
#include "base/own.h"
#include "remediate/commands.h"

enum { MINUTE = 60000, USUAL = 60, MOST = 31 * 1440 };

struct search {
	const char	*message_id;
	struct buf	 line;
};

static void
add(struct search *search, const char *key, const char *value)
{
	buf_texts(&search->line, ", \"", key, "\": ");
	json_text_add(value, &search->line);
}

/* print - one that is meant */
static void
print(void *arg, const struct api_message *message)
{
	struct search *search = arg;
	struct buf *line = &search->line;

	if (strcmp(message->message_id, search->message_id) != 0)
		return;
	buf_cut(line, 0);
	buf_text(line, "{\"id\": ");
	json_text_add(message->id, line);
	add(search, "message_id", message->message_id);
	buf_format(line, ", \"timestamp\": %" PRId64, message->timestamp);
	add(search, "verdict", message->word);
	add(search, "direction", message->direction);
	add(search, "sender", message->sender);
	add(search, "subject", message->subject);
	add(search, "client", message->client);
	add(search, "header", message->header);
	buf_text(line, ", \"mailboxes\": [");
	for (size_t i = 0; i < message->mailbox_count; i++) {
		buf_text(line, i > 0 ? ", " : "");
		json_text_add(message->mailboxes[i], line);
	}
	buf_text(line, "]}");
	puts(line->data);
}

static int
complain(int code, const char *text)
{
	fprintf(stderr, "tdc-remediator: find: %s\n", text);
	return code;
}

/* commands_search - MESSAGE-ID, and how many minutes back */
int
commands_search(struct loop *loop, int argc, char **argv)
{
	struct search search = { argv[1], BUF };
	struct api_window window = { .to = rem_now(&loop->rem) };
	uint64_t minutes = USUAL;
	struct err err;
	int result;

	if (argc > 2 && (!digits_parse(argv[2], strlen(argv[2]), MOST,
	    &minutes) || minutes == 0))
		return complain(EX_USAGE, "MINUTES is a number from 1 to 44640");
	if (loop->source == NULL)
		return complain(EX_CONFIG, "there is no API (api_region, "
		    "api_url, api_credentials_file)");
	window.from = window.to - (int64_t)minutes * MINUTE;
	result = loop->source->search(loop->source->arg, &window, print,
	    &search, &err);
	buf_drop(&search.line);
	if (result == 0)
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	return complain(err.kind == ERR_NEVER ? EX_CONFIG : EX_TEMPFAIL,
	    err.text);
}
