/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What postfix-enable changes, and keeps for the way back, while each call in turn
 * fails: a file is the old one or the new one, the record is all there or none,
 * and something says so.
 *
 * WRAP: fchmod fchown fstat fsync futimens mkdir open openat read realpath
 * WRAP: renameat stat write
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/postfix/changes.h"
#include "control/postfix/record.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_OPENAT
NTH_CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
NTH_CALL(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(int, futimens, (int fd, const struct timespec *times), (fd, times), -1)
NTH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(char *, realpath, (const char *path, char *out), (path, out), NULL)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, stat, (const char *path, struct stat *st), (path, st), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

static const char *const file_names[CHANGE_FILES] = { "tdc.cf", "main.cf",
	"master.cf" };

/* One try of a step: its files, and what has been changed of them so far. */
struct world {
	char		*dir;
	struct changes	 changes;
	struct record	 record;
};

static void
begin(struct world *world)
{
	own(str) char *conf_file = NULL;
	struct err err;

	world->dir = scratch_new();
	world->changes = (struct changes)CHANGES;
	world->record = (struct record)RECORD;
	for (int i = 0; i < CHANGE_FILES; i++)
		free(scratch_file(world->dir, file_names[i], "old\n"));
	conf_file = mem_format("%s/tdc.cf", world->dir);
	assert_int_equal(changes_read(&world->changes, world->dir, conf_file, &err),
	    0);
	for (int i = 0; i < CHANGE_FILES; i++) {
		buf_cut(&world->changes.files[i].is, 0);
		buf_text(&world->changes.files[i].is, "new\n");
	}
	record_add(&world->record, &world->changes, true);
	world->record.state = RECORD_BEGUN;
	world->record.made = mem_format("%s/made", world->dir);
}

static void
end(struct world *world)
{
	changes_drop(&world->changes);
	record_drop(&world->record);
	scratch_free(world->dir);
}

/* all_are - do the three files have that text, or (NULL) the old or new one? */
static void
all_are(const struct world *world, const char *wanted)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		own(str) char *path = mem_format("%s/%s", world->dir,
		    file_names[i]);
		own(str) char *text = scratch_read(path);

		if (wanted != NULL ? strcmp(text, wanted) != 0 :
		    strcmp(text, "old\n") != 0 && strcmp(text, "new\n") != 0)
			fail_msg("%s: '%s' after %s failed", path, text, nth->name);
	}
}

/* same_bytes - a record that can be loaded has the bytes of each file */
static void
same_bytes(const struct record *record)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		assert_non_null(record->changes.files[i].path);
		assert_string_equal(record->changes.files[i].was.data, "old\n");
		assert_string_equal(record->changes.files[i].is.data, "new\n");
	}
	assert_true(record->named);
	assert_non_null(record->made);
}

/* ---- the steps ---- */

static int
read_files(struct world *world, struct err *err)
{
	own(changes) struct changes read = CHANGES;
	own(str) char *conf_file = mem_format("%s/tdc.cf", world->dir);
	int result = changes_read(&read, world->dir, conf_file, err);

	if (result == 0)
		assert_string_equal(read.files[CHANGE_MASTER].is.data, "old\n");
	return result;
}

static int
install(struct world *world, struct err *err)
{
	int result = changes_install(&world->changes, err);
	struct err other;

	nth_disarm();
	all_are(world, result == 0 ? "new\n" : NULL);
	/* and the way back */
	assert_int_equal(changes_undo(&world->changes, &other), 0);
	all_are(world, "old\n");
	return result;
}

static int
undo(struct world *world, struct err *err)
{
	int result;

	nth_disarm();
	assert_int_equal(changes_install(&world->changes, err), 0);
	nth_arm();
	result = changes_undo(&world->changes, err);
	nth_disarm();
	all_are(world, result == 0 ? "old\n" : NULL);
	return result;
}

/* save - over a record of something else, which is gone then */
static int
save(struct world *world, struct err *err)
{
	own(record) struct record other = RECORD, loaded = RECORD;
	struct err unused;
	int result;

	nth_disarm();
	other.state = RECORD_DONE;
	assert_int_equal(record_save(&other, world->dir, err), 0);
	nth_arm();
	result = record_save(&world->record, world->dir, err);
	nth_disarm();
	assert_int_equal(record_load(&loaded, world->dir, &unused), 0);
	/* before the first byte the other one may still be there */
	if (loaded.state == RECORD_BEGUN)
		same_bytes(&loaded);
	else
		assert_int_equal(result, -1);
	return result;
}

static int
state(struct world *world, struct err *err)
{
	own(record) struct record loaded = RECORD;
	struct err unused;
	int result;

	nth_disarm();
	assert_int_equal(record_save(&world->record, world->dir, err), 0);
	nth_arm();
	result = record_state(&world->record, world->dir, RECORD_LEAVING, err);
	nth_disarm();
	assert_int_equal(record_load(&loaded, world->dir, &unused), 0);
	assert_int_equal(loaded.state, result == 0 ? RECORD_LEAVING :
	    RECORD_BEGUN);
	same_bytes(&loaded);
	return result;
}

static int
load(struct world *world, struct err *err)
{
	own(record) struct record loaded = RECORD;
	int result;

	nth_disarm();
	assert_int_equal(record_save(&world->record, world->dir, err), 0);
	nth_arm();
	result = record_load(&loaded, world->dir, err);
	nth_disarm();
	if (result == 0)
		same_bytes(&loaded);
	return result;
}

