/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ready_rig - a machine on which something may be missing, or not be allowed
 *
 *	ready.sendmail = "";
 *	assert_int_equal(look(), EX_CONFIG);
 *	has("remediation_sendmail: there is none, ...");
 *
 * WRAP: access history_count history_find
 */
#ifndef TESTS_READY_RIG_H
#define TESTS_READY_RIG_H

#include "remediate/ready/ready.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "history/find.h"
#include "remediate/state/state.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/operator/said.h"

/* ---- what a user may not do, and a history ---- */

static const char *refused;		/* a path; NULL: none */
static int refused_mode, refused_error;

int	__real_access(const char *, int);
int	__wrap_access(const char *, int);
int
__wrap_access(const char *path, int mode)
{
	if (refused == NULL || strcmp(path, refused) != 0 ||
	    (refused_mode != F_OK && (mode & refused_mode) == 0))
		return __real_access(path, mode);
	errno = refused_error;
	return -1;
}

static uint64_t journaled;
static int history_result, history_error;
static unsigned domains;		/* of the copies; 0: these */
static const char *const *recipients;

int	__wrap_history_count(const char *, int64_t, int64_t, uint64_t *,
	    struct err *);
int
__wrap_history_count(const char *path, int64_t since, int64_t until,
    uint64_t *out, struct err *err)
{
	assert_int_equal(until - since, 86400000);
	if (history_result == -1) {
		errno = history_error;
		return err_sys(err, "%s", path);
	}
	*out = journaled;
	return 0;
}

static unsigned finds;

int	__wrap_history_find(const char *, const struct history_query *,
	    history_each *, void *, struct err *);
int
__wrap_history_find(const char *path, const struct history_query *query,
    history_each *each, void *arg, struct err *err)
{
	struct history_row row = { .fate = { .verdict = "delivered" } };
	char address[40];
	const char *one = address;

	(void)path;
	finds++;
	assert_int_equal(query->limit, 10000);
	if (recipients == NULL)
		return err_set(err, ERR_LATER, "database is locked");
	row.envelope.recipients = (const char **)recipients;
	while (recipients[row.envelope.recipient_count] != NULL)
		row.envelope.recipient_count++;
	each(arg, &row);
	row.envelope.recipients = &one;
	row.envelope.recipient_count = 1;
	for (unsigned i = 0; i < domains; i++) {
		snprintf(address, sizeof(address), "a@d%u.example", i);
		each(arg, &row);
	}
	return 1;
}

/* ---- a machine ---- */

static const struct mailbox_backend backend = { .name = "store",
	.words = (const char *const[]){ NULL } };
static const struct mailbox_backend *const backends[] = { &backend, NULL };

static inline int
may(const struct profile *profile, struct err *err)
{
	(void)profile, (void)err;
	return 0;
}

static char *dir, *database, *program;
static struct conf conf;
static struct profiles *profiles;
static struct maps *maps;
static struct ready ready;
static struct mailbox_backend checked;

static inline void
load_domains(const char *names)
{
	struct err err;

	maps_free(maps);
	maps = NULL;
	if (maps_load(names, &maps, &err) == -1)
		fail_msg("%s", err.text);
	ready.domains = maps;
}

static inline void
load_profiles(const char *text)
{
	static const struct mailbox_backend *const types[] = { &checked, NULL };
	static const struct profile_settings settings = { .timeout = 1000,
		.ca_file = "", .ca_path = "", .backends = types };
	own(str) char *path = scratch_file(dir, "profiles", text);
	struct err err;

	checked = *backends[0];
	checked.check = may;
	assert_int_equal(chmod(path, 0600), 0);
	profiles = profiles_free(profiles);
	if (profiles_load(*text != '\0' ? path : "", &settings, &profiles,
	    &err) == -1)
		fail_msg("%s", err.text);
	ready.profiles = profiles;
}

static inline int
set_up(void **state)
{
	static const char *const nobody[] = { NULL };

	(void)state;
	dir = scratch_new();
	database = mem_format("%s/state.db", dir);
	program = scratch_file(dir, "sendmail", "#!/bin/sh\n");
	assert_int_equal(chmod(program, 0755), 0);
	refused = NULL;
	journaled = 2;
	history_result = 0;
	recipients = nobody;
	domains = finds = 0;
	conf = (struct conf){ .history_database = "/h/history.db",
	    .remediation_database = database, .remediation_notify = "",
	    .remediation_action = CONF_REMEDIATE_BOTH,
	    .mailbox_maps = "" };
	ready = (struct ready){ .conf = &conf, .sendmail = program };
	load_domains("");
	load_profiles("");
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	profiles = profiles_free(profiles);
	maps = maps_free(maps);
	free(database);
	free(program);
	scratch_free(dir);
	return 0;
}

/* strip - that, wherever it stands */
static inline void
strip(const char *what)
{
	const size_t n = strlen(what);
	char *at;

	while ((at = strstr(said_out, what)) != NULL)
		memmove(at, at + n, strlen(at + n) + 1);
}

/* look - all of it; the lines are in said_out, without where we are */
static inline int
look(void)
{
	own(str) char *beside = mem_format("%s/", dir);
	int code, before = opened();

	said_begin(dir);
	code = ready_look(&ready);
	said_end();
	assert_string_equal(said_err, "");
	strip(beside);
	strip(dir);
	assert_int_equal(opened(), before);
	return code;
}

static inline void
has(const char *line)
{
	own(str) char *lf = mem_format("\n%s\n", line);
	own(str) char *all = mem_format("\n%s", said_out);

	if (strstr(all, lf) == NULL)
		fail_msg("no line '%s' in:\n%s", line, said_out);
}

#define HISTORY "history_database: ok: 2 messages journaled in the last day\n"

#endif
