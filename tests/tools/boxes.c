/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boxes - a back end of remediation by hand, one call of its table a run
 *
 *	boxes [-c CA_FILE] [-k KNOWN] [-t SECONDS] PROFILES VERB PROFILE OWNER ARGUMENT...
 *
 *	find MESSAGE-ID [SINCE]		one line for each: folder, octets, when
 *					it was received (seconds since 1970),
 *					key, separated by tabs
 *	find-queue-id QUEUE-ID [SINCE]	the same by a Received: field
 *	header FOLDER KEY		... of such a line
 *	raw FOLDER KEY [MAX]
 *	quarantine FOLDER KEY		prints the handle
 *	moved FOLDER KEY MESSAGE-ID	prints the handle
 *	purge HANDLE
 *	restore HANDLE
 *	test				"Test Connection"
 *
 * KNOWN is an owner as whom the profile got in before.
 *
 * PROFILES is a file as remediation_profiles.  The exit status tells the result,
 * and standard error its reason: 0 done, 1 gone, 2 nobody, 3 locked out, 4
 * never, 5 unfinished, 75 later; 64 for a wrong call, 78 for a wrong file.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "remediate/mailbox/known.h"
#include "remediate/mailbox/mailbox.h"
#include "remediate/mailbox/profiles.h"

/* A new back end gets a row. */
static const struct mailbox_backend *const backends[] = {
	&mailbox_dovecot,
	&mailbox_imap,
	&mailbox_ews,
	NULL
};

static const struct { const char *name; int status; } results[] = {
	[MAILBOX_LATER] = { "later", EX_TEMPFAIL },
	[MAILBOX_DONE] = { "done", 0 },
	[MAILBOX_GONE] = { "gone", 1 },
	[MAILBOX_NOBODY] = { "nobody", 2 },
	[MAILBOX_LOCKED_OUT] = { "locked out", 3 },
	[MAILBOX_NEVER] = { "never", 4 },
	[MAILBOX_UNFINISHED] = { "unfinished", 5 },
};

static _Noreturn void
usage(void)
{
	fputs("usage: boxes [-c CA_FILE] [-k KNOWN] [-t SECONDS] PROFILES VERB "
	    "PROFILE OWNER ARGUMENT...\n", stderr);
	exit(EX_USAGE);
}

/* what a verb works with */
struct call {
	struct mailbox	*box;
	char		**args;
	struct err	 err;
};

static bool
print_found(void *arg, const struct found *found)
{
	(void)arg;
	printf("%s\t%" PRId64 "\t%" PRId64 "\t%s\n", ESCAPE(found->folder),
	    found->size, found->received / 1000, found->key);
	return true;
}

static enum mailbox_result
find_wanted(struct call *call, struct sought *wanted)
{
	wanted->since = call->args[1] != NULL ?
	    strtoll(call->args[1], NULL, 10) * 1000 : 0;
	return call->box->backend->find(call->box, wanted, print_found, NULL,
	    &call->err);
}

static enum mailbox_result
do_find(struct call *call)
{
	return find_wanted(call, &(struct sought){
	    .message_id = call->args[0] });
}

static enum mailbox_result
do_find_queue_id(struct call *call)
{
	return find_wanted(call, &(struct sought){
	    .queue_id = call->args[0] });
}

static enum mailbox_result
do_header(struct call *call)
{
	const struct found found = { call->args[0], call->args[1], -1, 0 };
	own(buf) struct buf out = BUF;
	enum mailbox_result result = call->box->backend->header(call->box,
	    &found, &out, &call->err);

	fwrite(out.data, 1, out.len, stdout);
	return result;
}

static enum mailbox_result
do_raw(struct call *call)
{
	const struct found found = { call->args[0], call->args[1], -1, 0 };
	size_t max = call->args[2] != NULL ?
	    strtoull(call->args[2], NULL, 10) : 64 << 20;
	own(buf) struct buf out = BUF;
	enum mailbox_result result = call->box->backend->raw(call->box,
	    &found, max, &out, &call->err);

	fwrite(out.data, 1, out.len, stdout);
	return result;
}

