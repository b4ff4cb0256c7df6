/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs themselves know best what they would refuse: certificates,
 * keys, name servers, the user.  So they are run with -n. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

/* programs_end - an exit code */
int
programs_end(pid_t pid)
{
	int status;

	if (AGAIN(waitpid(pid, &status, 0)) == -1)
		return EX_OSERR;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* after - the rest of a line that begins so; NULL: it does not */
static const char *
after(const char *line, const char *start)
{
	size_t n = strlen(start);

	return strncmp(line, start, n) == 0 ? line + n : NULL;
}

/* programs_beside - in our own directory */
char *
programs_beside(const char *name)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	if (n == -1)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	path = mem_format("%.*s/%s", slash != NULL ? (int)(slash - self) : 0,
	    self, name);
	if (access(path, X_OK) == -1) {
		free(path);
		return NULL;
	}
	return path;
}

/* spawn - with that descriptor as its fd, or as standard output and error; 0, or
 * an errno */
static int
spawn(const char *path, const char *const *arguments, int from, int fd,
    pid_t *out_pid)
{
	posix_spawn_file_actions_t actions;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, from, fd != PROGRAMS_BOTH ?
	    fd : STDOUT_FILENO);
	if (fd == PROGRAMS_BOTH)
		posix_spawn_file_actions_adddup2(&actions, from,
		    STDERR_FILENO);
	result = posix_spawn(out_pid, path, &actions, NULL,
	    (char *const *)arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

/* programs_start - and read what it writes there */
FILE *
programs_start(const char *path, const char *const *arguments, int fd,
    pid_t *out_pid)
{
	int fds[2];
	FILE *out;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return NULL;
	out = fdopen(fds[0], "r");
	if (out == NULL) {
		close(fds[0]);
	} else if ((errno = spawn(path, arguments, fds[1], fd,
	    out_pid)) != 0) {
		fclose(out);
		out = NULL;
	}
	close(fds[1]);
	return out;
}

/* take - one line of its output, unless it was heard already, of the other
 * program: an error is passed on as ours at once, the rest is kept */
static void
take(const char *name, char *line, const struct findings *findings,
    struct buf *heard)
{
	size_t length = strlen(name);
	own(str) char *whole = NULL;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, name, length) == 0 && line[length] == ':')
		line += length + 1 + (line[length + 1] == ' ');
	whole = mem_format("\n%s\n", line);
	if (strstr(heard->data, whole) != NULL)
		return;
	buf_text(heard, whole);
	if (after(line, "warning: ") == NULL && after(line, "note: ") == NULL) {
		finding_error(findings, line);
		(void)complain(EX_CONFIG, line);
	}
}

/* ask - run one program; an exit code */
static int
ask(const char *path, const char *name, const char *conf_file,
    const struct findings *findings, struct buf *heard)
{
	own(str) char *line = NULL;
	size_t size = 0;
	pid_t pid;
	FILE *out = programs_start(path, (const char *[]){ name, "-n", "-c",
	    conf_file, NULL }, STDERR_FILENO, &pid);

	if (out == NULL)
		return complain(EX_OSERR, "cannot start a program");
	while (getline(&line, &size, out) != -1)
		take(name, line, findings, heard);
	fclose(out);
	return programs_end(pid);
}

/* programs_check - what would keep them from starting */
int
programs_check(const char *conf_file, const struct findings *findings,
    struct buf *heard)
{
	static const char *const names[] = { "tdc-milter", "tdc-forwarder" };
	int result = EX_OK;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = programs_beside(names[i]);
		int code;

		if (path == NULL) {
			buf_format(heard, "\nwarning: %s is not in the "
			    "directory of tdcctl: skipped its own check\n",
			    names[i]);
			continue;
		}
		code = ask(path, names[i], conf_file, findings, heard);
		if (code != EX_OK)
			result = code;
	}
	return result;
}

/* programs_tell - what else they said */
void
programs_tell(const struct buf *heard, struct findings *findings)
{
	own(str) char *text = mem_text(heard->data);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		const char *warning = after(line, "warning: ");
		const char *note = after(line, "note: ");

		if (warning != NULL)
			finding_warn(findings, "%s", warning);
		else if (note != NULL)
			finding_note(findings, "%s", note);
	}
}
