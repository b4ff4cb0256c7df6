/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/net.h"
#include "control/past/life.h"
#include "control/past/recent.h"
#include "control/past/told.h"

/* Copies that wait or are kept, and clients whose message has not come yet; of
 * more than these the oldest are forgotten. */
enum { COPIES = 500000, CLIENTS = 50000 };

enum { NAME = 24 };		/* a MID in decimal */

struct import {
	const char	*syslog_name;	/* borrowed */
	struct nets	*relays;	/* NULL: none */
	import_rows	*rows;
	void		*arg;
	struct recent	*copies, *clients;
	struct import_seen seen;
	struct arena	 texts;		/* of the rows */
	struct history_row batch[IMPORT_ROWS];
	size_t		 count;
	bool		 enough;
};

/* ---- rows ---- */

/* flush - give what there is; false: no more is wanted */
static bool
flush(struct import *import)
{
	if (import->count > 0 && !import->enough)
		import->enough = !import->rows(import->arg, import->batch,
		    import->count);
	import->count = 0;
	arena_drop(&import->texts);
	return !import->enough;
}

/* keep - the texts, since the life may be over before the row is given */
static void
keep(struct import *import, struct history_row *row)
{
	struct envelope *envelope = &row->envelope;
	struct arena *arena = &import->texts;
	const char **texts[] = { &envelope->intake, &envelope->sender,
		&envelope->queue_id, &envelope->message_id,
		&envelope->client_addr, &envelope->client_name,
		&envelope->policy, &row->fate.reply };
	const char **recipients = arena_new(arena,
	    (envelope->recipient_count + 1) * sizeof(*recipients));

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = arena_text(arena, *texts[i]);
	for (size_t i = 0; i < envelope->recipient_count; i++)
		recipients[i] = arena_text(arena, envelope->recipients[i]);
	envelope->recipients = recipients;
}

/* end - a row for an end, if there is one */
static void
end(struct import *import, struct life *life)
{
	struct history_row *row = &import->batch[import->count];

	if (life->fate.verdict == NULL || !life->known)
		return;
	*row = (struct history_row){ .envelope = life->envelope,
		.fate = life->fate };
	row->fate.attempts = life->failed;
	keep(import, row);
	life->fate.verdict = NULL;
	life->ended = true;
	if (++import->count == IMPORT_ROWS)
		(void)flush(import);
}

/* ---- what is kept meanwhile ---- */

static void
life_over(void *arg, void *value)
{
	struct import *import = arg;
	struct life *life = value;

	/* Its last line may be missing where the log is cut. */
	end(import, life);
	import->seen.headless += life->early_ends;
	import->seen.open += life->begun && !life->ended &&
	    life->early_ends == 0;
	life_free(life);
}

static void
client_over(void *arg, void *value)
{
	(void)arg;
	free(value);
}

/* import_new - nothing is seen yet */
struct import *
import_new(const struct conf *conf, import_rows *rows, void *arg)
{
	struct import *import = mem_new(sizeof(*import));
	struct err err;

	import->syslog_name = conf->syslog_name;
	if (net_parse(conf->trusted_relays, &import->relays, &err) == -1)
		import->relays = NULL;
	import->rows = rows;
	import->arg = arg;
	import->copies = recent_new(COPIES, life_over, import);
	import->clients = recent_new(CLIENTS, client_over, NULL);
	return import;
}

/* import_finish - whatever has not ended is open */
bool
import_finish(struct import *import)
{
	import->copies = recent_free(import->copies);
	return flush(import);
}

/* import_free - NULL */
struct import *
import_free(struct import *import)
{
	if (import->copies != NULL) {
		import->enough = true;
		(void)import_finish(import);
	}
	recent_free(import->clients);
	net_free(import->relays);
	arena_drop(&import->texts);
	free(import);
	return NULL;
}

/* import_seen - after import_finish() all of it */
const struct import_seen *
import_seen(const struct import *import)
{
	return &import->seen;
}

/* ---- lines of ours ---- */

static const char *
name_of(uint64_t mid, char out[NAME])
{
	snprintf(out, NAME, "%" PRIu64, mid);
	return out;
}

/* set_client - as Postfix has it; which is not the client of the message when it
 * is a relay */