/* try - false: no call had to fail */
static bool
try(int step(struct world *, struct err *), unsigned at)
{
	struct err err = { .text = "" };
	struct world world;
	int result;

	assert_true(nth_only(at, EIO));
	begin(&world);
	nth_arm();
	result = step(&world, &err);
	nth_disarm();
	if (nth->name[0] == '\0')
		assert_int_equal(result, 0);
	if (result == -1 && strstr(err.text, strerror(EIO)) == NULL &&
	    strstr(err.text, "is no file") == NULL &&
	    strstr(err.text, "is missing") == NULL)
		fail_msg("%s: %s", nth->name, err.text);
	/* nothing of these is tried again, so a failure is told, but that of
	 * changes_tidy() */
	if (nth->name[0] != '\0' && result != -1 && step != undo)
		fail_msg("%s (call %u) failed, untold", nth->name, at);
	end(&world);
	return nth->name[0] != '\0';
}

static void
each_call_fails(void **unused)
{
	int (*const steps[])(struct world *, struct err *) = { read_files, install,
		undo, save, state, load };

	(void)unused;
	if (geteuid() != 0)
		skip();		/* the record has to be root's */
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		unsigned at = 1;

		while (try(steps[i], at))
			at++;
		assert_true(at > 3);
	}
}

/* ---- what is in the way ---- */

/* load_with - a record whose file has that text (NULL: it is not there) */
static void
load_with(const char *name, const char *text, const char *why)
{
	own(record) struct record loaded = RECORD;
	own(str) char *directory = NULL, *path = NULL;
	struct world world;
	struct err err;

	begin(&world);
	assert_int_equal(record_save(&world.record, world.dir, &err), 0);
	directory = mem_format("%s/tdc-enable", world.dir);
	path = mem_format("%s/%s", directory, name);
	if (text != NULL)
		free(scratch_file(directory, name, text));
	else
		assert_int_equal(unlink(path), 0);
	assert_int_equal(record_load(&loaded, world.dir, &err), -1);
	if (strstr(err.text, why) == NULL ||
	    strstr(err.text, "so remove it") == NULL)
		fail_msg("%s: %s", name, err.text);
	end(&world);
}

static void
damaged(void **unused)
{
	static const char manifest[] = "manifest.json";

	(void)unused;
	if (geteuid() != 0)
		skip();
	load_with(manifest, "", "is damaged");
	load_with(manifest, "{\"version\":1", "is damaged");
	load_with(manifest, "{\"version\":2,\"state\":\"done\",\"named\":true,"
	    "\"files\":{}}", "is damaged");
	load_with(manifest, "{\"version\":1,\"state\":\"other\",\"named\":true,"
	    "\"files\":{}}", "is damaged");
	load_with(manifest, "{\"version\":1,\"state\":\"done\",\"named\":true,"
	    "\"files\":{\"main.cf\":{}}}", "is damaged");
	/* a path that is none of the root's would be written where we are */
	load_with(manifest, "{\"version\":1,\"state\":\"done\",\"named\":true,"
	    "\"files\":{\"main.cf\":{\"path\":\"main.cf\",\"mode\":420,\"uid\":0,"
	    "\"gid\":0,\"mtime\":1,\"mtime_ns\":0}}}", "is damaged");
	load_with("main.cf.before", NULL, "'main.cf.before' is missing");
	load_with("tdc.cf.after", NULL, "'tdc.cf.after' is missing");
}

/* Whoever else may write the directory could have root write main.cf. */
static void
not_ours(void **unused)
{
	own(record) struct record loaded = RECORD;
	own(str) char *directory = NULL;
	struct world world;
	struct err err;

	(void)unused;
	if (geteuid() != 0)
		skip();
	begin(&world);
	assert_int_equal(record_save(&world.record, world.dir, &err), 0);
	directory = mem_format("%s/tdc-enable", world.dir);
	assert_int_equal(chmod(directory, 0720), 0);
	assert_int_equal(record_load(&loaded, world.dir, &err), -1);
	assert_non_null(strstr(err.text, "is not root's alone"));
	assert_int_equal(chmod(directory, 0700), 0);
	assert_int_equal(chown(directory, 65534, 0), 0);
	assert_int_equal(record_load(&loaded, world.dir, &err), -1);
	assert_non_null(strstr(err.text, "is not root's alone"));
	assert_int_equal(loaded.state, RECORD_NONE);
	end(&world);
}

/* A file that is as neither the record nor the change knows it is left alone. */
static void
somebody_else(void **unused)
{
	own(str) char *text = NULL, *path = NULL;
	struct world world;
	struct err err;

	(void)unused;
	begin(&world);
	path = scratch_file(world.dir, "main.cf", "theirs\n");
	assert_int_equal(changes_install(&world.changes, &err), -1);
	assert_non_null(strstr(err.text, "main.cf: somebody else changed it"));
	assert_int_equal(changes_undo(&world.changes, &err), 0);
	text = scratch_read(path);
	assert_string_equal(text, "theirs\n");
	assert_int_equal(unlink(path), 0);
	/* the others are undone, whatever becomes of this one */
	assert_int_equal(changes_undo(&world.changes, &err), -1);
	assert_non_null(strstr(err.text, "main.cf: No such file"));
	free(scratch_file(world.dir, "main.cf", "old\n"));
	all_are(&world, "old\n");
	end(&world);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
		cmocka_unit_test(damaged),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(somebody_else),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
