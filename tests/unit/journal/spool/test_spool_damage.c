/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in ready/ that are no whole copies: none is ever taken for one.
 *
 * WRAP: pread flock
 */
#include "journal/spool/spool.h"

#include <sys/file.h>
#include <sys/resource.h>

#include "journal/footer.h"
#include "base/clock.h"
#include "tests/unit/spool_rig.h"

static int pread_error;			/* errno of the next pread */
static int flock_error;			/* and flock */
static const char *unlink_now;		/* gone between open and flock */

ssize_t __real_pread(int, void *, size_t, off_t);
ssize_t __wrap_pread(int, void *, size_t, off_t);
int __real_flock(int, int);
int __wrap_flock(int, int);

static int
fails(int *error)
{
	if (*error == 0)
		return 0;
	errno = *error;
	*error = 0;
	return -1;
}

ssize_t
__wrap_pread(int fd, void *bytes, size_t n, off_t at)
{
	return fails(&pread_error) == -1 ? -1 : __real_pread(fd, bytes, n, at);
}

int
__wrap_flock(int fd, int operation)
{
	if (unlink_now != NULL && (operation & LOCK_SH) != 0) {
		assert_int_equal(unlink(unlink_now), 0);
		unlink_now = NULL;
	}
	return fails(&flock_error) == -1 ? -1 : __real_flock(fd, operation);
}

static const struct spool_entry one = RIG_ENTRY(1);

/* path_of - of the copy 1; new */
static char *
path_of(const struct fixture *fixture)
{
	return mem_format("%s/ready/0000000000000001.0" RIG_HINT, fixture->dir);
}

static void
read_whole(const struct fixture *fixture, struct buf *out)
{
	own(str) char *path = path_of(fixture);
	own(fd) int fd = open(path, O_RDONLY);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	buf_cut(out, 0);
	assert_int_equal(read(fd, buf_room(out, (size_t)st.st_size),
	    (size_t)st.st_size), st.st_size);
	out->len = (size_t)st.st_size;
}

static void
write_whole(const struct fixture *fixture, const char *bytes, size_t n)
{
	own(str) char *path = path_of(fixture);
	own(fd) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, n), n);
}

/* assert_damaged - for good, and for the reason given unless NULL */
static void
assert_damaged(const struct fixture *fixture, const char *why)
{
	struct err err;

	if (rig_open_copy(fixture->spool, SPOOL_READY, &one, &err) != COPY_BAD)
		fail_msg("taken for a copy: %s", why);
	assert_int_equal(err.kind, ERR_NEVER);
	if (why != NULL)
		assert_string_equal(err.text, why);
}

static void
assert_fine(const struct fixture *fixture)
{
	struct err err;

	if (rig_open_copy(fixture->spool, SPOOL_READY, &one, &err) != COPY_OPEN)
		fail_msg("%s", err.text);
}

