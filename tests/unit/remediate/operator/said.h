/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * said - what something writes to standard output and to standard error
 *
 *	said_begin(dir);
 *	code = command->run(&loop, argc, argv);
 *	said_end();
 *	assert_string_equal(said_out, "remediation was not stopped\n");
 */
#ifndef TESTS_SAID_H
#define TESTS_SAID_H

#include <fcntl.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static char said_out[16384], said_err[4096];
static int said_fds[2];
static char *said_paths[2];

static inline int
said_redirect(int fd, const char *path)
{
	int before = dup(fd), to = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(before != -1 && to != -1);
	assert_int_equal(dup2(to, fd), fd);
	close(to);
	return before;
}

/* said_begin - from now on; what was said before is forgotten */
static inline void
said_begin(const char *dir)
{
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		said_paths[i] = mem_format("%s/said%d", dir, i);
		said_fds[i] = said_redirect(i == 0 ? STDOUT_FILENO :
		    STDERR_FILENO, said_paths[i]);
	}
}

static inline void
said_end(void)
{
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		own(str) char *text = NULL;

		dup2(said_fds[i], i == 0 ? STDOUT_FILENO : STDERR_FILENO);
		close(said_fds[i]);
		text = scratch_read(said_paths[i]);
		snprintf(i == 0 ? said_out : said_err, i == 0 ?
		    sizeof(said_out) : sizeof(said_err), "%s", text);
		assert_int_equal(unlink(said_paths[i]), 0);
		free(said_paths[i]);
	}
}

#endif
