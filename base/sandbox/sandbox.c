/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/own.h"
#include "base/sandbox/sandbox_private.h"
#include "base/sandbox/starter.h"
#include "base/sanitized.h"
#include "base/start/start.h"

/* What is in reach, once it cannot be changed any more; list NULL: all. */
static struct places in_reach = PLACES;
static struct sandbox entered;
static char *conf_file;

/* enter - both halves, as far as there are any */
static int
enter(const struct sandbox *sandbox, struct err *err)
{
	struct err files, calls;
	bool no_files, no_calls;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	places_all(sandbox, &in_reach);
	no_files = sandbox_files(&in_reach, &files) == -1;
	if (no_files)
		places_drop(&in_reach);
	no_calls = sandbox_calls(&calls) == -1;
	if (!no_files && !no_calls)
		return 0;
	return err_set(err, ERR_LATER, "%s%s%s%s%s",
	    no_files ? "files are not confined: " : "",
	    no_files ? files.text : "", no_files && no_calls ? "; " : "",
	    no_calls ? "system calls are not confined: " : "",
	    no_calls ? calls.text : "");
}

/* sandbox_enter - the starter first, since it stays outside */
int
sandbox_enter(const struct sandbox *sandbox, struct err *err)
{
	int starter;

	if (!sandbox->conf->sandbox)
		return 0;
	if (SANITIZED)
		return err_set(err, ERR_NEVER, "nothing is confined: this "
		    "build has a sanitizer");
	starter = starter_begin(sandbox->conf_file, err);
	if (starter == -1)
		return err_wrap(err, "nothing is confined");
	start_by(starter);
	conf_file = mem_text(sandbox->conf_file);
	entered = *sandbox;
	entered.conf_file = conf_file;
	entered.tables = NULL;
	return enter(sandbox, err);
}

/* sandbox_explain - the first place that is out of reach */
void
sandbox_explain(struct err *err)
{
	struct sandbox now = entered;
	struct places wanted = PLACES;
	struct conf conf;
	struct err ignored;
	size_t length = strlen(err->text);

	if (in_reach.list == NULL ||
	    conf_load(conf_file, &conf, &ignored) == -1)
		return;
	now.conf = &conf;
	places_of(&now, &wanted);
	for (size_t i = 0; i < wanted.count; i++) {
		if (places_hold(&in_reach, &wanted.list[i]))
			continue;
		snprintf(err->text + length, sizeof(err->text) - length,
		    "; %.200s is out of reach until a restart (sandbox)",
		    wanted.list[i].path);
		break;
	}
	places_drop(&wanted);
	conf_drop(&conf);
}
