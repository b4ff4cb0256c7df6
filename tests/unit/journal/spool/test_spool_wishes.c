/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator wishes of a spool, and what is told in it, while each call in
 * turn fails: it is done, or it is not and something says so; half a wish is
 * none.  A signal (EINTR) is no failure.
 *
 * WRAP: fcntl fdopendir flock fsetxattr fgetxattr fstat fstatat fsync ftruncate
 * WRAP: linkat openat pread pwrite read readdir renameat unlinkat write
 */
#include "journal/spool/spool_flush.h"
#include "journal/spool/spool_reason.h"
#include "journal/spool/spool_suspend.h"
#include "tests/unit/nth_spool.h"
#include "tests/unit/spool_rig.h"

NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

enum { LIFETIME = 1000 };

/* ---- what is done ---- */

static int
suspend(struct spool *spool, struct err *err)
{
	const struct suspension one = { .intake = (char *)"b.example",
	    .reason = (char *)"moving" };

	return spool_suspend(spool, &one, LIFETIME, err);
}

static int
resume(struct spool *spool, struct err *err)
{
	return spool_resume(spool, "a.example", LIFETIME, err);
}

static int
resume_all(struct spool *spool, struct err *err)
{
	return spool_resume(spool, SUSPENSION_ALL, LIFETIME, err);
}

static int
suspended(struct spool *spool, struct err *err)
{
	struct suspensions all = { 0 };
	int status = spool_suspensions(spool, &all, err);

	suspensions_drop(&all);
	return status;
}

static int
ask(struct spool *spool, struct err *err)
{
	return spool_flush_ask(spool, "b.example", err);
}

static int
take(struct spool *spool, struct err *err)
{
	own(buf) struct buf wishes = BUF;
	int status = spool_flush_take(spool, &wishes, err);

	/* the lines of who asked, or nothing */
	must(status == 1 ? strcmp(wishes.data, "a.example\n") == 0 :
	    wishes.len == 0);
	return status;
}

static int
purge(struct spool *spool, struct err *err)
{
	return spool_purge(spool, INT64_MAX, err);
}

/* reason - what cannot be kept, or read, is empty; never another one */
static int
reason(struct spool *spool, struct err *err)
{
	struct spool_entry entry = RIG_ENTRY(1);
	char text[SPOOL_REASON];

	spool_set_reason(spool, &entry, "451 later");
	spool_get_reason(spool, SPOOL_READY, &entry, text);
	must(*text == '\0' || strcmp(text, "451 later") == 0);
	return *text != '\0' ? 0 : err_set(err, ERR_LATER, "no reason");
}

/* ---- what was there ---- */

static void
add_suspension(struct spool *spool, const char *dir)
{
	const struct suspension one = { .intake = (char *)"a.example",
	    .reason = (char *)"" };
	struct err err;

	(void)dir;
	must(spool_suspend(spool, &one, LIFETIME, &err) == 0);
}

static void
damage(struct spool *spool, const char *dir)
{
	(void)spool;
	free(scratch_file(dir, SPOOL_SUSPENDED, "no JSON\n"));
}

static void
add_wish(struct spool *spool, const char *dir)
{
	struct err err;

	(void)dir;
	must(spool_flush_ask(spool, "a.example", &err) == 0);
}

static void
add_copies(struct spool *spool, const char *dir)
{
	own(buf) struct buf message = rig_message(1000);
	struct spool_entry entry = RIG_ENTRY(2);
	struct err err;

	(void)dir;
	for (uint64_t mid = 1; mid <= 2; mid++)
		rig_commit(spool, &message, mid);
	must(spool_keep(spool, &entry, 0, &err) == 1);
}

/* ---- what is there then ---- */

static void
suspended_once(const struct spool *spool, bool done)
{
	struct suspensions all = { 0 };
	struct err err;
	size_t lasting = 0;

	must(spool_suspensions(spool, &all, &err) == 1);
	for (size_t i = 0; i < all.count; i++)
		lasting += all.list[i].until == 0;
	/* the last fsync tells nobody what is there: it may be new */
	must(lasting == 2 || (!done && lasting == 1));
	suspensions_drop(&all);
}

/* whole_wishes - a line is all there or not at all */
static void
whole_wishes(const struct spool *spool, bool done)
{
	own(fd) int fd = openat(spool_dirfd(spool), SPOOL_FLUSH, O_RDONLY);
	char text[100] = "";

	must(fd != -1 && read(fd, text, sizeof(text) - 1) != -1);
	must(strcmp(text, "a.example\nb.example\n") == 0 ||
	    (!done && strcmp(text, "a.example\n") == 0));
}

static const struct step {
	const char	*name;
	void		(*prepare)(struct spool *, const char *dir);
	int		(*take)(struct spool *, struct err *);
	int		 good;
	void		(*check)(const struct spool *, bool done);
} steps[] = {
	{ "suspend", add_suspension, suspend, 0, suspended_once },
	{ "resume", add_suspension, resume, 1, NULL },
	{ "resume, of a damaged file", damage, resume_all, 1, NULL },
	{ "suspensions", add_suspension, suspended, 1, NULL },
	{ "ask for a flush", add_wish, ask, 0, whole_wishes },
	{ "take what was asked for", add_wish, take, 1, NULL },
	{ "purge", add_copies, purge, 0, NULL },
	{ "reason", add_copies, reason, 0, NULL },
};

/* is_interrupted - does that call wait for anything, of a file on a disk? */
static bool
is_interrupted(const char *name)
{
	return strcmp(name, "openat") != 0 && strcmp(name, "fdopendir") != 0 &&
	    strcmp(name, "readdir") != 0 && strncmp(name, "fstat", 5) != 0;
}

/* try - the step, on a fresh spool; false: none of its calls had to fail */
static bool
try(const struct step *step, unsigned at, int error)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct err err = { .text = "" };
	bool reached;
	int status;

	must(nth_only(at, error));
	step->prepare(spool, dir);
	nth_arm();
	status = step->take(spool, &err);
	nth_disarm();
	reached = nth->name[0] != '\0';
	snprintf(rig_about, sizeof(rig_about), "%s, %s (call %u), %s: %d, %.99s",
	    step->name, nth->name, at, strerror(error), status,
	    err.text);
	must(status == step->good || (reached && status <= 0));
	must(status != -1 || *err.text != '\0');
	/* or what was not listed is taken for gone */
	must(strcmp(nth->name, "readdir") != 0 || status == -1);
	if (error == EINTR && is_interrupted(nth->name))
		must(status == step->good);
	if (step->check != NULL)
		step->check(spool, status == step->good);
	spool_close(spool);
	scratch_free(dir);
	return reached;
}

static void
each_call_fails(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EINTR };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
			unsigned at = 1;

			while (try(&steps[i], at, errors[e]))
				at++;
			must(at > 2);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
