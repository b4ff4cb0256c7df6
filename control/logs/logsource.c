/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/logs/logsource.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/again.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/logs/reader.h"

/* A line of the greatest length, its LF, and as much again, so that few bytes
 * are moved. */
enum { ROOM = 4 * LOGSOURCE_LINE_MAX };

static void
begin(struct logsource *source, const char *name, int fd)
{
	*source = (struct logsource){ .name = name, .fd = fd, .child = -1,
		.said = -1, .bytes = mem_new(ROOM + 1) };
}

/* packed_by - the program that made these bytes; NULL: they are plain */
static const char *
packed_by(int fd)
{
	static const struct { const char *program, *bytes; size_t n; } kinds[] = {
		{ "gzip", "\x1f\x8b", 2 }, { "xz", "\xfd" "7zXZ", 5 },
		{ "zstd", "\x28\xb5\x2f\xfd", 4 }, { "bzip2", "BZh", 3 },
	};
	char head[8] = "";

	if (AGAIN(pread(fd, head, sizeof(head), 0)) <= 0)
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (memcmp(head, kinds[i].bytes, kinds[i].n) == 0)
			return kinds[i].program;
	return NULL;
}

/* unpack - read from a child that does it */
static int
unpack(struct logsource *source, const char *program, struct err *err)
{
	const char *const argv[] = { program, "-dc", NULL };
	own(fd) int packed = fd_give(&source->fd);

	if (reader_start(argv, packed, &source->fd, &source->said,
	    &source->child, err) == -1)
		return err_wrap(err, "%s", source->name);
	return 0;
}

/* logsource_take - a file from its begin, also one that was read before */
int
logsource_take(struct logsource *source, int fd, const char *name,
    struct err *err)
{
	const char *program;
	struct stat st;

	begin(source, name, fd);
	if (fstat(fd, &st) == -1 || S_ISDIR(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : errno;
		err_sys(err, "%s", name);
		(void)logsource_close(source, &(struct err){ .sys = 0 });
		return -1;
	}
	source->changed = (int64_t)(S_ISREG(st.st_mode) ? st.st_mtim.tv_sec :
	    time(NULL)) * 1000 + 999;
	if (!S_ISREG(st.st_mode))
		return 0;
	(void)lseek(fd, 0, SEEK_SET);
	program = packed_by(fd);
	if (program != NULL && unpack(source, program, err) == -1) {
		(void)logsource_close(source, &(struct err){ .sys = 0 });
		return -1;
	}
	return 0;
}

/* logsource_open - by its path */
int
logsource_open(struct logsource *source, const char *path, struct err *err)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1)
		return err_sys(err, "%s", path);
	return logsource_take(source, fd_give(&fd), path, err);
}

/* logsource_journal - what mail programs wrote to it */
int
logsource_journal(struct logsource *source, int64_t since, struct err *err)
{
	own(str) char *from = mem_format("--since=@%lld",
	    (long long)(since / 1000));
	const char *const argv[] = { "journalctl", "--quiet", "--no-pager", "--all",
		"--output=short-iso-precise", from, "SYSLOG_FACILITY=2", "+",
		"SYSLOG_IDENTIFIER=tdc-milter", "SYSLOG_IDENTIFIER=tdc-forwarder",
		"SYSLOG_IDENTIFIER=opendkim", "SYSLOG_IDENTIFIER=opendmarc",
		"SYSLOG_IDENTIFIER=rspamd", "SYSLOG_IDENTIFIER=spamd",
		"SYSLOG_IDENTIFIER=amavis", "SYSLOG_IDENTIFIER=clamav-milter",
		NULL };

	begin(source, "the journal", -1);
	source->changed = (int64_t)time(NULL) * 1000;
	if (reader_start(argv, -1, &source->fd, &source->said, &source->child,
	    err) == 0)
		return 0;
	(void)logsource_close(source, &(struct err){ .sys = 0 });
	return -1;
}

/* fill - more bytes behind those that are there; false: there are none */
static bool
fill(struct logsource *source)
{
	ssize_t n;

	if (source->ended)
		return false;
	memmove(source->bytes, source->bytes + source->begin,
	    source->end - source->begin);
	source->end -= source->begin;
	source->begin = 0;
	n = AGAIN(read(source->fd, source->bytes + source->end,
	    ROOM - source->end));
	if (n == -1)
		source->failed = errno;
	if (n <= 0)
		source->ended = true;
	else
		source->end += (size_t)n;
	return n > 0;
}

/* give - so many bytes, of which the last may be the LF */
static void
give(struct logsource *source, size_t n, size_t used, char **out, size_t *out_n)
{
	*out = source->bytes + source->begin;
	*out_n = n;
	(*out)[n] = '\0';
	source->begin += used;
}

/* pass - the rest of a line that was too long; false: it goes on */
static bool
pass(struct logsource *source)
{
	char *from = source->bytes + source->begin;
	char *lf = memchr(from, '\n', source->end - source->begin);

	if (lf == NULL) {
		source->begin = source->end;
		return source->ended;
	}
	source->begin += (size_t)(lf + 1 - from);
	source->passing = false;
	return true;
}

/* logsource_next - the next line */
bool
logsource_next(struct logsource *source, char **out, size_t *out_n)
{
	size_t seen = 0;

	while (source->passing && !pass(source))
		(void)fill(source);
	source->cut = false;
	for (;;) {
		char *from = source->bytes + source->begin;
		size_t n = source->end - source->begin;
		char *lf = memchr(from + seen, '\n', n - seen);

		if (lf != NULL && lf - from <= LOGSOURCE_LINE_MAX) {
			give(source, (size_t)(lf - from),
			    (size_t)(lf - from) + 1, out, out_n);
			return true;
		}
		/* The next byte is no LF, and goes for the NUL. */
		if (n > LOGSOURCE_LINE_MAX) {
			source->cut = source->passing = true;
			give(source, LOGSOURCE_LINE_MAX, LOGSOURCE_LINE_MAX + 1, out,
			    out_n);
			return true;
		}
		seen = n;
		if (fill(source))
			continue;
		if (n == 0)
			return false;
		give(source, n, n, out, out_n);
		return true;
	}
}

/* logsource_close - was all of it read? */
int
logsource_close(struct logsource *source, struct err *err)
{
	int result = 0;

	if (source->failed != 0) {
		errno = source->failed;
		result = err_sys(err, "%s", source->name);
	}
	if (source->fd != -1)
		close(source->fd);
	if (source->child != -1 && reader_end(source->child, source->said,
	    source->ended, source->name, err) == -1)
		result = -1;
	if (source->said != -1)
		close(source->said);
	free(source->bytes);
	*source = (struct logsource){ .fd = -1, .child = -1, .said = -1 };
	return result;
}
