/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mount name space of its own, as ProtectSystem= and its kin make it.  What is
 * hidden has an empty file system over it; what the test needs below that is
 * opened before, and mounted there again.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/asunit/asunit.h"

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* is_below - the directory itself, or in it */
static bool
is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (strcmp(directory, "/") == 0)
		return true;
	return strncmp(path, directory, length) == 0 &&
	    (path[length] == '/' || path[length] == '\0');
}

static bool
any_below(const struct words *paths, const char *directory)
{
	for (size_t i = 0; i < paths->count; i++)
		if (is_below(paths->word[i], directory))
			return true;
	return false;
}

static bool
below_any(const char *path, const struct words *directories)
{
	for (size_t i = 0; i < directories->count; i++)
		if (is_below(path, directories->word[i]))
			return true;
	return false;
}

static void
mount_or_end(const char *what, const char *where, const char *type,
    unsigned long flags, const char *options)
{
	if (mount(what, where, type, flags, options) == -1)
		err(EX_OSERR, "mount %s", where);
}

/* make_way - the directory, and those above it */
static void
make_way(const char *path)
{
	own(str) char *way = mem_text(path);

	for (char *at = strchr(way + 1, '/'); at != NULL;
	    at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(way, 0755);
		*at = '/';
	}
	(void)mkdir(way, 0755);
}

/* unescape - "\040" of mountinfo is a space */
static void
unescape(char *path)
{
	char *to = path;

	for (const char *at = path; *at != '\0'; at++)
		if (at[0] == '\\' && at[1] != '\0' && at[2] != '\0' &&
		    at[3] != '\0') {
			*to++ = (char)((at[1] - '0') << 6 |
			    (at[2] - '0') << 3 | (at[3] - '0'));
			at += 3;
		} else {
			*to++ = *at;
		}
	*to = '\0';
}

/* mounts_now - where something is mounted */
static struct words
mounts_now(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct words mounts = { 0 };
	char *line = NULL;
	size_t size = 0;

	if (file == NULL)
		err(EX_OSERR, "/proc/self/mountinfo");
	while (getline(&line, &size, file) > 0) {
		char where[4096];

		if (sscanf(line, "%*s %*s %*s %*s %4095s", where) == 1) {
			unescape(where);
			words_add(&mounts, where);
		}
	}
	free(line);
	fclose(file);
	return mounts;
}

/* remount - the same with one flag more */
static void
remount(const char *path, unsigned long flag)
{
	struct statvfs now;
	unsigned long flags = MS_REMOUNT | MS_BIND | flag;

	if (statvfs(path, &now) == -1)
		return;			/* under another mount, out of reach */
	flags |= now.f_flag & (ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC |
	    ST_NOATIME | ST_NODIRATIME);
	if (now.f_flag & ST_RELATIME)
		flags |= MS_RELATIME;
	if (mount(NULL, path, NULL, flags, NULL) == -1 && errno != EINVAL &&
	    errno != ENOENT)
		err(EX_OSERR, "remount %s", path);
}

/* restrict_below - a directory, and all that is mounted in it, but for what is
 * below these */
static void
restrict_below(const char *path, unsigned long flag,
    const struct words *except)
{
	struct words mounts;

	if (!is_there(path))
		return;
	mounts = mounts_now();
	if (!words_have(&mounts, path)) {
		mount_or_end(path, path, NULL, MS_BIND | MS_REC, NULL);
		mounts = mounts_now();
	}
	for (size_t i = 0; i < mounts.count; i++)
		if (is_below(mounts.word[i], path) &&
		    (except == NULL || !below_any(mounts.word[i], except)))
			remount(mounts.word[i], flag);
}

static void
hide_file(const char *path)
{
	char none[] = "/run/asunit.XXXXXX";
	own(fd) int fd = mkstemp(none);

	if (fd == -1 || fchmod(fd, 0) == -1)
		err(EX_OSERR, "%s", none);
	mount_or_end(none, path, NULL, MS_BIND, NULL);
	unlink(none);
}

/* hide - a directory; what of these is below it keeps its way */
static void
hide(const char *path, const char *mode, const struct places *places)
{
	struct stat st;
	bool way = any_below(&places->read, path) ||
	    any_below(&places->write, path);

	if (lstat(path, &st) == -1 || S_ISLNK(st.st_mode))
		return;
	if (S_ISDIR(st.st_mode))
		mount_or_end("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV,
		    way && strcmp(mode, "mode=0") == 0 ? "mode=755" : mode);
	else
		hide_file(path);
}

static int
open_place(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		err(EX_NOINPUT, "%s", path);
	return fd;
}

/* put - what a descriptor has open is mounted there */
static void
put(int fd, const char *where)
{
	own(str) char *from = mem_format("/proc/self/fd/%d", fd);

	mount_or_end(from, where, NULL, MS_BIND | MS_REC, NULL);
}

/* hide_ours - what belongs to people, and what to other programs */
static void
hide_ours(const struct unit *unit, const struct places *places)
{
	size_t count = places->read.count + places->write.count;
	int *fds = mem_grow(NULL, count + 1, sizeof(*fds));
	const char *path;

#define PLACE(i) ((i) < places->read.count ? places->read.word[i] : \
	places->write.word[(i) - places->read.count])
	for (size_t i = 0; i < count; i++)
		fds[i] = open_place(PLACE(i));
	if (unit->protect_home) {
		hide("/home", "mode=0", places);
		hide("/root", "mode=0", places);
		hide("/run/user", "mode=0", places);
	}
	if (unit->private_tmp) {
		hide("/tmp", "mode=1777", places);
		hide("/var/tmp", "mode=1777", places);
	}
	for (size_t i = 0; i < count; i++) {
		path = PLACE(i);
		make_way(path);
		put(fds[i], path);
		close(fds[i]);
	}
