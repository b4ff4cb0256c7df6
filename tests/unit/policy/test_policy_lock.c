/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables that somebody keeps locked for long: nobody waits for them but for a
 * moment, whatever their number, and all go on with what they have.
 *
 * WRAP: clock_now posix_spawn
 * NEEDS: DB
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "policy/table/table.h"
#include "tests/unit/policy/policy_decides.h"
#include "tests/unit/policy/policy_fixture.h"

enum { TABLES = 12 };

static int64_t skew;		/* by which we are later than the clock says */
static atomic_uint readers;	/* that were started */
static atomic_uint waiters;	/* those of them that wait for the lock */

int64_t	__real_clock_now(void);
int64_t	__wrap_clock_now(void);
int	__real_posix_spawn(pid_t *, const char *,
	    const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
	    char *const[], char *const[]);
int	__wrap_posix_spawn(pid_t *, const char *,
	    const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
	    char *const[], char *const[]);

int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + skew;
}

int
__wrap_posix_spawn(pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
    char *const argv[], char *const environment[])
{
	readers++;
	if (strcmp(argv[3], "wait") == 0)
		waiters++;
	return __real_posix_spawn(pid, path, actions, attr, argv, environment);
}

/* ---- the news ---- */

static struct buf told = BUF;

static void
note_changed(const char *table, size_t entries)
{
	buf_format(&told, "+ %s %zu\n", strrchr(table, '/') + 1, entries);
}

static void
note_broken(const char *table, const char *why)
{
	buf_format(&told, "! %s %s\n", strrchr(table, '/') + 1,
	    strrchr(why, ':') + 2);
}

static const struct policy_news news = { note_changed, note_broken };

/* ---- postmap, the one who locks ---- */

struct holder {
	pid_t		 pid;
	int		 fd;		/* postmap's standard input */
};

/* postmap - the real one, with what stands in that file or is written to the
 * holder as its input */
static struct holder
postmap(const char *dir, const char *option, const char *table)
{
	struct holder holder = { .fd = -1 };
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	holder.pid = fork();
	assert_int_not_equal(holder.pid, -1);
	if (holder.pid == 0) {
		dup2(ends[0], 0);
		execlp("postmap", "postmap", "-c", dir, option, table, NULL);
		_exit(127);
	}
	close(ends[0]);
	holder.fd = ends[1];
	return holder;
}

static void
let_go(struct holder *holder)
{
	int status;

	close(holder->fd);
	assert_int_equal(waitpid(holder->pid, &status, 0), holder->pid);
	assert_int_equal(status, 0);
}

/* put - a file that has had time to cool down */
static char *
put(const char *dir, const char *name, const char *text)
{
	char *path = scratch_file(dir, name, text);
	struct timeval times[2] = { { 0 } };

	assert_int_equal(utimes(path, times), 0);
	return path;
}

/* hold_table - postmap -i has the table locked while it waits for its input;
 * and the table looks as if it had been written to */
static struct holder
hold_table(const char *dir, unsigned number)
{
	own(str) char *table = mem_format("hash:%s/t%u", dir, number);
	own(str) char *path = mem_format("%s/t%u.db", dir, number);
	struct holder holder = postmap(dir, "-i", table);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	while (flock(fd, LOCK_SH | LOCK_NB) == 0) {
		assert_int_equal(flock(fd, LOCK_UN), 0);
		usleep(1000);
	}
	close(fd);
	assert_int_equal(utimes(path, NULL), 0);
	return holder;
}

/* ---- many tables, one of them a text ---- */

struct scene {
	struct fixture	 fixture;	/* first: load() takes it */
	struct policy_live *live;
	struct holder	 holders[TABLES];
	pthread_t	 thread;
	bool		 decides;	/* the thread runs */
	atomic_bool	 stop;
	atomic_ulong	 decided;
};

/* lines - the policy_maps of the scene; new */
static char *
lines(const char *default_policy)
{
	own(buf) struct buf text = BUF;

	buf_text(&text, "policy_maps =");
	for (unsigned i = 0; i < TABLES; i++)
		buf_format(&text, " check_recipient hash:%%/t%u,", i);
	buf_format(&text, " check_recipient texthash:%%/last\n"
	    "default_policy = %s\n", default_policy);
	return buf_give(&text);
}

static void
make_tables(const char *dir)
{
	free(put(dir, "main.cf", "compatibility_level = 3.6\n"));
	free(put(dir, "last", "last@x NO name=Last\n"));
	for (unsigned i = 0; i < TABLES; i++) {
		own(str) char *name = mem_format("t%u", i);
		own(str) char *text = mem_format("u%u@x NO name=N%u\n", i, i);
		own(str) char *path = put(dir, name, text);
		own(str) char *table = mem_format("hash:%s", path);
		struct holder holder = postmap(dir, "-o", table);

		let_go(&holder);
	}
}

static int
raise_scene(void **state)
{
	struct scene *scene = mem_new(sizeof(*scene));
	own(str) char *maps = lines("NO");
	struct policy *policy;
	struct err err;

	skew = 0;
	scene->fixture.dir = scratch_new();
	make_tables(scene->fixture.dir);
	usleep(150000);		/* no file is as fresh as this, from here on */
	policy = load(&scene->fixture, maps, &err);
	if (policy == NULL)
		fail_msg("%s", err.text);
	scene->live = policy_live_new(policy);
	*state = scene;
	return 0;
}

