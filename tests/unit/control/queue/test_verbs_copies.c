/* SPDX-License-Identifier: BSD-2-Clause */
/* test_verbs_copies - copies that are damaged, still being written, or gone, and
 * whoever listens to events */
#include <sys/file.h>
#include <sysexits.h>

#include "tests/unit/control/queue/verb_world.h"

/* path_of - the file of that copy; new */
static char *
path_of(const struct world *world, const char *place, uint64_t mid)
{
	own(str) char *path = mem_format("%s/%s", world->spool, place);
	own(dir) DIR *dir = opendir(path);
	const struct dirent *entry;

	must(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		if (strtoull(entry->d_name, NULL, 10) == mid)
			return mem_format("%s/%s", path, entry->d_name);
	return NULL;
}

/* damage - its footer is no more */
static void
damage(const struct world *world, const char *place, uint64_t mid)
{
	own(str) char *path = path_of(world, place, mid);

	must(path != NULL && truncate(path, 100) == 0);
}

/* say - a verb ends with this code, and says that on standard error ("": nothing)
 * and standard output */
static void
say(const struct world *world, const char *const *words, int code, const char *err,
    const char *out)
{
	struct said said = run(world, words);

	if (said.code != code || strstr(said.out, out) == NULL || (*err == '\0' ?
	    *said.err != '\0' : strstr(said.err, err) == NULL))
		fail_msg("%s %s: %d, '%s', '%s'", words[0], words[1] != NULL ?
		    words[1] : "", said.code, said.err, said.out);
	said_drop(&said);
}

#define SAY(world, code, err, out, ...) \
    say((world), (const char *[]){ __VA_ARGS__, NULL }, (code), (err), (out))

/* One copy is no reason not to show, or to change, the others. */
static void
damaged(void **state)
{
	struct world world;

	(void)state;
	begin(&world);
	damage(&world, "ready", 2);
	damage(&world, "failed", 3);
	SAY(&world, EX_OK, "tdcctl: MID 2: ", "in@take.example", "queue");
	SAY(&world, EX_OK, "tdcctl: MID 3: ", "\"place\":\"failed\"", "queue",
	    "--json");
	SAY(&world, EX_DATAERR, "tdcctl: ", "", "show", "2");
	SAY(&world, EX_OK, "tdcctl: MID 2: ", "0 later", "track", "4Yb", "-f",
	    "/dev/null");
	SAY(&world, EX_OK, "tdcctl: MID 3: ", "0 requeued", "requeue", "ALL");
	assert_int_equal(files(&world, "ready"), WAITING + 1);
	assert_int_equal(files(&world, "failed"), KEPT - 1);
	/* it can be deleted all the same */
	SAY(&world, EX_OK, "", "0 deleted", "delete", "3");
	assert_int_equal(files(&world, "failed"), 0);
	end(&world);
}

/* A copy whose writer has not let go was not promised yet. */
static void
busy(void **state)
{
	struct world world;
	own(str) char *path = NULL;
	own(fd) int fd = -1;

	(void)state;
	begin(&world);
	path = path_of(&world, "ready", 2);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	SAY(&world, EX_TEMPFAIL, "the copy is still being written", "", "show", "2");
	SAY(&world, EX_OK, "", "0 waiting", "queue");
	close(fd_give(&fd));
	SAY(&world, EX_OK, "", "Place: ready", "show", "2");
	end(&world);
}

static void
gone(void **state)
{
	struct world world;

	(void)state;
	begin(&world);
	SAY(&world, EX_DATAERR, "MID 9 is not in the spool", "", "show", "9");
	SAY(&world, EX_DATAERR, "MID 9 is not in the spool", "", "delete", "9");
	SAY(&world, EX_DATAERR, "MID 9 is not in the spool", "", "requeue", "9");
	SAY(&world, EX_DATAERR, "MID 1 ", "", "requeue", "1");
	SAY(&world, EX_UNAVAILABLE, "tdc-forwarder is not running", "", "flush");
	SAY(&world, EX_DATAERR, "b.example is suspended: tdcctl resume", "",
	    "flush", "b.example");
	SAY(&world, EX_UNAVAILABLE, "neither tdc-milter nor tdc-forwarder", "",
	    "reload");
	assert_int_equal(files(&world, "ready"), WAITING);
	assert_int_equal(files(&world, "failed"), KEPT);
	end(&world);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged),
		cmocka_unit_test(busy),
		cmocka_unit_test(gone),
	};

	must(nth_only(0, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