#undef PLACE
	free(fds);
}

/* new_devices - those that every program may use */
static void
new_devices(void)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} devices[] = {
		{ "/dev/null", 1, 3 }, { "/dev/zero", 1, 5 },
		{ "/dev/full", 1, 7 }, { "/dev/random", 1, 8 },
		{ "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
	};
	static const char *const others[] = { "/dev/pts", "/dev/shm",
		"/dev/mqueue" };
	own(fd) int before = open_place("/dev");
	own(str) char *from = mem_format("/proc/self/fd/%d", before);
	int fds[3];

	for (size_t i = 0; i < 3; i++)
		fds[i] = open(others[i], O_PATH | O_CLOEXEC);
	mount_or_end("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC,
	    "mode=755");
	umask(0);
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		if (mknod(devices[i].path, S_IFCHR | 0666,
		    makedev(devices[i].major, devices[i].minor)) == -1)
			err(EX_OSERR, "%s", devices[i].path);
	umask(022);
	for (size_t i = 0; i < 3; i++) {
		(void)mkdir(others[i], 0755);
		if (fds[i] == -1)
			continue;
		put(fds[i], others[i]);
		close(fds[i]);
	}
	/* a log daemon may come later, and again: so not its socket itself */
	(void)mkdir("/dev/before", 0755);
	mount_or_end(from, "/dev/before", NULL, MS_BIND, NULL);
	remount("/dev/before", MS_NODEV);
	remount("/dev/before", MS_RDONLY);
	if (symlink("/proc/self/fd", "/dev/fd") == -1 ||
	    symlink("/proc/self/fd/0", "/dev/stdin") == -1 ||
	    symlink("/proc/self/fd/1", "/dev/stdout") == -1 ||
	    symlink("/proc/self/fd/2", "/dev/stderr") == -1 ||
	    symlink("before/log", "/dev/log") == -1 ||
	    symlink("pts/ptmx", "/dev/ptmx") == -1)
		err(EX_OSERR, "/dev");
	remount("/dev", MS_RDONLY);
}

static void
protect_kernel(const struct unit *unit, const struct places *places)
{
	static const char *const tunables[] = { "/proc/acpi", "/proc/bus",
		"/proc/fs", "/proc/irq", "/proc/latency_stats", "/proc/mtrr",
		"/proc/scsi", "/proc/sys", "/proc/sysrq-trigger",
		"/proc/timer_stats" };

	if (unit->protect_proc)
		mount_or_end("proc", "/proc", "proc",
		    MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible");
	if (unit->protect_tunables) {
		struct words except = { 0 };

		words_add(&except, "/sys/fs/cgroup");
		restrict_below("/sys", MS_RDONLY, &except);
		for (size_t i = 0; i < sizeof(tunables) / sizeof(*tunables); i++)
			restrict_below(tunables[i], MS_RDONLY, NULL);
		hide("/proc/kallsyms", "mode=0", places);
		hide("/proc/kcore", "mode=0", places);
	}
	if (unit->protect_cgroups)
		restrict_below("/sys/fs/cgroup", MS_RDONLY, NULL);
	if (unit->protect_logs)
		hide("/proc/kmsg", "mode=0", places);
	if (unit->protect_modules)
		hide("/usr/lib/modules", "mode=0", places);
}

/* named - a path of a list; one that need not be there begins with "-" */
static const char *
named(const struct unit *unit, const char *word)
{
	const char *path = word + (*word == '-');

	if (*path != '/')
		errx(EX_CONFIG, "%s: a path like %s is not known here",
		    unit->path, word);
	if (*word == '/' && !is_there(path))
		errx(EX_CONFIG, "%s: there is no %s here", unit->path, path);
	return path;
}

static void
protect_files(const struct unit *unit, const struct places *places)
{
	struct words open = { 0 };

	words_add(&open, "/dev");
	words_add(&open, "/proc");
	words_add(&open, "/sys");
	if (unit->private_tmp) {
		words_add(&open, "/tmp");
		words_add(&open, "/var/tmp");
	}
	for (size_t i = 0; i < places->write.count; i++)
		words_add(&open, places->write.word[i]);
	for (size_t i = 0; i < unit->read_write.count; i++) {
		const char *path = named(unit, unit->read_write.word[i]);

		if (is_there(path))
			mount_or_end(path, path, NULL, MS_BIND | MS_REC, NULL);
		words_add(&open, path);
	}
	if (unit->protect_system)
		restrict_below("/", MS_RDONLY, &open);
	for (size_t i = 0; i < places->read.count; i++)
		restrict_below(places->read.word[i], MS_RDONLY, &places->write);
	for (size_t i = 0; i < unit->read_only.count; i++)
		restrict_below(named(unit, unit->read_only.word[i]), MS_RDONLY,
		    &open);
	for (size_t i = 0; i < unit->no_exec.count; i++)
		restrict_below(named(unit, unit->no_exec.word[i]), MS_NOEXEC,
		    &places->read);
	for (size_t i = 0; i < unit->inaccessible.count; i++)
		hide(named(unit, unit->inaccessible.word[i]), "mode=0", places);
}

void
places_apart(const struct unit *unit, const struct places *places)
{
	if (unshare(CLONE_NEWNS | (unit->protect_hostname ? CLONE_NEWUTS : 0) |
	    (unit->private_network ? CLONE_NEWNET : 0)) == -1)
		err(EX_OSERR, "unshare");
	umask(022);
	mount_or_end(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
	hide_ours(unit, places);
	if (unit->private_devices)
		new_devices();
	protect_kernel(unit, places);
	protect_files(unit, places);
	if (chdir("/") == -1)
		err(EX_OSERR, "/");
}