static enum mailbox_result
print_handle(enum mailbox_result result, const struct buf *handle)
{
	if (result == MAILBOX_DONE)
		printf("%s\n", handle->data);
	return result;
}

static enum mailbox_result
do_quarantine(struct call *call)
{
	const struct found found = { call->args[0], call->args[1], -1, 0 };
	own(buf) struct buf handle = BUF;

	return print_handle(call->box->backend->quarantine(call->box, &found,
	    &handle, &call->err), &handle);
}

static enum mailbox_result
do_moved(struct call *call)
{
	const struct found found = { call->args[0], call->args[1], -1, 0 };
	own(buf) struct buf handle = BUF;

	return print_handle(call->box->backend->moved(call->box,
	    call->args[2], &found, &handle, &call->err), &handle);
}

static enum mailbox_result
do_purge(struct call *call)
{
	return call->box->backend->purge(call->box, call->args[0],
	    &call->err);
}

static enum mailbox_result
do_restore(struct call *call)
{
	return call->box->backend->restore(call->box, call->args[0],
	    &call->err);
}

static const struct verb {
	const char	*name;
	int		 least, most;	/* arguments */
	enum mailbox_result (*run)(struct call *);
} verbs[] = {
	{ "find", 1, 2, do_find },
	{ "find-queue-id", 1, 2, do_find_queue_id },
	{ "header", 2, 2, do_header },
	{ "raw", 2, 3, do_raw },
	{ "quarantine", 2, 2, do_quarantine },
	{ "moved", 3, 3, do_moved },
	{ "purge", 1, 1, do_purge },
	{ "restore", 1, 1, do_restore },
	{ "test", 0, 0, NULL },
};

static const struct verb *
find_verb(const char *name, int count)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].name, name) == 0 &&
		    count >= verbs[i].least && count <= verbs[i].most)
			return &verbs[i];
	usage();
}

static enum mailbox_result
run(const struct verb *verb, const struct profile *profile, char **args,
    struct err *err)
{
	struct call call = { .args = args + 1 };
	own(buf) struct buf said = BUF;
	enum mailbox_result result;

	if (verb->run == NULL) {
		result = profile->backend->test(profile, args[0], &said, err);
		printf("%s\n", ESCAPE(said.data));
		return result;
	}
	result = profile->backend->open(profile, args[0], &call.box, err);
	if (result != MAILBOX_DONE)
		return result;
	result = verb->run(&call);
	*err = call.err;
	call.box->backend->close(call.box);
	return result;
}

/* options - the rest begins at argv[optind] */
static struct profile_settings
options(int argc, char **argv, const char **known)
{
	struct profile_settings settings = { .timeout = 30000, .ca_file = "",
	    .ca_path = "", .backends = backends };
	int option;

	while ((option = getopt(argc, argv, "c:k:t:")) != -1)
		switch (option) {
		case 'c':
			settings.ca_file = optarg;
			break;
		case 'k':
			*known = optarg;
			break;
		case 't':
			settings.timeout = strtoll(optarg, NULL, 10) * 1000;
			break;
		default:
			usage();
		}
	if (argc - optind < 4)
		usage();
	return settings;
}

int
main(int argc, char **argv)
{
	const char *known = NULL;
	struct profile_settings settings = options(argc, argv, &known);
	const struct verb *verb = find_verb(argv[optind + 1],
	    argc - optind - 4);
	const struct profile *const *list;
	struct profiles *profiles;
	enum mailbox_result result;
	struct err err = { .text = "" };

	signal(SIGPIPE, SIG_IGN);
	if (profiles_load(argv[optind], &settings, &profiles, &err) == -1) {
		fprintf(stderr, "boxes: %s\n", err.text);
		return EX_CONFIG;
	}
	if (profiles_chain(profiles, argv[optind + 2], &list) == 0)
		usage();
	if (known != NULL)
		known_note(list[0]->name, known);
	result = run(verb, list[0], argv + optind + 3, &err);
	profiles_free(profiles);
	if (result != MAILBOX_DONE)
		fprintf(stderr, "boxes: %s: %s\n", results[result].name,
		    err.text);
	return results[result].status;
}
