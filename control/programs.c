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

/* beside - the path of a program in our own directory; new; NULL: none */
static char *
beside(const char *name)
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

/* spawn - PATH -n -c FILE with this standard error; 0, or an errno */
static int
spawn(const char *path, const char *name, const char *conf_file, int err_fd,
    pid_t *out_pid)
{
	own(str) char *self = mem_text(name), *file = mem_text(conf_file);
	char look[] = "-n", from[] = "-c";
	char *argv[] = { self, look, from, file, NULL };
	posix_spawn_file_actions_t actions;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
	result = posix_spawn(out_pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return result;
}

/* start - spawn it; returns where to read its standard error, or NULL */
static FILE *
start(const char *path, const char *name, const char *conf_file,
    pid_t *out_pid)
{
	int fds[2];
	FILE *out;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return NULL;
	out = fdopen(fds[0], "r");
	if (out == NULL) {
		close(fds[0]);
	} else if ((errno = spawn(path, name, conf_file, fds[1],
	    out_pid)) != 0) {
		fclose(out);
		out = NULL;
	}
	close(fds[1]);
	return out;
}

/* What is heard of both programs. */
struct talk {
	struct findings	*findings;
	struct buf	 said;		/* errors, each after a line feed */
};

/* pass_on - pass on one line of its output as ours, unless it was said already,
 * by the other program */
static void
pass_on(const char *name, char *line, struct talk *talk)
{
	static const char warning[] = "warning: ", note[] = "note: ";
	size_t length = strlen(name);
	own(str) char *whole = NULL;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, name, length) == 0 && line[length] == ':')
		line += length + 1 + (line[length + 1] == ' ');
	if (strncmp(line, warning, strlen(warning)) == 0) {
		finding_warn(talk->findings, "%s", line + strlen(warning));
		return;
	}
	if (strncmp(line, note, strlen(note)) == 0) {
		finding_note(talk->findings, "%s", line + strlen(note));
		return;
	}
	whole = mem_format("\n%s\n", line);
	if (strstr(talk->said.data, whole) != NULL)
		return;
	buf_text(&talk->said, whole);
	(void)complain(EX_CONFIG, line);
}

/* ask - run one program; an exit code */
static int
ask(const char *path, const char *name, const char *conf_file,
    struct talk *talk)
{
	own(str) char *line = NULL;
	size_t size = 0;
	pid_t pid;
	FILE *out = start(path, name, conf_file, &pid);
	int status;

	if (out == NULL)
		return complain(EX_OSERR, "cannot start a program");
	while (getline(&line, &size, out) != -1)
		pass_on(name, line, talk);
	fclose(out);
	if (AGAIN(waitpid(pid, &status, 0)) == -1)
		return EX_OSERR;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

/* programs_check - what would keep them from starting */
int
programs_check(const char *conf_file, struct findings *findings)
{
	static const char *const names[] = { "tdc-milter", "tdc-forwarder" };
	struct talk talk = { findings, BUF };
	int result = EX_OK;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *path = beside(names[i]);
		int code;

		if (path == NULL) {
			finding_warn(findings, "%s is not in the directory of "
			    "tdcctl: skipped its own check", names[i]);
			continue;
		}
		fflush(stdout);
		code = ask(path, names[i], conf_file, &talk);
		if (code != EX_OK)
			result = code;
	}
	buf_drop(&talk.said);
	return result;
}
