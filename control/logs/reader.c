/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/logs/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/escape.h"
#include "base/libc.h"
#include "base/mem.h"
#include "base/own.h"

static const char *const places[] = { "/usr/bin", "/bin", "/usr/local/bin" };

/* set_up - what it finds open, and how signals are; an errno */
static int
set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr,
    const int fds[3])
{
	sigset_t none, all;
	int error = 0;

	sigemptyset(&none);
	sigfillset(&all);
	if (fds[0] == -1)
		error = posix_spawn_file_actions_addopen(files, STDIN_FILENO,
		    "/dev/null", O_RDONLY, 0);
	for (int fd = fds[0] == -1; error == 0 && fd < 3; fd++)
		error = posix_spawn_file_actions_adddup2(files, fds[fd], fd);
	if (error != 0 ||
	    (error = posix_spawn_file_actions_addclosefrom_np(files, 3)) != 0 ||
	    (error = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
	    (error = posix_spawnattr_setsigdefault(attr, &all)) != 0)
		return error;
	return posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* spawn - wherever it is; an errno */
static int
spawn(const char *const *argv, const int fds[3], pid_t *out)
{
	char *const environment[] = { (char *)"LC_ALL=C",
	    (char *)"PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	error = set_up(&files, &attr, fds);
	for (size_t i = 0; error == 0 || error == ENOENT; i++) {
		own(str) char *path = NULL;

		if (i == sizeof(places) / sizeof(*places))
			break;
		path = mem_format("%s/%s", places[i], argv[0]);
		error = posix_spawn(out, path, &files, &attr,
		    (char *const *)argv, environment);
		if (error == 0)
			break;
	}
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* reader_start - with pipes */
int
reader_start(const char *const *argv, int input, int *out_fd, int *out_said,
    pid_t *out_pid, struct err *err)
{
	own(fd) int said = memfd_create("said", MFD_CLOEXEC), in = -1, to = -1;
	int fds[2];

	if (said == -1 || pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(err, "%s", argv[0]);
	in = fds[0];
	to = fds[1];
	errno = spawn(argv, (const int[]){ input, to, said }, out_pid);
	if (errno != 0)
		return err_sys(err, "%s", argv[0]);
	*out_fd = fd_give(&in);
	*out_said = fd_give(&said);
	return 0;
}

/* reader_end - how it went */
int
reader_end(pid_t pid, int said, bool ended, const char *name, struct err *err)
{
	char text[300] = "";
	int status = 0;

	if (!ended)
		(void)kill(pid, SIGTERM);
	if (AGAIN(waitpid(pid, &status, 0)) == -1 || !ended)
		return 0;
	if (AGAIN(pread(said, text, sizeof(text) - 1, 0)) == -1)
		*text = '\0';
	text[strcspn(text + strspn(text, "\n"), "\n") + strspn(text, "\n")] =
	    '\0';
	if (*text != '\0')
		return err_set(err, ERR_NEVER, "%s: %s", name,
		    ESCAPE(text + strspn(text, "\n")));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(err, ERR_NEVER, "%s: it could not be read to its end",
	    name);
}
