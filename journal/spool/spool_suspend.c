/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool_suspend.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/group_readable.h"
#include "base/own.h"
#include "base/utf8.h"
#include "journal/spool/spool_private.h"

#define NEXT "." SPOOL_SUSPENDED
#define DAMAGED SPOOL_SUSPENDED SPOOL_DAMAGED

enum { FILE_MAX = 2 << 20 };

/* spool_suspensions - what the file says */
int
spool_suspensions(const struct spool *spool, struct suspensions *out,
    struct err *err)
{
	own(buf) struct buf text = BUF;
	int status = atomic_file_load(spool->dir, SPOOL_SUSPENDED, FILE_MAX,
	    &text, err);

	if (status == 0)
		return 0;
	if (status == -1)
		return err_wrap(err, "spool");
	if (strlen(text.data) != text.len)
		return err_set(err, ERR_NEVER, "spool: '" SPOOL_SUSPENDED
		    "' is no text");
	if (suspensions_parse(text.data, out, err) == -1)
		return err_wrap(err, "spool: '" SPOOL_SUSPENDED "'");
	return 1;
}

/* spool_suspensions_show - as the directory is set up now */
void
spool_suspensions_show(const struct spool *spool)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_SUSPENDED, O_RDONLY);
	struct err ignored;

	if (fd != -1)
		(void)group_readable(spool->dir, fd, SPOOL_SUSPENDED,
		    &ignored);
}

/* spool_suspensions_stamp - to see that it is another */
void
spool_suspensions_stamp(const struct spool *spool, struct spool_stamp *out)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (AGAIN(fstatat(spool->dir, SPOOL_SUSPENDED, &st,
	    AT_SYMLINK_NOFOLLOW)) == -1)
		return;
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	out->changed = st.st_ctim;
}

/* spool_stamp_same - nothing has changed between them */
bool
spool_stamp_same(const struct spool_stamp *a, const struct spool_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	    a->changed.tv_sec == b->changed.tv_sec &&
	    a->changed.tv_nsec == b->changed.tv_nsec;
}

/* ---- changes ---- */

/* lock - until the descriptor is closed; -1 */
static int
lock(const struct spool *spool, struct err *err)
{
	own(fd) int fd = spool_openat(spool->dir, ".", O_RDONLY | O_DIRECTORY);

	if (fd == -1 || AGAIN(flock(fd, LOCK_EX)) == -1)
		return err_sys(err, "spool: lock directory");
	return fd_give(&fd);
}

static int
write_next(const struct spool *spool, const struct buf *text, struct err *err)
{
	own(fd) int fd = -1;
	struct err ignored;

	(void)AGAIN(unlinkat(spool->dir, NEXT, 0));
	fd = spool_openat(spool->dir, NEXT, O_WRONLY | O_CREAT | O_EXCL);
	if (fd == -1 || again_write(fd, text->data, text->len) == -1 ||
	    (spool->sync && AGAIN(fsync(fd)) == -1))
		return err_sys(err, "spool: write '" NEXT "'");
	(void)group_readable(spool->dir, fd, SPOOL_SUSPENDED, &ignored);
	return 0;
}

/* save - in place of what is there; whether it is durable */
static int
save(const struct spool *spool, const struct suspensions *all,
    struct err *err)
{
	own(buf) struct buf text = BUF;

	suspensions_format(all, &text);
	if (write_next(spool, &text, err) == -1)
		return -1;
	if (AGAIN(renameat(spool->dir, NEXT, spool->dir,
	    SPOOL_SUSPENDED)) == -1)
		return err_sys(err, "spool: rename '" NEXT "'");
	return spool_sync_dir(spool, spool->dir, err);
}

/* is_intake - printable, and of no characters that are in none */
static bool
is_intake(const char *text)
{
	const char *at = strrchr(text, '@');

	if (*text == '\0' || strlen(text) > SUSPENSION_INTAKE || at == text ||
	    (at != NULL && at[1] == '\0'))
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("<>,\"\\", *text))
			return false;
	return true;
}

/* is_reason - text in one line, as it stands in JSON */
static bool
is_reason(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '\\')
			return false;
	return strlen(text) <= SUSPENSION_REASON && utf8_is(text, strlen(text));
}

/* check - what is to be added */
static int
check(const struct suspension *one, const struct suspensions *all,
    struct err *err)
{
	if (!is_intake(one->intake))
		return err_set(err, ERR_NEVER, "'%.60s' is neither an intake "
		    "domain nor an intake address", one->intake);
	if (!is_reason(one->reason))
		return err_set(err, ERR_NEVER, "a reason is one line of UTF-8 "
		    "without a backslash, of at most %d octets",
		    SUSPENSION_REASON);
	if (all->count >= SUSPENSIONS_MAX)
		return err_set(err, ERR_NEVER, "there are %d suspensions "
		    "already", SUSPENSIONS_MAX);
	return 0;
}

/* end_same - one for the very same intake goes on as the next */
static void
end_same(struct suspensions *all, const char *intake, int64_t now)
{
	for (size_t i = 0; i < all->count; i++) {
		struct suspension *one = &all->list[i];

		if (suspension_lasts(one, now) &&
		    strcasecmp(one->intake, intake) == 0)
			one->until = now > one->from ? now : one->from;
	}
}

/* spool_suspend - from now on */
int
spool_suspend(struct spool *spool, const struct suspension *wish,
    int64_t lifetime, struct err *err)
{
	own(fd) int fd = lock(spool, err);
	struct suspensions all = { 0 };
	struct suspension one = *wish;
	int result = -1;

	if (fd == -1 || spool_suspensions(spool, &all, err) == -1)
		return -1;
	one.from = clock_wall();
	suspensions_prune(&all, lifetime, one.from);
	if (check(&one, &all, err) == 0) {
		end_same(&all, one.intake, one.from);
		suspensions_add(&all, &one);
		result = save(spool, &all, err);
	}
	suspensions_drop(&all);
	return result;
}

/* begin_again - a damaged file is a person's to look at, and copies that may be
 * old because of it begin their lives */
static int
begin_again(const struct spool *spool, struct err *err)
{
	struct suspension past = { .intake = (char *)SUSPENSION_ALL,
	    .from = 1, .until = clock_wall(), .uid = getuid(),
	    .reason = (char *)"the file was damaged" };
	struct suspensions all = { 0 };
	int result;

	/* its name stays until the next takes it: without one, copies died */
	(void)AGAIN(unlinkat(spool->dir, DAMAGED, 0));
	if (AGAIN(linkat(spool->dir, SPOOL_SUSPENDED, spool->dir, DAMAGED,
	    0)) == -1)
		return err_sys(err, "spool: link '" DAMAGED "'");
	suspensions_add(&all, &past);
	result = save(spool, &all, err);
	suspensions_drop(&all);
	return result == -1 ? -1 : 1;
}

/* spool_resume - now */
int
spool_resume(struct spool *spool, const char *intake, int64_t lifetime,
    struct err *err)
{
	own(fd) int fd = lock(spool, err);
	struct suspensions all = { 0 };
	int64_t now = clock_wall();
	int count;

	if (fd == -1)
		return -1;
	if (spool_suspensions(spool, &all, err) == -1)
		return err->kind == ERR_NEVER &&
		    strcmp(intake, SUSPENSION_ALL) == 0 ?
		    begin_again(spool, err) : -1;
	suspensions_prune(&all, lifetime, now);
	count = (int)suspensions_end(&all, intake, now);
	if (count > 0 && save(spool, &all, err) == -1)
		count = -1;
	suspensions_drop(&all);
	return count;
}
