/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alert/alert_call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/start/start.h"
#include "base/words.h"

enum { VARIABLES = 20, HOST = 256 };

const char *const alert_names[ALERT_EVENTS] = {
	[ALERT_TEST] = "test",
	[ALERT_FAILED_OPEN] = "failed_open",
	[ALERT_FAILED_TEMPFAIL] = "failed_tempfail",
	[ALERT_SPOOL_LOW] = "spool_low",
	[ALERT_TABLE_BROKEN] = "table_broken",
	[ALERT_INTAKE_DOWN] = "intake_down",
	[ALERT_INTAKE_UP] = "intake_up",
	[ALERT_GIVEN_UP] = "given_up",
	[ALERT_CERTIFICATE_EXPIRES] = "certificate_expires",
	[ALERT_REMEDIATION_STOPPED] = "remediation_stopped",
	[ALERT_PROFILE_REFUSED] = "profile_refused",
	[ALERT_API_DOWN] = "api_down",
	[ALERT_API_UP] = "api_up",
};

/* make_environment - new texts, and NULL; ours is nothing to it, but for the
 * zone of the clock */
static void
make_environment(const char *program, const struct alert_entry *entry,
    char *out[VARIABLES])
{
	const char *zone = getenv("TZ");
	char host[HOST] = "";
	size_t n = 0;

	(void)gethostname(host, sizeof(host) - 1);
	out[n++] = mem_text(START_ALERT_PATH);
	out[n++] = mem_text("LC_ALL=C");
	if (zone != NULL)
		out[n++] = mem_format("TZ=%s", zone);
	out[n++] = mem_format("TDC_EVENT=%s", alert_names[entry->event]);
	out[n++] = mem_format("TDC_TEXT=%s", entry->text);
	out[n++] = mem_format("TDC_PROGRAM=%s", program);
	out[n++] = mem_format("TDC_HOST=%s", host);
	out[n++] = mem_format("TDC_TIME=%" PRId64, entry->wall / 1000);
	out[n++] = mem_format("TDC_INTAKE=%s", entry->intake);
	out[n++] = mem_format("TDC_TABLE=%s", entry->table);
	out[n++] = mem_format("TDC_QUEUE_ID=%s", entry->queue_id);
	out[n++] = mem_format("TDC_RECIPIENT=%s", entry->recipient);
	out[n++] = mem_format("TDC_PROFILE=%s", entry->profile);
	out[n++] = entry->mid == 0 ? mem_text("TDC_MID=") :
	    mem_format("TDC_MID=%" PRIu64, entry->mid);
	out[n++] = mem_format("TDC_SUPPRESSED=%" PRIu64, entry->untold);
	out[n] = NULL;
}

/* alert_call - until it has ended */
void
alert_call(const char *program, const char *command,
    const struct alert_entry *entry, const _Atomic int64_t *deadline,
    struct alert_end *out)
{
	char *environment[VARIABLES], **words = NULL;
	struct err ignored;

	*out = (struct alert_end){ .how = ALERT_NOT_RUN, .error = EINVAL };
	/* conf_check() has seen it */
	if (words_split(command, &words, &ignored) == -1 ||
	    words[0] == NULL) {
		words_free(words);
		return;
	}
	make_environment(program, entry, environment);
	alert_run(words, environment, deadline, out);
	for (size_t i = 0; environment[i] != NULL; i++)
		free(environment[i]);
	words_free(words);
}
