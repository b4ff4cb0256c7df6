/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB */
/* policy_live: tables that change under the eyes of those who decide */
#include "policy/policy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "base/buf.h"
#include "tests/unit/policy/policy_decides.h"
#include "tests/unit/scratch.h"

/* The news, one line each: "+ TABLE ENTRIES" and "! TABLE WHY". */
static struct buf news_told = BUF;

static void
note_changed(const char *table, size_t entries)
{
	buf_format(&news_told, "+ %s %zu\n", strrchr(table, '/') + 1, entries);
}

static void
note_broken(const char *table, const char *why)
{
	buf_format(&news_told, "! %s %s\n", strrchr(table, '/') + 1, why);
}

static const struct policy_news news = { note_changed, note_broken };

struct fixture {
	char		*dir;
	struct conf	 conf;
	struct policy_live *live;
};

/* put - a table file, as an editor does it: a new one in place of the old */
static void
put(struct fixture *fixture, const char *name, const char *text)
{
	char *temporary = scratch_file(fixture->dir, "new", text);
	char *path = mem_format("%s/%s", fixture->dir, name);

	assert_int_equal(rename(temporary, path), 0);
	free(temporary);
	free(path);
}

static struct policy *
load(struct fixture *fixture, const char *default_policy)
{
	char *text = mem_format("policy_maps = check_recipient "
	    "texthash:%s/one, check_recipient texthash:%s/two, "
	    "check_sender texthash:%s/one, check_sender static:DUNNO\n"
	    "default_policy = %s\n", fixture->dir, fixture->dir, fixture->dir,
	    default_policy);
	char *path = scratch_file(fixture->dir, "tdc.cf", text);
	struct policy *policy = NULL;
	struct err err;

	conf_drop(&fixture->conf);
	if (conf_load(path, &fixture->conf, &err) == -1 ||
	    policy_load(&fixture->conf, &policy, &err) == -1)
		fail_msg("%s", err.text);
	free(path);
	free(text);
	return policy;
}

/* settle - until what was written is no longer fresh, so that one look is
 * enough to see the end of it */
static void
settle(void)
{
	usleep(150000);
}

static int
setup(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	put(fixture, "one", "a@x NO name=First\n");
	put(fixture, "two", "b@x NO name=Second\nc@x NO\n");
	settle();
	fixture->live = policy_live_new(load(fixture, "NO"));
	buf_cut(&news_told, 0);
	*state = fixture;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fixture = *state;

	policy_live_free(fixture->live);
	conf_drop(&fixture->conf);
	scratch_free(fixture->dir);
	free(fixture);
	buf_drop(&news_told);
	return 0;
}

static bool
is_intake(struct fixture *fixture, const char *address)
{
	struct policy *policy = policy_hold(fixture->live);
	bool is = policy_is_intake(policy, address);

	policy_leave(policy);
	return is;
}

/* look - refresh, and what was told by it; some looks more tell nothing */
static void
look(struct fixture *fixture, const char *want)
{
	settle();
	policy_refresh(fixture->live, &news);
	if (strstr(news_told.data, want) == NULL ||
	    (*want == '\0' && news_told.len > 0))
		fail_msg("told '%s', want '%s'", news_told.data, want);
	buf_cut(&news_told, 0);
	for (int i = 0; i < 3; i++)
		policy_refresh(fixture->live, &news);
	assert_string_equal(news_told.data, "");
}

static void
test_changes(void **state)
{
	struct fixture *fixture = *state;

	look(fixture, "");
	assert_true(decides(fixture->live, "a@x", "First"));
	put(fixture, "one", "a@x NO name=Changed\nd@x NO\n");
	assert_true(decides(fixture->live, "a@x", "First"));
	look(fixture, "+ one 2\n");
	assert_true(decides(fixture->live, "a@x", "Changed"));
	assert_true(decides(fixture->live, "b@x", "Second"));
	put(fixture, "one", "a@x intake@cloud.example\n");
	look(fixture, "+ one 1\n");
	assert_true(is_intake(fixture, "intake@Cloud.Example"));
	put(fixture, "one", "");
	put(fixture, "two", "a@x NO name=Two\n");
	look(fixture, "+ one 0\n+ two 1\n");
	assert_false(is_intake(fixture, "intake@cloud.example"));
	assert_true(decides(fixture->live, "a@x", "Two"));
	assert_true(decides(fixture->live, "b@x", "default"));
}

