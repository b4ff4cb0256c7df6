/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl queue, show, delete, requeue: the copies themselves */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/daemon.h"
#include "base/log.h"
#include "base/own.h"
#include "control/control.h"
#include "journal/spool_highest.h"

static const char *const place_names[] = {
	[SPOOL_READY] = "ready", [SPOOL_FAILED] = "failed"
};

/* What is done with one copy; entry is the caller's. */
typedef int each_copy(struct spool *, enum spool_place,
    const struct spool_entry *, void *arg, struct err *);

/* each_in - in one place; returns how many, -1 on the first failure */
static long
each_in(struct spool *spool, enum spool_place place, each_copy *function,
    void *arg, struct err *err)
{
	struct spool_entry *entries;
	size_t count;
	int result = 0;

	if (spool_list(spool, place, &entries, &count, err) == -1)
		return -1;
	for (size_t i = 0; i < count && result == 0; i++)
		result = function(spool, place, &entries[i], arg, err);
	free(entries);
	return result == 0 ? (long)count : -1;
}

static json_t *
object_of(enum spool_place place, const struct copy *copy)
{
	const struct envelope *envelope = &copy->envelope;
	json_t *recipients = json_array();

	for (size_t i = 0; i < envelope->recipient_count; i++)
		json_array_append_new(recipients,
		    json_string(LOG_ESCAPE(envelope->recipients[i])));
	return json_pack("{s:I, s:s, s:i, s:I, s:I, s:s, s:s, s:o, s:s, s:s, s:s}",
	    "mid", (json_int_t)envelope->mid,
	    "place", place_names[place],
	    "attempts", (int)copy->entry.attempts,
	    "size", (json_int_t)envelope->length,
	    "age", (json_int_t)(clock_wall() - copy->since) / 1000,
	    "intake", LOG_ESCAPE(envelope->intake),
	    "sender", LOG_ESCAPE(envelope->sender),
	    "recipients", recipients,
	    "queue_id", LOG_ESCAPE(envelope->queue_id),
	    "message_id", LOG_ESCAPE(envelope->message_id),
	    "policy", LOG_ESCAPE(envelope->policy));
}

static void
print_copy(enum spool_place place, const struct copy *copy)
{
	const struct envelope *envelope = &copy->envelope;

	printf("%-12" PRIu64 " %-6s %5u %10" PRIu64 " %9.1f  %s\n"
	    "%40s from <%s>\n", envelope->mid, place_names[place],
	    copy->entry.attempts, envelope->length,
	    (double)(clock_wall() - copy->since) / 1000,
	    LOG_ESCAPE(envelope->intake), "", LOG_ESCAPE(envelope->sender));
	for (size_t i = 0; i < envelope->recipient_count; i++)
		printf("%40s to   <%s>\n", "",
		    LOG_ESCAPE(envelope->recipients[i]));
}

