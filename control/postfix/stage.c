/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies for postconf(1) to edit, and for diff(1) to compare: what is shown is
 * what postconf would write, and Postfix's own files are never half edited. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/mem.h"
#include "control/doctor/program.h"
#include "control/postfix/changes.h"

enum { PATIENCE = 30 };		/* seconds */

/* A directory for a moment. */
struct stage {
	char	*path;
	int	 fd;
};

static const char *const names[] = { "main.cf", "master.cf" };

static int
begin(struct stage *stage, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	stage->path = mem_format("%s/tdcctl.XXXXXX", tmp != NULL &&
	    *tmp == '/' ? tmp : "/tmp");
	stage->fd = -1;
	if (mkdtemp(stage->path) == NULL) {
		err_sys(err, "%s", stage->path);
		free(str_give(&stage->path));
		return -1;
	}
	stage->fd = open(stage->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return stage->fd != -1 ? 0 : err_sys(err, "%s", stage->path);
}

static void
end(struct stage *stage)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (stage->fd != -1)
			(void)unlinkat(stage->fd, names[i], 0);
	if (stage->fd != -1)
		(void)close(stage->fd);
	if (stage->path != NULL)
		(void)rmdir(stage->path);
	free(stage->path);
}

/* put - a copy, which is old at once (see SETTLED) */
static int
put(const struct stage *stage, const char *name, const struct buf *bytes,
    struct err *err)
{
	static const struct timespec old[2] = { { .tv_sec = 1 },
		{ .tv_sec = 1 } };

	if (atomic_file_save(stage->fd, name, bytes->data, bytes->len,
	    err) == -1)
		return err_wrap(err, "%s", stage->path);
	return utimensat(stage->fd, name, old, 0) == 0 ? 0 :
	    err_sys(err, "%s/%s", stage->path, name);
}

/* edit - have postconf do so; an empty value takes the line away */
static int
edit(const struct stage *stage, const char *option, const char *name,
    const char *value, struct err *err)
{
	own(str) char *text = value == NULL ? mem_text(name) :
	    mem_format("%s=%s", name, value);
	const char *const argv[] = { "postconf", "-c", stage->path, option,
		text, NULL };
	own(buf) struct buf said = BUF;
	struct err why;

	if (program_run(argv, PATIENCE, true, &said, &why) == 0)
		return 0;
	said.data[strcspn(said.data, "\n")] = '\0';
	return err_set(err, ERR_NEVER, "%s: %s", name, said.len > 0 ?
	    ESCAPE(said.data) : why.text);
}

static int
take(const struct stage *stage, const char *name, struct buf *out,
    struct err *err)
{
	own(str) char *path = mem_format("%s/%s", stage->path, name);

	buf_cut(out, 0);
	return change_read(path, out, err);
}

/* edit_postfix - main.cf and master.cf.  A list of main.cf that becomes empty
 * has no line. */
static int
edit_postfix(const struct stage *stage, struct changes *changes,
    const struct wiring *wiring, struct err *err)
{
	struct change *files = changes->files;

	if (put(stage, "main.cf", &files[CHANGE_MAIN].is, err) == -1 ||
	    put(stage, "master.cf", &files[CHANGE_MASTER].is, err) == -1)
		return -1;
	for (size_t i = 0; i < wiring->count; i++) {
		const struct wiring_edit *one = &wiring->edits[i];
		const char *value = *one->value == '\0' && !one->in_master ?
		    NULL : one->value;

		if (edit(stage, one->in_master ? "-P" : value == NULL ? "-X" :
		    "-e", one->where, value, err) == -1)
			return -1;
	}
	return take(stage, "main.cf", &files[CHANGE_MAIN].is, err) == 0 ?
	    take(stage, "master.cf", &files[CHANGE_MASTER].is, err) : -1;
}

/* edit_tdc - tdc.cf has the syntax of main.cf */
static int
edit_tdc(const struct stage *stage, struct changes *changes,
    const struct wiring *wiring, struct err *err)
{
	const struct { const char *name, *value; } edits[] = {
		{ "milter_socket", wiring->socket },
		{ "milter_socket_mode", wiring->mode },
		{ "milter_socket_group", wiring->group },
	};
	struct buf *is = &changes->files[CHANGE_TDC].is;

	if (put(stage, "main.cf", is, err) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++)
		if (edits[i].value != NULL && edit(stage, "-e", edits[i].name,
		    edits[i].value, err) == -1)
			return -1;
	return take(stage, "main.cf", is, err);
}

/* changes_stage - those of Postfix, then ours */
int
changes_stage(struct changes *changes, const struct wiring *wiring,
    struct err *err)
{
	struct stage stage = { .fd = -1 };
	int result = begin(&stage, err);

	if (result == 0 && wiring->count > 0)
		result = edit_postfix(&stage, changes, wiring, err);
	if (result == 0 && (wiring->socket != NULL || wiring->group != NULL ||
	    wiring->mode != NULL))
		result = edit_tdc(&stage, changes, wiring, err);
	end(&stage);
	return result;
}

/* print - no other control character than a tab goes to a terminal */
static void
print(struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (((unsigned char)text->data[i] < ' ' &&
		    text->data[i] != '\n' && text->data[i] != '\t') ||
		    text->data[i] == '\177')
			text->data[i] = '?';
	fwrite(text->data, 1, text->len, stdout);
}

/* show - one file.  The exit status of diff is 1 if there is a difference, so
 * whether it prints one tells. */
static int
show(const struct stage *stage, const struct change *change, struct err *err)
{
	own(str) char *was = mem_format("%s/%s", stage->path, names[0]);
	own(str) char *is = mem_format("%s/%s", stage->path, names[1]);
	const char *const argv[] = { "diff", "-u", "--label", change->path,
		"--label", change->path, was, is, NULL };
	own(buf) struct buf said = BUF;

	if (put(stage, names[0], &change->was, err) == -1 ||
	    put(stage, names[1], &change->is, err) == -1)
		return -1;
	if (program_run(argv, PATIENCE, false, &said, err) == -1 &&
	    said.len == 0)
		return -1;
	print(&said);
	return 0;
}

/* changes_show - the old on the left */
int
changes_show(const struct changes *changes, struct err *err)
{
	struct stage stage = { .fd = -1 };
	int result = begin(&stage, err);

	for (int i = 0; result == 0 && i < CHANGE_FILES; i++)
		if (change_any(&changes->files[i]))
			result = show(&stage, &changes->files[i], err);
	end(&stage);
	return result;
}