static void
set_client(const struct import *import, struct life *life)
{
	struct envelope *envelope = &life->envelope;
	const char *client = recent_find(import->clients, envelope->queue_id);

	if (client == NULL)
		return;
	life_client(life, client);
	if (import->relays != NULL &&
	    net_match(import->relays, envelope->client_addr))
		envelope->client_addr = envelope->client_name = "";
}

/* after - what a line means besides what it says of the copy */
static void
after(struct import *import, struct life *life, const struct told *told)
{
	char name[NAME];

	switch (told->what) {
	case TOLD_DIVERTED:
		end(import, life);
		life_wait(life, told->intake);
		break;
	case TOLD_REQUEUED:
		end(import, life);
		life_wait(life, NULL);
		break;
	case TOLD_DELETED:
		recent_end(import->copies, name_of(told->mid, name));
		break;
	case TOLD_FINISHED:
		/* One that was given up may be kept, and have more to come. */
		end(import, life);
		if (told->done)
			recent_end(import->copies, name_of(told->mid, name));
		break;
	default:
		break;
	}
}

/* life_of - the one that a line is about */
static struct life *
life_of(struct import *import, const struct told *told)
{
	char name[NAME];
	struct life *life = recent_find(import->copies,
	    name_of(told->mid, name));

	/* A begin that was seen is a log that is read again. */
	if (life != NULL && !(told->what == TOLD_ENQUEUED && life->begun))
		return life;
	life = life_new(told->mid);
	recent_put(import->copies, name, life);
	return life;
}

/* tell - what a line says of a copy that is known */
static void
tell(struct import *import, struct life *life, const struct told *told,
    int64_t at)
{
	life_tell(life, told, at);
	after(import, life, told);
}

/* tell_early - what was kept until the copy was known */
static void
tell_early(struct import *import, uint64_t mid, struct life *life)
{
	char name[NAME];

	while (life != NULL && life->early != NULL) {
		struct life_line *line = life->early;
		struct arena arena = { 0 };
		struct told told;

		life->early = line->next;
		if (told_parse(line->text, &arena, &told))
			tell(import, life, &told, line->at);
		arena_drop(&arena);
		life = recent_find(import->copies, name_of(mid, name));
	}
}

/* take_told - of a copy */
static void
take_told(struct import *import, const struct told *told, const char *text,
    int64_t at)
{
	struct life *life;

	if (told->mid == 0)
		return;
	life = life_of(import, told);
	switch (told->what) {
	case TOLD_ENQUEUED:
	case TOLD_ORIGIN:
		import->seen.copies += told->what == TOLD_ENQUEUED;
		life_tell(life, told, at);
		if (!life->known)
			break;
		set_client(import, life);
		life->early_ends = 0;
		tell_early(import, told->mid, life);
		break;
	default:
		if (life->known)
			tell(import, life, told, at);
		else
			life_keep(life, told->what, text, at);
		break;
	}
}

/* ---- lines of Postfix ---- */

/* is_smtpd - "postfix/smtpd", or as master.cf calls it */
static bool
is_smtpd(const char *program)
{
	size_t n = strlen(program);

	return n >= 6 && strcmp(program + n - 6, "/smtpd") == 0;
}

/* take_client - "4YbCdE3xkzz1V: client=mx.client.example[192.0.2.1]" */
static void
take_client(struct import *import, const char *text)
{
	static const char word[] = ": client=";
	const char *client = strstr(text, word);
	char id[64];
	size_t n = client != NULL ? (size_t)(client - text) : sizeof(id);

	if (n >= sizeof(id) || memchr(text, ' ', n) != NULL)
		return;
	memcpy(id, text, n);
	id[n] = '\0';
	client += sizeof(word) - 1;
	recent_put(import->clients, id,
	    mem_bytes(client, strcspn(client, ", ")));
}

/* import_line - whoever wrote it */
bool
import_line(struct import *import, const struct logline *line)
{
	const char *text = told_by_us(line, import->syslog_name);
	struct arena arena = { 0 };
	struct told told;

	if (text == NULL) {
		if (!line->asyncos && is_smtpd(line->program))
			take_client(import, line->text);
		return !import->enough;
	}
	if (told_parse(text, &arena, &told))
		take_told(import, &told, text, line->at);
	arena_drop(&arena);
	return !import->enough;
}
