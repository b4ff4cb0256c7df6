/* SPDX-License-Identifier: BSD-2-Clause */
/* Can copies be written, by the user of the programs, and is there room? */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/daemon/daemon.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/parts.h"
#include "control/doctor/doctor.h"
#include "control/doctor/filesystem.h"

enum { HISTORY_ROOM = 64 << 20 };	/* for some weeks, mostly */

/* may_use - the spool and its two directories, as the programs need them */
static int
may_use(void *arg, struct err *err)
{
	static const char *const names[] = { "", "/ready", "/failed" };
	const char *dir = arg;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = mem_format("%s%s", dir, names[i]);

		if (access(path, R_OK | W_OK | X_OK) == -1 &&
		    (i == 0 || errno != ENOENT))
			return err_sys(err, "%s", path);
	}
	return 0;
}

/* may_make - in this directory */
static int
may_make(void *arg, struct err *err)
{
	const char *dir = arg;

	return access(dir, W_OK | X_OK) == 0 ? 0 : err_sys(err, "%s", dir);
}

/* look_for - a spool that is not there yet: tdc-milter makes it, if it may */
static void
look_for(const struct conf *conf, const char *parent,
    struct findings *findings)
{
	own(str) char *dir = mem_text(parent);
	struct err err;

	if (access(parent, F_OK) == -1)
		finding_stop(findings, "spool_directory %s does not exist yet, "
		    "nor does %s, so it cannot be made: mkdir -p %s",
		    conf->spool_directory, parent, parent);
	else if (daemon_try(conf, may_make, dir, &err) == -1)
		finding_warn(findings, "spool_directory %s does not exist yet, "
		    "and only root can make it: install -d -o %s -m 700 %s",
		    conf->spool_directory, *conf->user != '\0' ? conf->user :
		    "root", conf->spool_directory);
	else
		finding_note(findings, "spool_directory %s does not exist yet: "
		    "it is made at the first start", conf->spool_directory);
}

/* largest - the largest message that Postfix and we take; 0: not known */
static int64_t
largest(const struct conf *conf, const struct postfix *postfix)
{
	int64_t theirs = postfix->known ? postfix->message_size_limit : 0;
	int64_t ours = conf->max_message_size;

	return ours > 0 && (theirs == 0 || ours < theirs) ? ours : theirs;
}

static void
look_at_space(const struct conf *conf, const struct statvfs *fs,
    int64_t message, struct findings *findings)
{
	int64_t left = (int64_t)(fs->f_bavail * fs->f_frsize);
	int64_t room = left - conf->min_free_space;

	if (left == 0 || room < 0)
		finding_stop(findings, "spool_directory %s: %" PRId64 "M are "
		    "free, and min_free_space is %" PRId64 "M: make room",
		    conf->spool_directory, left >> 20,
		    conf->min_free_space >> 20);
	else if (room < message)
		finding_warn(findings, "spool_directory %s: %" PRId64 "M are "
		    "free above min_free_space, less than the largest message "
		    "has that Postfix accepts (%" PRId64 "M): make room",
		    conf->spool_directory, room >> 20, message >> 20);
	if (fs->f_files > 0 && fs->f_favail == 0)
		finding_stop(findings, "spool_directory %s: the file system "
		    "has no inode free: delete files", conf->spool_directory);
}

/* kind_at - of the file system there */
static const struct fs_kind *
kind_at(const char *dir)
{
	struct statfs fs = { .f_type = 0 };

	(void)statfs(dir, &fs);
	return filesystem_kind((long)fs.f_type);
}

/* look_at_kind - does the spool's file system keep what it has confirmed? */
static void
look_at_kind(const char *spool, const char *dir, struct findings *findings)
{
	const struct fs_kind *kind = kind_at(dir);

	switch (kind->where) {
	case FS_DISK:
		break;
	case FS_MEMORY:
		finding_warn(findings, "spool_directory %s: its file system "
		    "(%s) is in memory, and copies are lost when this host "
		    "goes down: use a disk", spool, kind->name);
		break;
	case FS_LAYER:
		finding_note(findings, "spool_directory %s: its file system "
		    "(%s) may be that of a container, with which copies would "
		    "be lost: mount a volume there", spool, kind->name);
		break;
	case FS_NETWORK:
		finding_warn(findings, "spool_directory %s: its file system "
		    "(%s) is on another host: each copy waits for that one, "
		    "which must not confirm what is not on its disk, and no "
		    "other gateway may use that directory: use a disk of this "
		    "host", spool, kind->name);
		break;
	case FS_PROGRAM:
		finding_note(findings, "spool_directory %s: its file system "
		    "(%s) is a program's, and whether that keeps what it has "
		    "confirmed when the host goes down is not known: a disk of "
		    "this host does", spool, kind->name);
		break;
	}
}