/* Two writes in one tick of the file system's clock, of the same length: the
 * second one is seen as well. */
static void
test_fresh(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 10; i++) {
		char text[] = "a@x NO name=Name?\n";
		char name[] = "Name?";

		*strchr(text, '?') = '-';
		free(scratch_file(fixture->dir, "one", text));
		policy_refresh(fixture->live, &news);
		*strchr(text, '-') = name[4] = (char)('a' + i);
		free(scratch_file(fixture->dir, "one", text));
		settle();
		policy_refresh(fixture->live, &news);
		assert_true(decides(fixture->live, "a@x", name));
	}
}

static void
test_broken(void **state)
{
	struct fixture *fixture = *state;
	char *path = mem_format("%s/one", fixture->dir);

	put(fixture, "one", "d@x NO\na@x PERHAPS\n");
	look(fixture, "/one:2: bad value 'PERHAPS'");
	assert_true(decides(fixture->live, "a@x", "First"));
	put(fixture, "two", "e@x NO name=E\n");		/* the others go on */
	look(fixture, "+ two 1\n");
	assert_true(decides(fixture->live, "e@x", "E"));
	put(fixture, "one", "d@x NO\n\na@x PERHAPS\n");	/* broken otherwise */
	look(fixture, "/one:3: bad value 'PERHAPS'");
	assert_int_equal(unlink(path), 0);
	look(fixture, "! one open database");
	assert_true(decides(fixture->live, "a@x", "First"));
	assert_int_equal(mkdir(path, 0755), 0);
	look(fixture, "not a regular file");
	assert_int_equal(rmdir(path), 0);
	put(fixture, "one", "a@x DEFAULT\n");
	look(fixture, "DEFAULT, but intake_address is empty");
	put(fixture, "one", "a@x NO name=First\n");	/* as it was */
	look(fixture, "+ one 1\n");
	assert_true(decides(fixture->live, "a@x", "First"));
	free(path);
}

static void
test_swap(void **state)
{
	struct fixture *fixture = *state;
	struct policy *held = policy_hold(fixture->live);
	struct facts facts = { .sender = "s@x" };
	struct decision decision;

	policy_swap(fixture->live, load(fixture, "NO name=Swapped"));
	assert_true(decides(fixture->live, "z@x", "Swapped"));
	policy_decide(held, &facts, "z@x", &decision);
	assert_string_equal(decision.name, "default");
	put(fixture, "two", "z@x NO name=Z\n");
	look(fixture, "+ two 1\n");
	assert_true(decides(fixture->live, "z@x", "Z"));
	assert_true(decides(fixture->live, "y@x", "Swapped"));
	policy_decide(held, &facts, "a@x", &decision);
	assert_string_equal(decision.name, "First");
	policy_leave(held);
}

/* Broken, then swapped by a policy that knows the broken one not. */
static void
test_swap_forgets(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "one", "a@x PERHAPS\n");
	look(fixture, "bad value");
	put(fixture, "one", "a@x NO name=Good\n");
	settle();
	policy_swap(fixture->live, load(fixture, "NO"));
	assert_true(decides(fixture->live, "a@x", "Good"));
	look(fixture, "");
	put(fixture, "one", "a@x PERHAPS\n");
	look(fixture, "bad value");
	assert_true(decides(fixture->live, "a@x", "Good"));
}

/* ---- many at once ---- */

struct crowd {
	struct fixture	*fixture;
	atomic_bool	 stop;
	atomic_ulong	 decided;
};

/* Every answer is one of those that were true at some time. */
static void *
decide_on(void *arg)
{
	struct crowd *crowd = arg;
	struct facts facts = { .sender = "s@x" };
	struct decision decision;

	while (!crowd->stop) {
		struct policy *policy = policy_hold(crowd->fixture->live);

		policy_decide(policy, &facts, "a@x", &decision);
		if (strcmp(decision.name, "First") != 0 &&
		    strcmp(decision.name, "Other") != 0)
			abort();
		policy_leave(policy);
		crowd->decided++;
	}
	return NULL;
}

