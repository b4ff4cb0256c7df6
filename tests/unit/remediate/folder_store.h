/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * folder_store - a mail store of plain directories, as a back end
 *
 * ROOT/OWNER/FOLDER/NAME is a message; ROOT/.quarantine/OWNER!FOLDER!NAME one
 * that was moved, and that name is its handle.  Each change is one rename(2), so
 * a process that is killed leaves it whole.  store_result, when not MAILBOX_DONE,
 * is what the next calls answer; store_hook, when set, says it of each call.
 */
#ifndef TESTS_FOLDER_STORE_H
#define TESTS_FOLDER_STORE_H

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "remediate/mailbox/profiles.h"
#include "tests/unit/scratch.h"

static const char *store_root;
static enum mailbox_result store_result = MAILBOX_DONE;
static enum mailbox_result store_found = MAILBOX_DONE;	/* of find() */
static unsigned store_opens, store_searches[2];	/* by Message-ID, queue id */
static bool store_vanishes;	/* a message moves before it can be moved */
static enum mailbox_result (*store_hook)(const char *call);
static enum mailbox_result store_answer;	/* of the last call that failed */
static void	(*store_point)(void);	/* called before and after each change */

enum { STORE_HEADER = 1 << 20 };

struct folder_box {
	struct mailbox	 box;
	char		 owner[128];
};

static inline void
point(void)
{
	if (store_point != NULL)
		store_point();
}

static inline char *
store_path(const char *owner, const char *rest)
{
	return mem_format("%s/%s/%s", store_root, owner, rest);
}

static inline enum mailbox_result
store_fails(const char *call, struct err *err)
{
	store_answer = store_hook != NULL ? store_hook(call) : store_result;
	if (store_answer != MAILBOX_DONE)
		err_set(err, ERR_LATER, "the store says no");
	return store_answer;
}

static inline enum mailbox_result
folder_open(const struct profile *profile, const char *owner,
    struct mailbox **out, struct err *err)
{
	own(str) char *dir = mem_format("%s/%s", store_root, owner);
	struct folder_box *box;

	store_opens++;
	if (store_fails("open", err) != MAILBOX_DONE)
		return store_answer;
	if (access(dir, F_OK) == -1) {
		err_set(err, ERR_NEVER, "no mailbox %s", owner);
		return MAILBOX_NOBODY;
	}
	box = mem_new(sizeof(*box));
	box->box.backend = profile->backend;
	box->box.profile = profile;
	snprintf(box->owner, sizeof(box->owner), "%s", owner);
	*out = &box->box;
	return MAILBOX_DONE;
}

static inline struct mailbox *
folder_close(struct mailbox *box)
{
	free(box);
	return NULL;
}

static inline bool
header_has(const char *path, const struct sought *wanted)
{
	own(str) char *text = scratch_read(path);

	return sought_has(wanted, text, strlen(text));
}

static inline bool
find_in_folder(struct folder_box *box, const char *folder,
    const struct sought *wanted, mailbox_each *each, void *arg)
{
	own(str) char *path = store_path(box->owner, folder);
	own(dir) DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		own(str) char *file = mem_format("%s/%s", path,
		    entry->d_name);
		own(str) char *key = mem_format("%s/%s", folder,
		    entry->d_name);
		struct found found = { (char *)folder, key, -1, 0 };
		struct stat st;

		if (entry->d_name[0] == '.' ||
		    !header_has(file, wanted))
			continue;
		if (stat(file, &st) == 0)
			found.received = st.st_mtim.tv_sec * INT64_C(1000);
		if (!each(arg, &found))
			return false;
	}
	return true;
}

static inline enum mailbox_result
folder_find(struct mailbox *mailbox, const struct sought *wanted,
    mailbox_each *each, void *arg, struct err *err)
{
	struct folder_box *box = (struct folder_box *)mailbox;
	own(str) char *path = store_path(box->owner, "");
	own(dir) DIR *dir = opendir(path);
	struct dirent *entry;

	if (sought_check(wanted, err) == -1)
		return MAILBOX_NEVER;
	store_searches[wanted->message_id == NULL]++;
	if (store_fails("find", err) != MAILBOX_DONE)
		return store_answer;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && !find_in_folder(box,
		    entry->d_name, wanted, each, arg))
			break;
	if (store_found != MAILBOX_DONE)
		err_set(err, ERR_LATER, "one folder is broken");
	return store_found;
}

