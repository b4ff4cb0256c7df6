/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * own - variables that clean up after themselves
 *
 *	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
 *	...
 *	*out_fd = fd_give(&fd);		-- now the caller's
 *
 * Four types only: fd, buf, str, dir.  Giving away is always written out.
 * errno survives the cleaning up.
 */
#ifndef BASE_OWN_H
#define BASE_OWN_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define own(type) __attribute__((cleanup(own_##type)))

static inline void
own_fd(int *fd)
{
	int saved = errno;

	if (*fd != -1)
		(void)close(*fd);
	errno = saved;
}

static inline void
own_str(char **str)
{
	free(*str);
}

static inline void
own_dir(DIR **dir)
{
	int saved = errno;

	if (*dir != NULL)
		(void)closedir(*dir);
	errno = saved;
}

/* fd_give - the descriptor, which is no longer ours */
static inline int
fd_give(int *fd)
{
	int given = *fd;

	*fd = -1;
	return given;
}

/* str_give - the string, which is no longer ours */
static inline char *
str_give(char **str)
{
	char *given = *str;

	*str = NULL;
	return given;
}

#endif