static int
strike_scene(void **state)
{
	struct scene *scene = *state;

	scene->stop = true;
	if (scene->decides)
		pthread_join(scene->thread, NULL);
	policy_live_free(scene->live);
	scratch_free(scene->fixture.dir);
	free(scene);
	buf_drop(&told);
	return 0;
}

static void
hold_all(struct scene *scene)
{
	for (unsigned i = 0; i < TABLES; i++)
		scene->holders[i] = hold_table(scene->fixture.dir, i);
	usleep(150000);
}

static void *
decide_on(void *arg)
{
	struct scene *scene = arg;

	while (!scene->stop) {
		if (!decides(scene->live, "u3@x", "N3"))
			abort();
		scene->decided++;
	}
	return NULL;
}

static void
refresh(struct scene *scene, const char *want)
{
	buf_cut(&told, 0);
	policy_refresh(scene->live, &news);
	assert_string_equal(told.data, want);
}

/* A round is as long as the patience with all of them, not with each; the one
 * that is not locked is in force in that round; decisions go on. */
static void
test_rounds(void **state)
{
	struct scene *scene = *state;
	own(buf) struct buf want = BUF;
	unsigned long before;

	hold_all(scene);
	assert_int_equal(pthread_create(&scene->thread, NULL, decide_on,
	    scene), 0);
	scene->decides = true;
	free(put(scene->fixture.dir, "last", "last@x NO name=New\n#\n"));
	usleep(150000);
	before = scene->decided;
	readers = waiters = 0;
	refresh(scene, "+ last 1\n");
	/* each is tried once; then the first one takes all the patience */
	assert_int_equal(readers - waiters, TABLES);
	assert_in_range(waiters, 0, 2);
	assert_true(scene->decided > before);
	assert_true(decides(scene->live, "last@x", "New"));
	refresh(scene, "");

	skew = TABLE_PATIENCE;		/* long enough to be told, once */
	for (unsigned i = 0; i < TABLES; i++)
		buf_format(&want, "! t%u locked by another program\n", i);
	refresh(scene, want.data);
	refresh(scene, "");
	scene->stop = true;
	buf_cut(&want, 0);
	for (unsigned i = 0; i < TABLES; i++) {
		assert_int_equal(write(scene->holders[i].fd, "z@x NO\n", 7), 7);
		let_go(&scene->holders[i]);
		buf_format(&want, "+ t%u 2\n", i);
	}
	refresh(scene, want.data);
	assert_true(decides(scene->live, "z@x", "z@x"));
	refresh(scene, "");
}

/* reload - with other parameters */
static int
reload(struct scene *scene, const char *default_policy, struct err *err)
{
	own(str) char *maps = lines(default_policy);
	struct policy *policy;
	int result;

	configure(&scene->fixture, maps);
	result = policy_reload(scene->live, &scene->fixture.conf, &policy, err);
	conf_drop(&scene->fixture.conf);
	if (result == 0)
		policy_swap(scene->live, policy);
	return result;
}

/* What did not change is not read again, unless it is used otherwise; what is
 * locked is not waited for, and read when it is free; what is broken is an
 * error. */
static void
test_reload(void **state)
{
	struct scene *scene = *state;
	struct err err = { .text = "" };

	readers = 0;
	assert_int_equal(reload(scene, "NO name=Second", &err), 0);
	assert_int_equal(readers, 0);
	assert_true(decides(scene->live, "u3@x", "N3"));
	assert_true(decides(scene->live, "z@x", "Second"));
	refresh(scene, "");

	hold_all(scene);
	waiters = 0;
	assert_int_equal(reload(scene, "NO name=Third", &err), 0);
	assert_string_equal(err.text, "");
	assert_int_equal(readers, TABLES);
	assert_int_equal(waiters, 0);
	assert_true(decides(scene->live, "u3@x", "N3"));
	assert_true(decides(scene->live, "z@x", "Third"));
	for (unsigned i = 0; i < TABLES; i++) {
		assert_int_equal(write(scene->holders[i].fd, "z@x NO\n", 7), 7);
		let_go(&scene->holders[i]);
	}
	buf_cut(&told, 0);
	policy_refresh(scene->live, &news);
	assert_non_null(strstr(told.data, "+ t11 2\n"));
	assert_true(decides(scene->live, "z@x", "z@x"));

	free(put(scene->fixture.dir, "last", "last@x PERHAPS\n"));
	assert_int_equal(reload(scene, "NO name=Fourth", &err), -1);
	assert_non_null(strstr(err.text, "/last:1: bad value 'PERHAPS'"));
	assert_true(decides(scene->live, "last@x", "Last"));
}

/* DEFAULT is good or bad by intake_address, so its tables are read again. */
static void
test_other_use(void **state)
{
	struct scene *scene = *state;
	own(str) char *maps = lines("NO\nintake_address = a@b.example");
	struct policy *policy;
	struct err err;

	configure(&scene->fixture, maps);
	readers = 0;
	assert_int_equal(policy_reload(scene->live, &scene->fixture.conf,
	    &policy, &err), 0);
	assert_int_equal(readers, TABLES);
	conf_drop(&scene->fixture.conf);
	policy_free(policy);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, raise_scene, strike_scene)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rounds), TEST(test_reload), TEST(test_other_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