static int
list_copy(struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, void *arg, struct err *err)
{
	const bool *json = arg;
	struct copy copy;
	bool busy;
	json_t *object;

	switch (copy_peek(spool, place, entry, &copy, &busy, err)) {
	case 0:
		return 0;	/* delivered meanwhile, or not yet promised */
	case -1:
		fprintf(stderr, "tdcctl: MID %" PRIu64 ": %s\n", entry->mid,
		    err->text);
		return 0;
	}
	if (*json) {
		object = object_of(place, &copy);
		json_dumpf(object, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(object);
	} else {
		print_copy(place, &copy);
	}
	copy_close(&copy);
	return 0;
}

/* do_queue - every copy that waits or was kept */
int
do_queue(struct control *control, int argc, char **argv)
{
	struct spool *spool;
	struct err err;
	long ready = -1, failed = -1;
	bool bad, json = wants_json(argc, argv, &bad);

	if (bad)
		return complain_usage("queue");
	if (spool_peek(control->conf.spool_directory, &spool, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (!json)
		printf("%-12s %-6s %5s %10s %9s  %s\n", "MID", "Place",
		    "Tries", "Size", "Age (s)", "Intake address");
	ready = each_in(spool, SPOOL_READY, list_copy, &json, &err);
	if (ready != -1)
		failed = each_in(spool, SPOOL_FAILED, list_copy, &json, &err);
	spool_close(spool);
	if (ready == -1 || failed == -1)
		return complain(EX_NOINPUT, err.text);
	if (!json)
		printf("-- %ld waiting, %ld kept\n", ready, failed);
	return EX_OK;
}

static bool
parse_mid(const char *text, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

/* A search for one MID; found says where. */
struct search {
	uint64_t	 mid;
	bool		 found;
	enum spool_place place;
	struct spool_entry entry;
};

static int
compare(struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, void *arg, struct err *err)
{
	struct search *search = arg;

	(void)spool, (void)err;
	if (entry->mid != search->mid)
		return 0;
	search->found = true;
	search->place = place;
	search->entry = *entry;
	return 0;
}

/* find - where the copy of that MID is; returns an exit code */
static int
find(struct spool *spool, const char *text, struct search *out)
{
	struct err err;
	char line[80];

	*out = (struct search){ 0 };
	if (!parse_mid(text, &out->mid)) {
		snprintf(line, sizeof(line), "'%.40s' is no MID", text);
		return complain(EX_USAGE, line);
	}
	if (each_in(spool, SPOOL_READY, compare, out, &err) == -1 ||
	    each_in(spool, SPOOL_FAILED, compare, out, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (!out->found) {
		snprintf(line, sizeof(line),
		    "MID %.40s is not in the spool", text);
		return complain(EX_DATAERR, line);
	}
	return EX_OK;
}

static void
print_envelope(const struct search *search, const struct copy *copy)
{
	const struct envelope *e = &copy->envelope;
	char date[CLOCK_RFC5322];

	printf("MID:        %" PRIu64 "\nPlace:      %s\nAttempts:   %u\n"
	    "Intake:     %s\nPolicy:     %s\nSender:     <%s>\n", e->mid,
	    place_names[search->place], copy->entry.attempts,
	    LOG_ESCAPE(e->intake), LOG_ESCAPE(e->policy),
	    LOG_ESCAPE(e->sender));
	for (size_t i = 0; i < e->recipient_count; i++)
		printf("Recipient:  <%s>\n", LOG_ESCAPE(e->recipients[i]));
	printf("Client:     %s[%s] helo=%s %s\nQueue-id:   %s\n"
	    "Message-ID: %s\nAccepted:   %s\nSize:       %" PRIu64 "%s\n\n",
	    LOG_ESCAPE(e->client_name), LOG_ESCAPE(e->client_addr),
	    LOG_ESCAPE(e->helo), LOG_ESCAPE(e->protocol),
	    LOG_ESCAPE(e->queue_id), LOG_ESCAPE(e->message_id),
	    clock_rfc5322(e->accepted, date), e->length,
	    e->eight_bit ? ", 8-bit" : "");
}

/* print_header - as stored, but nothing that a terminal might obey: of bytes
 * beyond ASCII some are control characters in one charset or another */
static int
print_header(const struct copy *copy)
{
	uint64_t left = copy->envelope.header_length;
	off_t at = 0;
	char piece[4096];

	while (left > 0) {
		size_t want = left < sizeof(piece) ? left : sizeof(piece);
		ssize_t n = pread(copy->fd, piece, want, at);

		if (n <= 0)
			return complain(EX_IOERR, "cannot read the copy");
		for (ssize_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)piece[i];

			if (c == '\n' || c == '\t' || (c >= ' ' && c < 127))
				putchar(c);
			else if (c != '\r')
				printf("\\x%02x", c);
		}
		at += n;
		left -= (uint64_t)n;
	}
	return EX_OK;
}

/* do_show - envelope and header of one copy */
int
do_show(struct control *control, int argc, char **argv)
{
	struct search search;
	struct spool *spool;
	struct copy copy;
	struct err err;
	bool busy;
	int result;

	if (argc != 1)
		return complain_usage("show");
	if (spool_peek(control->conf.spool_directory, &spool, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	result = find(spool, argv[0], &search);
	if (result == EX_OK)
		switch (copy_open(spool, search.place, &search.entry, &copy,
		    &busy, &err)) {
		case -1:
			result = complain(EX_DATAERR, err.text);
			break;
		case 0:
			result = complain(EX_TEMPFAIL, busy ?
			    "the copy is still being written" :
			    "the copy is gone by now");
			break;
		default:
			print_envelope(&search, &copy);
			result = print_header(&copy);
			copy_close(&copy);
		}
	spool_close(spool);
	return result;
}

static int
delete_copy(struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, void *arg, struct err *err)
{
	if (spool_remove(spool, place, entry, err) == -1)
		return -1;
	counter_add(arg, COUNT_DELETED, 1);
	return 0;
}

static int
requeue_copy(struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, void *arg, struct err *err)
{
	(void)arg;
	if (place != SPOOL_FAILED)
		return err_set(err, ERR_NEVER, "MID %" PRIu64
		    " waits already", entry->mid);
	return spool_requeue(spool, entry, err);
}

/* open_as_user - what we make or change must stay the daemons' */
static int
open_as_user(const struct conf *conf, struct spool **out_spool,
    struct counters **out_counters, struct err *err)
{
	const struct spool_options options = {
		.directory = conf->spool_directory, .sync = conf->spool_sync
	};

	if (geteuid() == 0 && daemon_drop(conf, err) == -1)
		return -1;
	if (spool_peek(conf->spool_directory, out_spool, err) == -1)
		return -1;
	*out_spool = spool_close(*out_spool);
	if (spool_open(&options, out_spool, err) == -1)
		return -1;
	if (spool_counters(*out_spool, out_counters, err) == -1) {
		*out_spool = spool_close(*out_spool);
		return -1;
	}
	return 0;
}

/* act - do something to one copy, or to ALL in failed/ */
static int
act(struct control *control, const char *which, each_copy *function,
    const char *done)
{
	struct counters *counters;
	struct search search;
	struct spool *spool;
	struct err err;
	long n = 1;
	int result = EX_OK;

	if (open_as_user(&control->conf, &spool, &counters, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (strcmp(which, "ALL") == 0)
		n = each_in(spool, SPOOL_FAILED, function, counters, &err);
	else if ((result = find(spool, which, &search)) == EX_OK &&
	    function(spool, search.place, &search.entry, counters, &err) == -1)
		n = -1;
	counters_close(counters);
	spool_close(spool);
	if (n == -1)
		return complain(EX_IOERR, err.text);
	if (result == EX_OK)
		printf("%ld %s\n", n, done);
	return result;
}

/* do_delete - a copy, or all that were kept */
int
do_delete(struct control *control, int argc, char **argv)
{
	if (argc != 1)
		return complain_usage("delete");
	return act(control, argv[0], delete_copy, "deleted");
}

/* do_requeue - let kept copies wait again */
int
do_requeue(struct control *control, int argc, char **argv)
{
	if (argc != 1)
		return complain_usage("requeue");
	return act(control, argv[0], requeue_copy, "requeued");
}
