/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever a milter's peer says, in any order and number: no message is lost
 * from the counters, none stays open, and what was journaled is in the spool.
 * Input: a line for each event, its letter and its texts separated by tabs;
 * "-" is a text that Postfix did not give.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/copy.h"
#include "milter/session.h"
#include "tests/fuzz/fuzz.h"

static const char parameters[] =
    "intake_address = journal@intake.example\n"
    "policy_maps = check_sender inline:{ no.example=NO },\n"
    "	check_recipient inline:{ corp.example=DEFAULT,\n"
    "	    other.example=o@intake.example, never.example=NO }\n"
    "internal_networks = 10.0.0.0/8\n"
    "trusted_relays = 192.0.2.0/24\n"
    "skip_daemon_names = submission\n"
    "max_message_size = 300\n"
    "log_skipped = yes\n"
    "maillog_file = /dev/null\n"
    "spool_sync = no\n"
    "min_free_space = 0\n"
    "user =\n";

static struct service service = { .lock = PTHREAD_MUTEX_INITIALIZER };

static char directory[] = "/tmp/fuzz_session.XXXXXX";

static void
clean_up(void)
{
	static const char *const names[] = { "spool/ready", "spool/failed",
		"spool/counters", "spool/milter.lock", "spool", "tdc.cf" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = mem_format("%s/%s", directory, names[i]);

		(void)remove(path);
	}
	(void)rmdir(directory);
}

/* begin - a service of its own, once */
static void
begin(void)
{
	own(str) char *path = NULL;
	own(str) char *spool = NULL;
	struct policy *policy;
	struct err err;
	FILE *file;

	must(mkdtemp(directory) != NULL);
	atexit(clean_up);
	path = mem_format("%s/tdc.cf", directory);
	file = fopen(path, "w");
	must(file != NULL);
	fprintf(file, "%sspool_directory = %s/spool\n", parameters, directory);
	must(fclose(file) == 0);
	spool = mem_format("%s/spool", directory);
	must(mkdir(spool, 0700) == 0);
	must(settings_load(path, NULL, &service.current, &policy, &err) == 0);
	service.policy = policy_live_new(policy);
	must(log_open("fuzz", &service.current->conf, true, &err) == 0);
	must(service_open_spool(&service, &err) == 0);
	/* no helper: what a session wrote is there when it ends */
	spool_tune(service.spool, &(struct spool_options){
	    .directory = service.current->conf.spool_directory });
}

/* next_text - up to the next tab, in place; NULL: not given */
static char *
next_text(char **rest)
{
	char *text = strsep(rest, "\t");

	return text == NULL || strcmp(text, "-") == 0 ? NULL : text;
}

static const char *
given(const char *text)
{
	return text != NULL ? text : "";
}

/* take - one event */
static void
take(struct session *session, char *line)
{
	char event = *line, *rest = *line != '\0' ? line + 1 : line;
	const char *a = next_text(&rest), *b = next_text(&rest);
	const char *c = next_text(&rest);

	switch (event) {
	case 'C':
		session_connect(session, a, b, c, "gateway.example");
		break;
	case 'H':
		session_helo(session, a, b);
		break;
	case 'M':
		session_mail(session, given(a), b, c);
		break;
	case 'R':
		session_rcpt(session, given(a), b);
		break;
	case 'D':
		(void)session_data(session, a);
		break;
	case 'h':
		session_header(session, given(a), given(b), c == NULL);
		break;
	case 'E':
		(void)session_end_headers(session, a);
		break;
	case 'B':
		session_body(session, (const unsigned char *)given(a),
		    strlen(given(a)));
		break;
	case '.':
		(void)session_end(session, a);
		break;
	case 'A':
		session_abort(session);
		break;
	case 'S':
		service.stopping = !service.stopping;
		break;
	}
}

static uint64_t
get(enum counter which)
{
	return counter_get(service.counters, which);
}

/* sum - all that may become of a message */
static uint64_t
sum(void)
{
	return get(COUNT_JOURNALED) + get(COUNT_ABORTED) +
	    get(COUNT_FAILED_OPEN) + get(COUNT_FAILED_TEMPFAIL) +
	    get(COUNT_SKIPPED_POLICY) + get(COUNT_SKIPPED_INTERNAL) +
	    get(COUNT_SKIPPED_AUTHENTICATED) + get(COUNT_SKIPPED_DAEMON) +
	    get(COUNT_SKIPPED_SIZE) + get(COUNT_SKIPPED_UNCLEAN) +
	    get(COUNT_SKIPPED_REPORT) + get(COUNT_SKIPPED_INTAKE);
}

/* sweep - every copy is whole; how many there were */
static size_t
sweep(void)
{
	struct spool_entry *entries = NULL;
	size_t count;
	struct err err;

	must(spool_list(service.spool, SPOOL_READY, &entries, &count,
	    &err) == 0);
	for (size_t i = 0; i < count; i++) {
		struct copy copy;

		must(copy_open(service.spool, SPOOL_READY, &entries[i], &copy,
		    &err) == COPY_OPEN);
		must(copy_verify(&copy, &err) == 0);
		must(copy.envelope.recipient_count > 0);
		copy_close(&copy);
		must(spool_remove(service.spool, SPOOL_READY, &entries[i],
		    &err) == 1);
	}
	free(entries);
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(str) char *text = mem_bytes(data, size);
	char *rest = text, *line;
	struct session *session;
	uint64_t enqueued;

	if (service.spool == NULL)
		begin();
	enqueued = get(COUNT_ENQUEUED);
	service.stopping = false;
	session = session_new(&service);
	while ((line = strsep(&rest, "\n")) != NULL)
		take(session, line);
	session_free(session);
	must(service.open_messages == 0);
	must(service.current->users == 1);
	must(get(COUNT_MESSAGES) == sum());
	must(get(COUNT_ENQUEUED) - enqueued == sweep());
	return 0;
}
