/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verb_world - a spool with a few copies, and verbs of tdcctl that deal with it
 *
 *	struct world world;
 *	struct said said;
 *
 *	begin(&world);
 *	said = run(&world, (const char *[]){ "show", "1", NULL });
 *	assert_int_equal(said.code, EX_OK);
 *	said_drop(&said);
 *	end(&world);
 *
 * A verb runs in a child, where calls may fail (nth_call.h).
 */
#ifndef TESTS_VERB_WORLD_H
#define TESTS_VERB_WORLD_H

#include <ctype.h>
#include <dirent.h>
#include <sys/wait.h>

#include "base/conf/conf.h"
#include "base/counters/site_counts.h"
#include "control/control.h"
#include "journal/spool/spool_counters.h"
#include "journal/spool/spool_reason.h"
#include "journal/spool/spool_suspend.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/spool_rig.h"

enum { WAITING = 2, KEPT = 2, COPIES = WAITING + KEPT };

/* A spool, and where a verb's words go. */
struct world {
	char		*dir, *spool, *out, *err;
};

/* What a verb has said. */
struct said {
	int		 code;
	char		*out, *err;
};

static inline void
begin(struct world *world)
{
	own(buf) struct buf message = BUF;
	struct spool_options options;
	const struct suspension one = { .intake = (char *)"b.example",
	    .reason = (char *)"moving" };
	struct spool_entry entry = RIG_ENTRY(1);
	struct site_counts *sites;
	struct counters *counters;
	struct spool *spool;
	struct err err;

	world->dir = scratch_new();
	world->spool = mem_format("%s/spool", world->dir);
	world->out = mem_format("%s/out", world->dir);
	world->err = mem_format("%s/err", world->dir);
	options = (struct spool_options){ .directory = world->spool };
	must(mkdir(world->spool, 0700) == 0);
	must(spool_open(&options, &spool, &err) == 0);
	buf_text(&message, "Subject: a\r\n\r\nbody\r\n");
	for (uint64_t mid = 1; mid <= COPIES; mid++)
		rig_commit(spool, &message, mid);
	must(spool_failed_attempt(spool, &entry, &err) == 1);
	spool_set_reason(spool, &entry, "451 later");
	for (uint64_t mid = WAITING + 1; mid <= COPIES; mid++) {
		struct spool_entry kept = RIG_ENTRY(mid);

		must(spool_keep(spool, &kept, 0, &err) == 1);
	}
	must(spool_suspend(spool, &one, 1000000, &err) == 0);
	sites = site_counts_open(spool_dirfd(spool));
	(void)site_counts_row(sites, "take.example");
	must(site_counts_tend(sites, &err) == 0);
	site_counts_close(sites);
	counters = spool_counters(spool);
	must(counters != NULL);
	counters_close(counters);
	spool_close(spool);
}

static inline void
end(struct world *world)
{
	free(world->spool);
	free(world->out);
	free(world->err);
	scratch_free(world->dir);
}

static inline void
said_drop(struct said *said)
{
	free(said->out);
	free(said->err);
}

static inline void
redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd != -1 && dup2(fd, to) == to);
	close(fd);
}

/* child - the verb, with its own standard output and error */
static inline _Noreturn void
child(const struct world *world, const char *const *words)
{
	own(str) char *parameters = mem_format("spool_directory = %s\nuser =\n"
	    "spool_sync = no\nhistory_database =\nmaillog_file = %s/log\n"
	    "intake_address = in@take.example\n", world->spool, world->dir);
	struct control control = { .conf_file = "tdc.cf" };
	char *argv[8] = { NULL };
	struct err err;
	int argc = 0, code;

	redirect(world->out, STDOUT_FILENO);
	redirect(world->err, STDERR_FILENO);
	must(conf_parse("tdc.cf", parameters, &control.conf, &err) == 0);
	for (const char *const *word = words + 1; *word != NULL; word++)
		if (strcmp(*word, "--json") == 0 && verb_find(words[0])->json)
			control.json = true;
		else
			argv[argc++] = mem_text(*word);
	nth_arm();
	code = verb_find(words[0])->run(&control, argc, argv);
	nth_disarm();
	fflush(stdout);
	_exit(code);
}

/* steady - without what changes from second to second */
static inline void
steady(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		char c = isdigit((unsigned char)*from) ? '0' : *from;

		if (to == text || to[-1] != c || (c != '0' && c != ' '))
			*to++ = c;
	}
	*to = '\0';
}

static inline struct said
run(const struct world *world, const char *const *words)
{
	pid_t pid = fork();
	struct said said;
	int status;

	must(pid != -1);
	if (pid == 0)
		child(world, words);
	must(waitpid(pid, &status, 0) == pid);
	said.out = scratch_read(world->out);
	said.err = scratch_read(world->err);
	if (!WIFEXITED(status))
		fail_msg("%s %s, %s (call %u) fails: signal %d: %s", words[0],
		    words[1] != NULL ? words[1] : "", nth->name, nth->at,
		    WTERMSIG(status), said.err);
	said.code = WEXITSTATUS(status);
	steady(said.out);
	return said;
}

/* files - in a directory of the spool */
static inline unsigned
files(const struct world *world, const char *place)
{
	own(str) char *path = mem_format("%s/%s", world->spool, place);
	own(dir) DIR *dir = opendir(path);
	const struct dirent *entry;
	unsigned count = 0;

	must(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	return count;
}

#endif
