/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool_programs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/group_readable.h"
#include "base/helpers.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/spool_private.h"

enum { PIECE = 128, FORWARDER = 0, MILTER = 1 };

/* A piece of the file, as read. */
struct piece {
	struct spool_program program;
	uint64_t	 ticks;		/* when the process began, by the
					   kernel's count; 0: not known */
};

/* ---- processes ---- */

/* ticks_of - a pid alone may come again */
static uint64_t
ticks_of(long pid)
{
	enum { STATE = 3, STARTTIME = 22 };	/* fields in proc(5) */

	own(fd) int fd = -1;
	char path[48], text[1024];
	const char *at;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd != -1 ? AGAIN(read(fd, text, sizeof(text) - 1)) : 0;
	text[n > 0 ? n : 0] = '\0';
	at = strrchr(text, ')');	/* the name may hold anything */
	for (int i = STATE; at != NULL && i <= STARTTIME; i++)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtoull(at + 1, NULL, 10) : 0;
}

/* is_alive - the process that wrote a piece; /proc may be closed to us */
static bool
is_alive(const struct piece *piece)
{
	uint64_t ticks = ticks_of(piece->program.pid);

	if (ticks != 0 && piece->ticks != 0)
		return ticks == piece->ticks;
	return kill((pid_t)piece->program.pid, 0) == 0 || errno == EPERM;
}

/* ---- the file ---- */

/* format - a line, filled up with blanks */
static void
format(const struct spool_program *program, char out[PIECE])
{
	const struct spool_state *state = &program->state;
	own(str) char *text = mem_format("%ld %" PRIu64 " %s %" PRId64
	    " %" PRId64 " %d %u", program->pid, ticks_of(program->pid),
	    program->version, program->since, state->loaded, state->refused,
	    state->stale);
	size_t n = strlen(text);

	memset(out, ' ', PIECE);
	memcpy(out, text, n < PIECE - 1 ? n : PIECE - 1);
	out[PIECE - 1] = '\n';
}

static bool
number(char **text, uint64_t most, uint64_t *out)
{
	const char *word = strsep(text, " \n");

	return word != NULL && digits_parse(word, strlen(word), most, out);
}

/* parse - further words may follow */
static bool
parse(char *text, struct piece *out)
{
	uint64_t pid, since, loaded, refused, stale;
	const char *version;

	if (!number(&text, INT_MAX, &pid) || pid == 0 ||
	    !number(&text, UINT64_MAX, &out->ticks))
		return false;
	version = strsep(&text, " ");
	if (!number(&text, INT64_MAX, &since) ||
	    !number(&text, INT64_MAX, &loaded) ||
	    !number(&text, 1, &refused) || !number(&text, UINT_MAX, &stale))
		return false;
	out->program = (struct spool_program){ .pid = (long)pid,
	    .since = (int64_t)since, .state = { (int64_t)loaded, refused == 1,
	    (unsigned)stale } };
	snprintf(out->program.version, sizeof(out->program.version), "%s",
	    version);
	return true;
}

/* read_piece - false: nobody wrote there */
static bool
read_piece(const struct spool *spool, int slot, struct piece *out)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_PROGRAMS,
	    O_RDONLY | O_NONBLOCK);
	char text[PIECE + 1];
	ssize_t n = fd != -1 ? AGAIN(pread(fd, text, PIECE,
	    (off_t)slot * PIECE)) : 0;

	if (n < PIECE)
		return false;
	text[PIECE] = '\0';
	return parse(text, out);
}

static void
write_piece(const struct spool *spool, int slot,
    const struct spool_program *program)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_PROGRAMS,
	    O_RDWR | O_CREAT | O_NONBLOCK);
	char text[PIECE];
	struct err ignored;	/* who counts has said so */

	if (fd == -1)
		return;
	(void)group_writable(spool->dir, fd, SPOOL_PROGRAMS, &ignored);
	format(program, text);
	(void)AGAIN(pwrite(fd, text, PIECE, (off_t)slot * PIECE));
}

/* ---- who tells ---- */

