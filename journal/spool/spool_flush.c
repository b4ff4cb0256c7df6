/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool_flush.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "journal/spool/spool_private.h"

enum { WISHES_MAX = 4096, DOMAIN_MAX = 255 };

/* open_wishes - locked: 1, or 0 when it was taken between our opening and our
 * locking it */
static int
open_wishes(const struct spool *spool, int *out_fd, off_t *out_size,
    struct err *err)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_FLUSH,
	    O_RDWR | O_CREAT | O_APPEND);
	struct stat st;

	if (fd == -1 || AGAIN(flock(fd, LOCK_EX)) == -1 ||
	    fstat(fd, &st) == -1)
		return err_sys(err, "spool: open '" SPOOL_FLUSH "'");
	if (st.st_nlink == 0)
		return 0;
	if (st.st_size > WISHES_MAX)
		return err_set(err, ERR_NEVER, "spool: '" SPOOL_FLUSH
		    "' has more than %d bytes already", WISHES_MAX);
	*out_fd = fd_give(&fd);
	*out_size = st.st_size;
	return 1;
}

/* spool_flush_ask - one more wish */
int
spool_flush_ask(struct spool *spool, const char *domain, struct err *err)
{
	own(fd) int fd = -1;
	own(buf) struct buf line = BUF;
	off_t size = 0;
	int status;

	if (strlen(domain) > DOMAIN_MAX || strpbrk(domain, " \t\r\n") != NULL)
		return err_set(err, ERR_NEVER, "'%.60s' is no intake domain",
		    domain);
	while ((status = open_wishes(spool, &fd, &size, err)) == 0)
		;
	if (status == -1)
		return -1;
	buf_format(&line, "%s\n", domain);
	if (AGAIN(write(fd, line.data, line.len)) == (ssize_t)line.len) {
		/* a reader that is told of the close shall find it unlocked */
		(void)flock(fd, LOCK_UN);
		return 0;
	}
	err_sys(err, "spool: write '" SPOOL_FLUSH "'");
	(void)AGAIN(ftruncate(fd, size));	/* not half a wish */
	return -1;
}

/* spool_flush_take - all of them, and they are fulfilled */
int
spool_flush_take(struct spool *spool, struct buf *out, struct err *err)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_FLUSH,
	    O_RDWR | O_NONBLOCK);
	char text[WISHES_MAX + DOMAIN_MAX + 1];
	ssize_t n;

	if (fd == -1)
		return errno == ENOENT ? 0 :
		    err_sys(err, "spool: open '" SPOOL_FLUSH "'");
	if (AGAIN(flock(fd, LOCK_EX | LOCK_NB)) == -1)
		return errno == EWOULDBLOCK ? 0 :
		    err_sys(err, "spool: lock '" SPOOL_FLUSH "'");
	n = AGAIN(pread(fd, text, sizeof(text), 0));
	if (n == -1)
		return err_sys(err, "spool: read '" SPOOL_FLUSH "'");
	/* a wish that stays for ever would be fulfilled for ever */
	if (AGAIN(unlinkat(spool->dir, SPOOL_FLUSH, 0)) == -1)
		return err_sys(err, "spool: unlink '" SPOOL_FLUSH "'");
	buf_bytes(out, text, (size_t)n);
	return 1;
}

/* spool_flush_pending - nobody has taken it yet */
bool
spool_flush_pending(const struct spool *spool)
{
	return faccessat(spool->dir, SPOOL_FLUSH, F_OK, 0) == 0;
}
