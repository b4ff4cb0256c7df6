/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/record.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/mem.h"

#define DIRECTORY "tdc-enable"
#define MANIFEST "manifest.json"

enum { VERSION_1 = 1, MOST = 4 << 20 };

static const char *const names[CHANGE_FILES] = {
	[CHANGE_TDC] = "tdc.cf",
	[CHANGE_MAIN] = "main.cf",
	[CHANGE_MASTER] = "master.cf",
};
static const char *const states[] = {
	[RECORD_BEGUN] = "begun",
	[RECORD_DONE] = "done",
	[RECORD_LEAVING] = "leaving",
};

/* open_directory - -1 with errno; ENOENT: there is none */
static int
open_directory(const char *config_directory)
{
	own(str) char *path = mem_format("%s/" DIRECTORY, config_directory);

	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* ---- the manifest ---- */

static json_t *
pack_file(const struct change *change)
{
	const struct stat *like = &change->like;

	return json_pack("{s:s, s:i, s:i, s:i, s:I, s:I}",
	    "path", change->path, "mode", (int)like->st_mode,
	    "uid", (int)like->st_uid, "gid", (int)like->st_gid,
	    "mtime", (json_int_t)like->st_mtim.tv_sec,
	    "mtime_ns", (json_int_t)like->st_mtim.tv_nsec);
}

static int
save_manifest(int directory, const struct record *record, struct err *err)
{
	json_t *files = json_object(), *manifest;
	own(str) char *text = NULL;

	for (int i = 0; i < CHANGE_FILES; i++)
		if (record->changes.files[i].path != NULL)
			json_object_set_new(files, names[i],
			    pack_file(&record->changes.files[i]));
	manifest = json_pack("{s:i, s:s, s:b, s:o}",
	    "version", VERSION_1, "state", states[record->state],
	    "named", record->named, "files", files);
	if (record->made != NULL)
		json_object_set_new(manifest, "made",
		    json_string(record->made));
	text = manifest == NULL ? NULL : json_dumps(manifest, JSON_INDENT(1));
	json_decref(manifest);
	if (text == NULL)
		return err_set(err, ERR_LATER, "a path is no UTF-8");
	return atomic_file_save(directory, MANIFEST, text, strlen(text), err);
}

static int
unpack_file(json_t *file, struct change *change)
{
	json_int_t mtime, nanoseconds;
	int mode, uid, gid;
	const char *path;

	if (json_unpack(file, "{s:s, s:i, s:i, s:i, s:I, s:I}",
	    "path", &path, "mode", &mode, "uid", &uid, "gid", &gid,
	    "mtime", &mtime, "mtime_ns", &nanoseconds) == -1 || *path != '/')
		return -1;
	change->path = mem_text(path);
	change->like = (struct stat){ .st_mode = (mode_t)mode,
		.st_uid = (uid_t)uid, .st_gid = (gid_t)gid,
		.st_mtim = { (time_t)mtime, (long)nanoseconds } };
	return 0;
}

static int
unpack(json_t *manifest, struct record *out)
{
	const char *state, *made = NULL;
	json_t *files, *file;
	int version, named;

	if (json_unpack(manifest, "{s:i, s:s, s:b, s:o, s?:s}",
	    "version", &version, "state", &state, "named", &named,
	    "files", &files, "made", &made) == -1 || version != VERSION_1)
		return -1;
	for (enum record_state i = RECORD_BEGUN; i <= RECORD_LEAVING; i++)
		if (strcmp(state, states[i]) == 0)
			out->state = i;
	out->named = named != 0;
	if (made != NULL)
		out->made = mem_text(made);
	for (int i = 0; i < CHANGE_FILES; i++) {
		file = json_object_get(files, names[i]);
		if (file != NULL &&
		    unpack_file(file, &out->changes.files[i]) == -1)
			return -1;
	}
	return out->state == RECORD_NONE ? -1 : 0;
}

/* ---- the files ---- */

static int
load_bytes(int directory, const char *name, const char *when, struct buf *out,
    struct err *err)
{
	own(str) char *file = mem_format("%s.%s", name, when);

	if (atomic_file_load(directory, file, MOST, out, err) == 1)
		return 0;
	return err_set(err, ERR_NEVER, "'%s' is missing", file);
}

static int
save_bytes(int directory, const char *name, const char *when,
    const struct buf *bytes, struct err *err)
{
	own(str) char *file = mem_format("%s.%s", name, when);

	return atomic_file_save(directory, file, bytes->data, bytes->len, err);
}

/* load - once the manifest is there */
static int
load(int directory, const char *text, struct record *out, struct err *err)
{
	json_t *manifest = json_loads(text, 0, NULL);
	int result = manifest == NULL ? -1 : unpack(manifest, out);

	json_decref(manifest);
	if (result == -1)
		return err_set(err, ERR_NEVER, "'" MANIFEST "' is damaged");
	for (int i = 0; i < CHANGE_FILES; i++) {
		struct change *change = &out->changes.files[i];

		if (change->path != NULL && (load_bytes(directory, names[i],
		    "before", &change->was, err) == -1 || load_bytes(directory,
		    names[i], "after", &change->is, err) == -1))
			return -1;
	}
	return 0;
}

/* record_load - of a directory that is root's */
int
record_load(struct record *out, const char *config_directory, struct err *err)
{
	own(fd) int directory = open_directory(config_directory);
	own(buf) struct buf text = BUF;
	struct stat st;
	int found;

	if (directory == -1 && errno == ENOENT)
		return 0;
	if (directory == -1 || fstat(directory, &st) == -1)
		return err_sys(err, "%s/" DIRECTORY, config_directory);
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(err, ERR_NEVER, "%s/" DIRECTORY " is not root's "
		    "alone: look at it, and remove it", config_directory);
	found = atomic_file_load(directory, MANIFEST, MOST, &text, err);
	if (found == 1 && load(directory, text.data, out, err) == -1)
		found = -1;
	return found == -1 ? err_wrap(err, "%s/" DIRECTORY " is of no use any "
	    "more, so remove it", config_directory) : 0;
}

/* make - the directory, if it is not there */
static int
make(const char *config_directory, struct err *err)
{
	own(str) char *path = mem_format("%s/" DIRECTORY, config_directory);
	int fd;

	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		return err_sys(err, "mkdir %s", path);
	fd = open_directory(config_directory);
	return fd != -1 ? fd : err_sys(err, "%s", path);
}

/* record_save - the bytes, then the manifest.  An older manifest goes first: it
 * would be about other bytes. */
int
record_save(const struct record *record, const char *config_directory,
    struct err *err)
{
	own(fd) int directory = make(config_directory, err);

	if (directory == -1)
		return -1;
	(void)unlinkat(directory, MANIFEST, 0);
	for (int i = 0; i < CHANGE_FILES; i++) {
		const struct change *change = &record->changes.files[i];

		if (change->path == NULL)
			continue;
		if (save_bytes(directory, names[i], "before", &change->was,
		    err) == -1 || save_bytes(directory, names[i], "after",
		    &change->is, err) == -1)
			return err_wrap(err, "%s/" DIRECTORY,
			    config_directory);
	}
	return save_manifest(directory, record, err);
}

/* record_state - in the manifest */
int
record_state(struct record *record, const char *config_directory,
    enum record_state state, struct err *err)
{
	own(fd) int directory = make(config_directory, err);

	record->state = state;
	return directory == -1 ? -1 : save_manifest(directory, record, err);
}

static void
copy(struct buf *to, const struct buf *from)
{
	buf_cut(to, 0);
	buf_bytes(to, from->data, from->len);
}

/* record_add - of each file that changes */
void
record_add(struct record *record, const struct changes *changes, bool named)
{
	for (int i = 0; i < CHANGE_FILES; i++) {
		const struct change *new = &changes->files[i];
		struct change *old = &record->changes.files[i];

		if (!change_any(new))
			continue;
		if (old->path == NULL || strcmp(old->path, new->path) != 0 ||
		    old->is.len != new->was.len || memcmp(old->is.data,
		    new->was.data, new->was.len) != 0) {
			free(old->path);
			old->path = mem_text(new->path);
			old->like = new->like;
			copy(&old->was, &new->was);
			record->named |= named;
		}
		copy(&old->is, &new->is);
	}
}

/* record_remove - the manifest first: what is left without it is nothing */
void
record_remove(const struct record *record, const char *config_directory)
{
	static const char *const others[] = { ".before", ".after" };
	own(str) char *path = mem_format("%s/" DIRECTORY, config_directory);
	own(fd) int directory = open_directory(config_directory);

	if (record->made != NULL)
		(void)rmdir(record->made);
	if (directory == -1)
		return;
	(void)unlinkat(directory, MANIFEST, 0);
	(void)unlinkat(directory, "." MANIFEST ".new", 0);
	for (int i = 0; i < CHANGE_FILES * 2; i++) {
		own(str) char *name = mem_format("%s%s", names[i / 2],
		    others[i % 2]);
		own(str) char *hidden = mem_format(".%s.new", name);

		(void)unlinkat(directory, name, 0);
		(void)unlinkat(directory, hidden, 0);
	}
	(void)rmdir(path);
}

/* record_drop - empty afterwards */
void
record_drop(struct record *record)
{
	changes_drop(&record->changes);
	free(record->made);
	*record = (struct record)RECORD;
}