static inline enum mailbox_result
folder_raw(struct mailbox *mailbox, const struct found *found, size_t max,
    struct buf *out, struct err *err)
{
	struct folder_box *box = (struct folder_box *)mailbox;
	own(str) char *path = store_path(box->owner, found->key);
	own(str) char *text = NULL;

	if (store_fails(max == STORE_HEADER ? "header" : "raw", err) !=
	    MAILBOX_DONE)
		return store_answer;
	if (access(path, F_OK) == -1)
		return MAILBOX_GONE;
	text = scratch_read(path);
	buf_text(out, text);
	return MAILBOX_DONE;
}

static inline enum mailbox_result
folder_header(struct mailbox *mailbox, const struct found *found,
    struct buf *out, struct err *err)
{
	return folder_raw(mailbox, found, STORE_HEADER, out, err);
}

static inline char *
handle_of(const struct folder_box *box, const char *key)
{
	char *handle = mem_format("%s!%s", box->owner, key);

	*strchr(handle, '/') = '!';
	return handle;
}

static inline enum mailbox_result
folder_quarantine(struct mailbox *mailbox, const struct found *found,
    struct buf *handle, struct err *err)
{
	struct folder_box *box = (struct folder_box *)mailbox;
	own(str) char *from = store_path(box->owner, found->key);
	own(str) char *name = handle_of(box, found->key);
	own(str) char *to = store_path(".quarantine", name);

	if (store_fails("quarantine", err) != MAILBOX_DONE)
		return store_answer;
	if (store_vanishes) {
		own(str) char *other = store_path(box->owner, "Later/moved");

		store_vanishes = false;
		assert_int_equal(rename(from, other), 0);
	}
	point();
	if (rename(from, to) == -1)
		return MAILBOX_GONE;
	point();
	buf_text(handle, name);
	return MAILBOX_DONE;
}

static inline enum mailbox_result
folder_moved(struct mailbox *mailbox, const char *message_id,
    const struct found *found, struct buf *handle, struct err *err)
{
	struct folder_box *box = (struct folder_box *)mailbox;
	own(str) char *name = handle_of(box, found->key);
	own(str) char *path = store_path(".quarantine", name);

	(void)message_id;
	if (store_fails("moved", err) != MAILBOX_DONE)
		return store_answer;
	if (access(path, F_OK) == -1)
		return MAILBOX_GONE;
	buf_text(handle, name);
	return MAILBOX_DONE;
}

static inline enum mailbox_result
folder_purge(struct mailbox *mailbox, const char *handle, struct err *err)
{
	own(str) char *path = store_path(".quarantine", handle);

	(void)mailbox;
	if (store_fails("purge", err) != MAILBOX_DONE)
		return store_answer;
	point();
	if (unlink(path) == -1)
		return MAILBOX_GONE;
	point();
	return MAILBOX_DONE;
}

static inline enum mailbox_result
folder_restore(struct mailbox *mailbox, const char *handle, struct err *err)
{
	own(str) char *from = store_path(".quarantine", handle);
	own(str) char *to = mem_format("%s/%s", store_root, handle);

	(void)mailbox;
	if (store_fails("restore", err) != MAILBOX_DONE)
		return store_answer;
	for (char *p = to + strlen(store_root); *p != '\0'; p++)
		if (*p == '!')
			*p = '/';
	point();
	if (rename(from, to) == -1)
		return MAILBOX_GONE;
	point();
	return MAILBOX_DONE;
}

static const struct mailbox_backend folder_backend = {
	.name = "folder", .open = folder_open, .close = folder_close,
	.find = folder_find, .header = folder_header, .raw = folder_raw,
	.quarantine = folder_quarantine, .moved = folder_moved,
	.purge = folder_purge, .restore = folder_restore,
};

#endif