/* spool_present - who we are, when we have our lock, new or again */
void
spool_present(struct spool *spool, int slot)
{
	struct spool_program *self = &spool->self;

	if (self->since == 0) {
		self->since = self->state.loaded = clock_wall();
		snprintf(self->version, sizeof(self->version), "%s", VERSION);
	}
	self->pid = (long)getpid();
	spool->slot = slot;
	write_piece(spool, slot, self);
}

/* What a helper writes. */
struct telling {
	struct errand	 errand;	/* comes first */
	struct spool	*spool;
	int		 slot;
	struct spool_program program;
};

static void
run(struct errand *errand)
{
	const struct telling *telling = (const void *)errand;

	write_piece(telling->spool, telling->slot, &telling->program);
}

static void
drop(struct errand *errand)
{
	struct telling *telling = (void *)errand;

	telling->spool->telling = false;
	free(telling);
}

static bool
is_same(const struct spool_state *one, const struct spool_state *other)
{
	return one->loaded == other->loaded &&
	    one->refused == other->refused && one->stale == other->stale;
}

/* spool_tell - when there is something new */
void
spool_tell(struct spool *spool, const struct spool_state *state)
{
	struct telling *telling;

	if (spool->slot == -1 || is_same(&spool->self.state, state) ||
	    spool->telling)
		return;		/* by the next time it may be done */
	spool->self.state = *state;
	if (spool->attend == -1) {
		write_piece(spool, spool->slot, &spool->self);
		return;
	}
	telling = mem_new(sizeof(*telling));
	telling->errand = (struct errand)ERRAND(run, drop);
	telling->spool = spool;
	telling->slot = spool->slot;
	telling->program = spool->self;
	spool->telling = true;
	helpers_give(spool->helpers, &telling->errand);
}

/* ---- who looks ---- */

/* spool_forwarder - the one that runs */
bool
spool_forwarder(const struct spool *spool, struct spool_program *out)
{
	struct piece piece;
	bool told = read_piece(spool, FORWARDER, &piece) && is_alive(&piece);
	long pid = spool_lock_holder(spool);

	*out = (struct spool_program){ .pid = pid };
	if (told && (pid == SPOOL_HIDDEN || pid == piece.program.pid))
		*out = piece.program;
	return out->pid > 0 || pid == -1;
}

/* milter_at - whether one has that piece; *out_pid is of an older program,
 * which locked the whole file, else 0 */
static bool
milter_at(int fd, int slot, long *out_pid)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = (off_t)slot * PIECE, .l_len = PIECE };
	char pid[32] = "";

	*out_pid = 0;
	if (AGAIN(fcntl(fd, F_OFD_GETLK, &range)) == -1 ||
	    range.l_type == F_UNLCK)
		return false;
	if (range.l_type == F_RDLCK)
		*out_pid = AGAIN(pread(fd, pid, sizeof(pid) - 1, 0)) > 0 ?
		    strtol(pid, NULL, 10) : -1;
	return true;
}

/* spool_milters - those that run */
size_t
spool_milters(const struct spool *spool, struct spool_program *out)
{
	own(fd) int fd = spool_openat(spool->dir, SPOOL_MILTER_LOCK, O_RDONLY);
	bool hidden = fd == -1 && errno == EACCES;
	size_t n = 0;

	for (int slot = MILTER; slot < MILTER + SPOOL_MILTERS; slot++) {
		struct piece piece;
		long pid = 0;
		bool told = read_piece(spool, slot, &piece) &&
		    is_alive(&piece);

		if (hidden ? !told : fd == -1 || !milter_at(fd, slot, &pid))
			continue;
		out[n] = (struct spool_program){ .pid = pid != 0 ? pid : -1 };
		if (told && pid == 0)
			out[n] = piece.program;
		n++;
		if (pid != 0)
			break;
	}
	return n;
}

/* spool_take_slot - one that no other milter has; -1: they have all */
int
spool_take_slot(int fd)
{
	for (int slot = MILTER; slot < MILTER + SPOOL_MILTERS; slot++) {
		struct flock range = { .l_type = F_WRLCK,
		    .l_whence = SEEK_SET, .l_start = (off_t)slot * PIECE,
		    .l_len = PIECE };

		if (AGAIN(fcntl(fd, F_OFD_SETLK, &range)) == 0)
			return slot;
	}
	return -1;
}
