/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tdcctl shows of the spool and changes in it, while each call in turn fails:
 * what it prints is all of it, or something says that it is not; and no copy is
 * lost.
 *
 * WRAP: fcntl fdopendir flock fsetxattr fgetxattr fstat fstatat fsync ftruncate
 * WRAP: linkat mmap open openat pread pwrite read readdir renameat unlinkat
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "base/conf/conf.h"
#include "base/counters/site_counts.h"
#include "control/control.h"
#include "journal/spool/spool_counters.h"
#include "journal/spool/spool_reason.h"
#include "journal/spool/spool_suspend.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/spool_rig.h"

NTH_OPEN
NTH_OPENAT
NTH_FCNTL
NTH_CALL(DIR *, fdopendir, (int fd), (fd), NULL)
NTH_CALL(ssize_t, fgetxattr, (int fd, const char *name, void *out, size_t n),
    (fd, name, out, n), -1)
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(int, fsetxattr, (int fd, const char *name, const void *value, size_t n,
    int flags), (fd, name, value, n, flags), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fstatat, (int dir, const char *path, struct stat *st, int flags),
    (dir, path, st, flags), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(int, ftruncate, (int fd, off_t n), (fd, n), -1)
NTH_CALL(int, linkat, (int from, const char *old, int to, const char *new,
    int flags), (from, old, to, new, flags), -1)
NTH_CALL(void *, mmap, (void *at, size_t n, int can, int flags, int fd, off_t from),
    (at, n, can, flags, fd, from), MAP_FAILED)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(struct dirent *, readdir, (DIR *dir), (dir), NULL)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, unlinkat, (int dir, const char *name, int flags),
    (dir, name, flags), -1)

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

static void
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

static void
end(struct world *world)
{
	free(world->spool);
	free(world->out);
	free(world->err);
	scratch_free(world->dir);
}

static void
said_drop(struct said *said)
{
	free(said->out);
	free(said->err);
}

static void
redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd != -1 && dup2(fd, to) == to);
	close(fd);
}

/* child - the verb, with its own standard output and error */
static _Noreturn void
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
static void
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

static struct said
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
		    words[1], nth->name, nth->at, WTERMSIG(status), said.err);
	said.code = WEXITSTATUS(status);
	steady(said.out);
	return said;
}

/* files - in a directory of the spool */
static unsigned
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

/* ---- what it shows ---- */

static const struct show {
	const char	*words[6];
	const char	*has;		/* when all goes well; each number is 0 */
} shows[] = {
	{ { "queue" }, "(0 later)" },
	{ { "queue", "--json" }, "\"failed\"" },
	{ { "queue", "--shape" }, "take.example" },
	{ { "show", "1" }, "Reason: 0 later" },
	{ { "show", "--json", "1" }, "0 later" },
	{ { "status" }, "b.example" },
	{ { "status", "--json" }, "b.example" },
	{ { "hoststatus", "take.example" }, "take.example" },
	{ { "tophosts" }, "the.tdc.queue" },
	{ { "report" }, "Spool now" },
	{ { "report", "--json" }, "take.example" },
	{ { "report", "--html" }, "take.example" },
	{ { "track", "4Yb", "-f", "/dev/null" }, "0 later" },
	{ { "track", "1", "-f", "/dev/null", "--json" }, "0 later" },
	{ { "requeue", "-n", "ALL" }, "0 would be requeued" },
};

/* mentions - how often */
static unsigned
mentions(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

/* lacks_reason - a reason that cannot be read is none (spool_reason.h) */
static bool
lacks_reason(const char *bad, const char *good)
{
	return mentions(good, "0 later") == 1 && mentions(bad, "0 later") == 0 &&
	    mentions(bad, "in@take.example") == mentions(good, "in@take.example");
}

static void
each_call_fails(void **state)
{
	struct world world;

	(void)state;
	begin(&world);
	for (size_t i = 0; i < sizeof(shows) / sizeof(*shows); i++) {
		const struct show *show = &shows[i];
		struct said good;
		unsigned at = 1;

		must(nth_begin(1, EIO));
		nth->at = 0;
		good = run(&world, show->words);
		if (good.code != 0 || strstr(good.out, show->has) == NULL)
			fail_msg("%s %s: %d: %s%s", show->words[0], show->words[1],
			    good.code, good.out, good.err);
		for (; nth_begin(at, EIO); at++) {
			struct said bad = run(&world, show->words);

			if (*bad.err == '\0' && (bad.code != 0 ||
			    (strcmp(bad.out, good.out) != 0 &&
			    !lacks_reason(bad.out, good.out))))
				fail_msg("%s: %s (call %u) fails, untold: %d: %s",
				    show->words[0], nth->name, at, bad.code,
				    bad.out);
			said_drop(&bad);
		}
		must(at > 3);
		said_drop(&good);
	}
	end(&world);
}

/* ---- what it changes ---- */

static const struct change {
	const char	*words[6];
	unsigned	 waiting, kept;		/* afterwards */
} changes[] = {
	{ { "delete", "4" }, WAITING, KEPT - 1 },
	{ { "delete", "ALL" }, WAITING, 0 },
	{ { "requeue", "4" }, WAITING + 1, KEPT - 1 },
	{ { "requeue", "ALL" }, WAITING + KEPT, 0 },
	{ { "suspend", "take.example" }, WAITING, KEPT },
	{ { "resume", "b.example" }, WAITING, KEPT },
};

/* try - false: no call had to fail */
static bool
try(const struct change *change, unsigned at)
{
	bool deletes = strcmp(change->words[0], "delete") == 0;
	unsigned waiting, kept;
	struct world world;
	struct said said;

	must(nth_begin(1, EIO));
	begin(&world);
	nth->at = at;
	said = run(&world, change->words);
	waiting = files(&world, "ready");
	kept = files(&world, "failed");
	if (said.code == 0 && (waiting != change->waiting || kept != change->kept))
		fail_msg("%s %s: %s (call %u) fails, untold: %u and %u",
		    change->words[0], change->words[1], nth->name, at, waiting,
		    kept);
	if (said.code != 0 && *said.err == '\0')
		fail_msg("%s: exit status %d without a word", change->words[0],
		    said.code);
	/* a copy may be in both places for a moment, and never in none */
	if (waiting + kept < (deletes ? change->waiting + change->kept : COPIES))
		fail_msg("%s %s: %s (call %u) fails, and a copy is lost",
		    change->words[0], change->words[1], nth->name, at);
	said_drop(&said);
	end(&world);
	return nth->name[0] != '\0';
}

static void
each_change_fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		unsigned at = 1;

		while (try(&changes[i], at))
			at++;
		must(at > 5);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
		cmocka_unit_test(each_change_fails),
	};

	must(nth_begin(1, EIO));
	nth->at = 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