static void
test_rubbish(void **state)
{
	static const struct { const char *bytes; const char *why; } files[] = {
		{ "", "no footer" },
		{ "x", "no footer" },
		{ "Subject: a message alone, as long as a footer or longer\r\n"
		  "\r\nbody body body\r\n", "no footer" },
		{ "TDC1 00000001 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "footer tells a wrong size" },
		{ "\nTDC1 00000000 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "footer tells a wrong size" },
		{ "\nTDC1 ffffffff 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "footer tells a wrong size" },
		{ "\nTDC1 00000001 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "checksum of the envelope is wrong" },
		{ "\nTDC2 00000001 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "no footer" },
		{ "\nTDC1 0000000g 0000000000000000 0000000000000000 "
		  "0000000000000000\n", "no footer" },
		{ "\nTDC1 00000001 0000000000000000 0000000000000000 "
		  "000000000000000A\n", "no footer" },
		{ "\nTDC1 00000001 0000000000000000-0000000000000000 "
		  "0000000000000000\n", "no footer" },
		{ "\nTDC1 00000001 0000000000000000 0000000000000000 "
		  "0000000000000000 ", "no footer" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		write_whole(fixture, files[i].bytes, strlen(files[i].bytes));
		assert_damaged(fixture, files[i].why);
	}
}

/* Cut off anywhere, or longer than it was. */
static void
test_sizes(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(300), file = BUF;

	rig_commit(fixture->spool, &message, 1);
	read_whole(fixture, &file);
	for (size_t n = 0; n < file.len; n++) {
		write_whole(fixture, file.data, n);
		assert_damaged(fixture, NULL);
	}
	write_whole(fixture, file.data, file.len);
	assert_fine(fixture);
	write_whole(fixture, file.data + 1, file.len - 1);
	assert_damaged(fixture, "message is not as long as it was");
	buf_byte(&file, '\n');
	write_whole(fixture, file.data, file.len);
	assert_damaged(fixture, "no footer");
}

/* Any bit that is not the message's. */
static void
test_bits(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(300), file = BUF;

	rig_commit(fixture->spool, &message, 1);
	read_whole(fixture, &file);
	for (size_t i = message.len; i < file.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			file.data[i] ^= (char)(1 << bit);
			write_whole(fixture, file.data, file.len);
			assert_damaged(fixture, NULL);
			file.data[i] ^= (char)(1 << bit);
		}
	write_whole(fixture, file.data, file.len);
	assert_fine(fixture);
}

/* The message's bits are looked at when somebody asks. */
static void
test_message_bits(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(70000), file = BUF;
	struct copy copy;
	struct err err;

	rig_commit(fixture->spool, &message, 1);
	read_whole(fixture, &file);
	for (size_t i = 0; i < message.len; i += i < 60000 ? 997 : 61) {
		file.data[i] ^= 0x40;
		write_whole(fixture, file.data, file.len);
		file.data[i] ^= 0x40;
		assert_int_equal(copy_open(fixture->spool, SPOOL_READY, &one,
		    &copy, &err), COPY_OPEN);
		assert_int_equal(copy_verify(&copy, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_string_equal(err.text,
		    "checksum of the message is wrong");
		copy_close(&copy);
	}
}

/* write_copy - by hand: a message, an envelope that tells something else of
 * it, if need be, and a boot */
static void
write_copy(const struct fixture *fixture, const struct buf *message,
    const struct envelope *envelope, uint64_t boot, uint64_t sum)
{
	own(buf) struct buf trailer = BUF, file = BUF;

	envelope_format(envelope, &trailer);
	footer_format(&trailer, boot, sum);
	buf_bytes(&file, message->data, message->len);
	buf_bytes(&file, trailer.data, trailer.len);
	write_whole(fixture, file.data, file.len);
}

/* assert_peek - the envelope can be had, whatever the message is */
static void
assert_peek(const struct fixture *fixture)
{
	struct copy copy;
	struct err err;

	assert_int_equal(copy_peek(fixture->spool, SPOOL_READY, &one, &copy,
	    &err), COPY_OPEN);
	assert_true(copy.other_boot);
	assert_int_equal(copy.since, copy.envelope.accepted);
	assert_string_equal(copy.envelope.intake, "in@take.example");
	copy_close(&copy);
}

/* What another boot wrote, or nobody knows which, may be whole at its end and
 * not before: then all of it is looked at, without being asked. */
static void
test_other_boot(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(50000);
	struct envelope envelope = rig_envelope(1, &message);
	uint64_t sum = footer_sum(0, message.data, message.len);

	envelope.booted = clock_boot();	/* of another boot: it says nothing */
	for (uint64_t boot = 0; boot < 2; boot++) {
		write_copy(fixture, &message, &envelope, boot, sum);
		assert_fine(fixture);
		memset(message.data + 20000, '\0', 4096);
		write_copy(fixture, &message, &envelope, boot, sum);
		assert_peek(fixture);
		assert_damaged(fixture, "checksum of the message is wrong");
		buf_drop(&message);
		message = rig_message(50000);
	}
}

static void
test_lies(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100), trailer = BUF;
	struct envelope envelope = rig_envelope(1, &message);
	uint64_t sum = footer_sum(0, message.data, message.len);

	write_copy(fixture, &message, &envelope, 0, sum);
	assert_fine(fixture);
	envelope.mid = 2;
	write_copy(fixture, &message, &envelope, 0, sum);
	assert_damaged(fixture, "name of another copy");
	envelope.mid = 1;
	envelope.length = 99;
	write_copy(fixture, &message, &envelope, 0, sum);
	assert_damaged(fixture, "message is not as long as it was");
	buf_text(&trailer, "{}");
	footer_format(&trailer, 0, 0);
	write_whole(fixture, trailer.data, trailer.len);
	assert_damaged(fixture, "envelope: no key 'mid'");
}

/* Things that are no files, without waiting for anybody. */
static void
test_no_file(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *path = path_of(fixture);
	own(str) char *other = scratch_file(fixture->dir, "other", "x");

	assert_int_equal(mkdir(path, 0700), 0);
	assert_damaged(fixture, "not a file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_damaged(fixture, "not a file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_damaged(fixture, "a symbolic link");
}

/* Any part of a message can be read, in memory or not; what is beyond it or
 * has gone cannot. */
static void
test_read(void **state)
{
	static const size_t sizes[] = { 100, 70000 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(buf) struct buf message = rig_message(sizes[i]);
		own(buf) struct buf part = BUF;
		own(str) char *path = path_of(fixture);
		char *room = buf_room(&part, sizes[i] + 1);
		struct copy copy;
		struct err err;

		rig_commit(fixture->spool, &message, 1);
		assert_int_equal(copy_open(fixture->spool, SPOOL_READY, &one,
		    &copy, &err), COPY_OPEN);
		assert_int_equal(copy_read(&copy, sizes[i] - 70, room, 70,
		    &err), 0);
		assert_memory_equal(room, message.data + sizes[i] - 70, 70);
		assert_int_equal(copy_read(&copy, sizes[i], room, 0, &err), 0);
		assert_int_equal(copy_read(&copy, sizes[i], room, 1, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_int_equal(copy_read(&copy, 1, room, SIZE_MAX, &err), -1);
		pread_error = EIO;
		assert_int_equal(copy_read(&copy, 0, room, 70, &err),
		    sizes[i] > COPY_SMALL ? -1 : 0);
		pread_error = 0;
		assert_int_equal(truncate(path, 50), 0);
		assert_int_equal(copy_read(&copy, 0, room, 70, &err),
		    sizes[i] > COPY_SMALL ? -1 : 0);
		if (sizes[i] > COPY_SMALL)
			assert_string_equal(err.text, "cut off");
		copy_close(&copy);
		assert_int_equal(unlink(path), 0);
	}
}

/* That the system fails is not the copy's fault. */
static void
test_system(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	struct rlimit limit, none;
	struct err err;

	rig_commit(fixture->spool, &message, 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(rig_open_copy(fixture->spool, SPOOL_READY, &one,
	    &err), COPY_TROUBLE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(err.sys, EMFILE);

	pread_error = EIO;
	assert_int_equal(rig_open_copy(fixture->spool, SPOOL_READY, &one,
	    &err), COPY_TROUBLE);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(err.sys, EIO);

	flock_error = ENOLCK;
	assert_int_equal(rig_open_copy(fixture->spool, SPOOL_READY, &one,
	    &err), COPY_TROUBLE);
	assert_int_equal(err.kind, ERR_LATER);

	pread_error = EINTR;
	flock_error = EINTR;
	assert_fine(fixture);
}

/* A commit that fails takes the name back, perhaps just now. */
static void
test_taken_back(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	own(str) char *path = path_of(fixture);
	struct err err;

	rig_commit(fixture->spool, &message, 1);
	unlink_now = path;
	assert_int_equal(rig_open_copy(fixture->spool, SPOOL_READY, &one,
	    &err), COPY_GONE);
	assert_null(unlink_now);
}

static void
test_set_aside(void **state)
{
	struct fixture *fixture = *state;
	own(str) char *failed = mem_format(
	    "%s/failed/0000000000000001.2.1708118362123.damaged", fixture->dir);
	struct spool_entry entry = { 1, 2, RIG_ACCEPTED, 0, 0, "" };
	struct stat st;
	struct err err;

	rig_make(fixture->spool, "0000000000000001.2.1708118362123");
	assert_int_equal(spool_damaged(fixture->spool, &entry, &err), 1);
	assert_int_equal(stat(failed, &st), 0);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	assert_int_equal(rig_count(fixture->spool, SPOOL_FAILED), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_rubbish),
		RIG_TEST(test_sizes),
		RIG_TEST(test_bits),
		RIG_TEST(test_message_bits),
		RIG_TEST(test_other_boot),
		RIG_TEST(test_lies),
		RIG_TEST(test_no_file),
		RIG_TEST(test_read),
		RIG_TEST(test_system),
		RIG_TEST(test_taken_back),
		RIG_TEST(test_set_aside),
	};

	return cmocka_run_group_tests_name("spool_damage", tests, NULL, NULL);
}