/* look_at_disk - of the spool, or where it will be made */
static void
look_at_disk(const struct conf *conf, const char *dir, int64_t message,
    struct findings *findings)
{
	struct statvfs fs;

	if (statvfs(dir, &fs) == -1)
		return;
	if ((fs.f_flag & ST_RDONLY) != 0)
		finding_stop(findings, "spool_directory %s: its file system is "
		    "read-only: mount it to be written",
		    conf->spool_directory);
	look_at_space(conf, &fs, message, findings);
	look_at_kind(conf->spool_directory, dir, findings);
}

/* doctor_spool - can copies be written? */
void
doctor_spool(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	own(str) char *dir = mem_text(conf->spool_directory);
	own(str) char *parent = mem_text(dir);
	int64_t message = largest(conf, postfix);
	char *slash = strrchr(parent, '/');
	struct err err;

	slash[slash == parent] = '\0';
	if (!daemon_may_try(conf)) {
		finding_note(findings, "spool, logs and the way to the socket "
		    "are not looked at: be root or user %s", conf->user);
		return;
	}
	if (access(dir, F_OK) == -1) {
		look_for(conf, parent, findings);
		look_at_disk(conf, parent, message, findings);
		return;
	}
	if (daemon_try(conf, may_use, dir, &err) == -1 && err.sys != EROFS)
		finding_stop(findings, "spool_directory: %s: chown -R %s %s",
		    err.text, conf->user, dir);
	look_at_disk(conf, dir, message, findings);
}

/* ---- the history ---- */

static bool
is_with_spool(const struct conf *conf, const char *dir)
{
	struct stat one, other;

	return stat(conf->spool_directory, &one) == 0 &&
	    stat(dir, &other) == 0 && one.st_dev == other.st_dev;
}

/* look_at_history_room - what it takes copies may lack */
static void
look_at_history_room(const struct conf *conf, const char *dir,
    struct findings *findings)
{
	bool shared = is_with_spool(conf, dir);
	struct statvfs fs;
	int64_t room;

	if (statvfs(dir, &fs) == -1)
		return;
	room = (int64_t)(fs.f_bavail * fs.f_frsize) -
	    (shared ? conf->min_free_space : 0);
	if (room < 0)
		room = 0;
	if (room >= HISTORY_ROOM)
		return;
	if (shared)
		finding_warn(findings, "history_database %s grows on the file "
		    "system of spool_directory, where %" PRId64 "M are free "
		    "above min_free_space: make room, or move it to another",
		    conf->history_database, room >> 20);
	else
		finding_warn(findings, "history_database %s: %" PRId64 "M are "
		    "free, and without room nothing is written down: make room",
		    conf->history_database, room >> 20);
}

/* look_at_history_kind - SQLite needs a disk of this host */
static void
look_at_history_kind(const struct conf *conf, const char *dir,
    struct findings *findings)
{
	const struct fs_kind *kind = kind_at(dir);

	if (kind->where == FS_NETWORK)
		finding_warn(findings, "history_database %s: its file system "
		    "(%s) is on another host, where SQLite cannot share it "
		    "with tdcctl: use a disk of this host",
		    conf->history_database, kind->name);
	else if (kind->where == FS_MEMORY)
		finding_warn(findings, "history_database %s: its file system "
		    "(%s) is in memory, and the history is lost when this host "
		    "goes down: use a disk", conf->history_database,
		    kind->name);
}

/* doctor_history - is there a place for it? */
void
doctor_history(const struct conf *conf, struct findings *findings)
{
	own(str) char *dir = mem_text(conf->history_database);
	char *slash = strrchr(dir, '/');
	struct err err;

	if (!WITH_HISTORY || slash == NULL || !daemon_may_try(conf))
		return;
	slash[slash == dir] = '\0';
	if (access(dir, F_OK) == -1)
		finding_note(findings, "history_database: %s does not exist "
		    "yet: tdc-forwarder makes it if it starts as root, or: "
		    "install -d -o %s -m 750 %s", dir, *conf->user != '\0' ?
		    conf->user : "root", dir);
	else if (daemon_try(conf, may_make, dir, &err) == -1)
		finding_warn(findings, "history_database: %s: chown %s %s",
		    err.text, conf->user, dir);
	look_at_history_room(conf, dir, findings);
	look_at_history_kind(conf, dir, findings);
}