static void *
refresh_on(void *arg)
{
	struct crowd *crowd = arg;

	while (!crowd->stop)
		policy_refresh(crowd->fixture->live, &news);
	return NULL;
}

static void
test_threads(void **state)
{
	enum { DECIDERS = 3, ROUNDS = 60 };
	struct crowd crowd = { .fixture = *state };
	pthread_t threads[DECIDERS + 1];

	for (int i = 0; i < DECIDERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, decide_on,
		    &crowd), 0);
	assert_int_equal(pthread_create(&threads[DECIDERS], NULL, refresh_on,
	    &crowd), 0);
	for (int i = 0; i < ROUNDS; i++) {
		put(crowd.fixture, "one", i % 2 == 0 ?
		    "a@x NO name=Other\nb@x NO\n" : "a@x NO name=First\n");
		if (i % 10 == 9)
			policy_swap(crowd.fixture->live,
			    load(crowd.fixture, "NO"));
		usleep(5000);
	}
	put(crowd.fixture, "one", "a@x NO name=Other\nb@x NO\n");
	for (int i = 0; i < 30000 &&
	    !decides(crowd.fixture->live, "a@x", "Other"); i++)
		usleep(1000);
	assert_true(decides(crowd.fixture->live, "a@x", "Other"));
	crowd.stop = true;
	for (int i = 0; i <= DECIDERS; i++)
		pthread_join(threads[i], NULL);
	assert_true(crowd.decided > 0);
	assert_null(strstr(news_told.data, "!"));
	assert_non_null(strstr(news_told.data, "+ one 2\n"));
}

/* ---- databases: read in a child, while threads run ---- */

/* postmap - have the real one make the table; it waits until what it reads is
 * a second old, so that is made older */
static void
postmap(struct fixture *fixture, const char *type, const char *text)
{
	char *path = scratch_file(fixture->dir, "base", text);
	char *config = scratch_file(fixture->dir, "main.cf",
	    "compatibility_level = 3.6\n");
	char *table = mem_format("%s:%s", type, path);
	struct timeval times[2] = { { 0 } };
	int status;
	pid_t pid;

	assert_int_equal(utimes(path, times), 0);
	assert_int_equal(utimes(config, times), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		execlp("postmap", "postmap", "-c", fixture->dir, table, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(table);
	free(config);
	free(path);
}

static void
test_postmap(void **state)
{
	static const char *const types[] = { "hash", "btree", "lmdb" };
	struct crowd crowd = { .fixture = *state };
	struct fixture *fixture = *state;
	pthread_t thread;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		char *lines = mem_format("policy_maps = check_recipient "
		    "%s:%s/base\n", types[i], fixture->dir);
		char *path;
		struct policy *policy;
		struct err err;

		postmap(fixture, types[i], "a@x NO name=First\n");
		path = scratch_file(fixture->dir, "tdc.cf", lines);
		conf_drop(&fixture->conf);
		assert_int_equal(conf_load(path, &fixture->conf, &err), 0);
		if (policy_load(&fixture->conf, &policy, &err) == -1)
			fail_msg("%s", err.text);
		policy_swap(fixture->live, policy);
		crowd.stop = false;
		assert_int_equal(pthread_create(&thread, NULL, decide_on,
		    &crowd), 0);
		for (int n = 0; n < 5; n++) {
			postmap(fixture, types[i], n % 2 == 0 ?
			    "a@x NO name=Other\nb@x NO\n" :
			    "a@x NO name=First\n");
			look(fixture, n % 2 == 0 ? "+ base 2\n" : "+ base 1\n");
			assert_true(decides(fixture->live, "a@x",
			    n % 2 == 0 ? "Other" : "First"));
		}
		crowd.stop = true;
		pthread_join(thread, NULL);
		free(lines);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fresh, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_swap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_swap_forgets, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_postmap, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
