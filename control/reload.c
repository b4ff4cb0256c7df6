/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl reload: have the daemons read tdc.cf again, and tell what came of
 * it */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/json_put.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "journal/spool/spool_programs.h"

enum { WAIT = 10000, LOOK = 20 };	/* ms */

/* One that runs. */
struct target {
	const char	*name;
	struct spool_program program;	/* as it was before */
	bool		 done;
	bool		 json;		/* how it is reported */
};

struct targets {
	struct target	 all[SPOOL_MILTERS + 1];
	size_t		 count;
};

static void
add(struct targets *targets, const char *name,
    const struct spool_program *program)
{
	targets->all[targets->count++] = (struct target){ .name = name,
	    .program = *program };
}

static void
find(const struct spool *spool, struct targets *out)
{
	struct spool_program milters[SPOOL_MILTERS], forwarder;
	size_t n = spool_milters(spool, milters);

	out->count = 0;
	for (size_t i = 0; i < n; i++)
		add(out, "tdc-milter", &milters[i]);
	if (spool_forwarder(spool, &forwarder))
		add(out, "tdc-forwarder", &forwarder);
}

/* is_called - a pid of another pid name space must not be taken for one of
 * ours */
static bool
is_called(long pid, const char *name)
{
	own(str) char *path = mem_format("/proc/%ld/comm", pid);
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t n = fd != -1 ? AGAIN(read(fd, text, sizeof(text) - 1)) : 0;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, name) == 0;
}

static void
report_json(const struct target *target, int code, const char *text)
{
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	json_put_text(&out, "program", target->name);
	if (target->program.pid > 0)
		json_put_number(&out, "pid", (uint64_t)target->program.pid);
	else
		json_put_null(&out, "pid");
	json_put_bool(&out, "done", code == EX_OK);
	json_put_shown(&out, "text", text);
	json_put_end(&out);
	puts(out.data);
}

/* report - a line about one of them, on standard error unless it went well;
 * returns the code */
static int
report(const struct target *target, int code, const char *text)
{
	if (target->json)
		report_json(target, code, text);
	if (target->json && code == EX_OK)
		return code;
	fprintf(code == EX_OK ? stdout : stderr, "%s%s, pid %ld: %s\n",
	    code == EX_OK ? "" : "tdcctl: ", target->name,
	    target->program.pid, text);
	return code;
}

/* ask - signal one; an exit code */
static int
ask(struct target *target)
{
	long pid = target->program.pid;

	target->done = true;
	if (pid <= 0 || !is_called(pid, target->name))
		return report(target, EX_UNAVAILABLE, "is not a process of "
		    "that name here: send it SIGHUP where it runs");
	if (kill((pid_t)pid, SIGHUP) == -1)
		return report(target, errno == EPERM ? EX_NOPERM : EX_OSERR,
		    strerror(errno));
	target->done = *target->program.version == '\0';
	return target->done ? report(target, EX_OK, "was told to reload; it "
	    "is of an older version, so the log alone says what came of it") :
	    EX_OK;
}

/* look - whether one has answered, by what is told of it now */
static int
look(struct target *target, const struct targets *now)
{
	const struct spool_program *before = &target->program;
	const struct target *after = NULL;

	for (size_t i = 0; i < now->count; i++)
		if (now->all[i].program.pid == before->pid)
			after = &now->all[i];
	if (after != NULL &&
	    after->program.state.loaded == before->state.loaded)
		return EX_OK;
	target->done = true;
	if (after == NULL)
		return report(target, EX_UNAVAILABLE, "has ended");
	if (after->program.state.refused)
		return report(target, EX_CONFIG, "reload refused: the log says "
		    "why, and what was in force stays so");
	return report(target, EX_OK, "reloaded");
}

/* await - the answers; an exit code */
static int
await(const struct spool *spool, struct targets *targets)
{
	int64_t end = clock_now() + WAIT;
	int result = EX_OK, code;

	for (;;) {
		struct targets now;
		size_t left = 0;

		find(spool, &now);
		for (size_t i = 0; i < targets->count; i++) {
			struct target *target = &targets->all[i];

			code = target->done ? EX_OK : look(target, &now);
			result = code != EX_OK ? code : result;
			left += !target->done;
		}
		if (left == 0 || clock_now() >= end)
			return result;
		usleep(LOOK * 1000);
	}
}

static int
reload(const struct spool *spool, bool json)
{
	struct targets targets;
	int result = EX_OK, code;

	find(spool, &targets);
	if (targets.count == 0)
		return complain(EX_UNAVAILABLE,
		    "neither tdc-milter nor tdc-forwarder is running");
	for (size_t i = 0; i < targets.count; i++) {
		targets.all[i].json = json;
		code = ask(&targets.all[i]);
		result = code != EX_OK ? code : result;
	}
	code = await(spool, &targets);
	result = code != EX_OK ? code : result;
	for (size_t i = 0; i < targets.count; i++)
		if (!targets.all[i].done)
			result = report(&targets.all[i], EX_TEMPFAIL,
			    "has not reloaded yet");
	return result;
}

/* do_reload - all that run on this spool */
int
do_reload(struct control *control, int argc, char **argv)
{
	struct spool *spool;
	struct err err;
	int result;

	(void)argc, (void)argv;
	if (look_into_spool(&control->conf, &spool, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	result = reload(spool, control->json);
	spool_close(spool);
	return result;
}
