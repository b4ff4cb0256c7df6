/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_rig - messages and copies for tests of the spool
 *
 *	struct spool *spool = rig_open(dir);
 *	struct buf message = rig_message(100000);
 *	rig_commit(spool, &message, 7);
 *	rig_whole(spool, SPOOL_READY, 7, &message);
 */
#ifndef TESTS_SPOOL_RIG_H
#define TESTS_SPOOL_RIG_H

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "base/own.h"
#include "journal/spool/copy.h"
#include "journal/spool/draft.h"
#include "journal/spool/spool.h"
#include "tests/unit/scratch.h"

/* Not one of cmocka's asserts, which know one thread only. */
#define must(truth) ((truth) ? (void)0 : rig_die(__FILE__, __LINE__, #truth))

static char rig_about[256];	/* what is being tried, if there is more to say */

static inline void
rig_die(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, what, rig_about);
	abort();
}

/* rig_message - n bytes that differ from place to place; new */
static inline struct buf
rig_message(size_t n)
{
	struct buf message = BUF;
	uint32_t random = (uint32_t)n | 1;
	char *p = buf_room(&message, n);

	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		p[i] = (char)(random >> 24);
	}
	message.len = n;
	p[n] = '\0';
	return message;
}

#define RIG_ACCEPTED 1708118362123
#define RIG_INTAKE "in@take.example"
#define RIG_HINT ",1708118362123,in@take.example"
/* The entry of the copy that rig_commit() makes. */
#define RIG_ENTRY(n) { .mid = (n), .accepted = RIG_ACCEPTED, \
    .intake = RIG_INTAKE }

static inline struct envelope
rig_envelope(uint64_t mid, const struct buf *message)
{
	static const char *recipients[] = { "a@b.example", "c@d.example" };

	return (struct envelope){
		.mid = mid, .intake = RIG_INTAKE, .sender = "s@x.example",
		.recipients = recipients, .recipient_count = 2,
		.queue_id = "4Yb", .message_id = "<1@x.example>",
		.client_addr = "192.0.2.1", .client_name = "unknown",
		.helo = "mx", .protocol = "ESMTP", .gateway = "gw.example",
		.policy = "default", .accepted = RIG_ACCEPTED,
		.length = message->len,
	};
}

static inline struct spool *
rig_open(const char *dir)
{
	struct spool_options options = { .directory = dir, .sync = true };
	struct spool *spool;
	struct err err;

	if (spool_open(&options, &spool, &err) == -1)
		rig_die(__FILE__, __LINE__, err.text);
	return spool;
}

/* rig_draft - a message written in pieces of odd size */
static inline struct draft *
rig_draft(struct spool *spool, const struct buf *message)
{
	struct draft *draft = draft_new(spool);
	struct err err;

	for (size_t at = 0, n; at < message->len; at += n) {
		n = message->len - at < 7001 ? message->len - at : 7001;
		if (draft_write(draft, message->data + at, n, &err) == -1)
			rig_die(__FILE__, __LINE__, err.text);
	}
	return draft;
}

static inline void
rig_commit(struct spool *spool, const struct buf *message, uint64_t mid)
{
	struct draft *draft = rig_draft(spool, message);
	struct envelope envelope = rig_envelope(mid, message);
	struct err err;

	if (draft_commit(draft, &envelope, &err) == -1)
		rig_die(__FILE__, __LINE__, err.text);
	draft_free(draft);
}

/* rig_count - copies in a place */
static inline size_t
rig_count(const struct spool *spool, enum spool_place place)
{
	struct spool_entry *entries;
	struct err err;
	size_t count;

	must(spool_list(spool, place, &entries, &count, &err) == 0);
	free(entries);
	return count;
}

/* rig_find - the copy's entry, if it is there */
static inline bool
rig_find(const struct spool *spool, enum spool_place place, uint64_t mid,
    struct spool_entry *out)
{
	struct spool_entry *entries;
	struct err err;
	size_t count;
	bool found = false;

	must(spool_list(spool, place, &entries, &count, &err) == 0);
	for (size_t i = 0; i < count; i++)
		if (entries[i].mid == mid) {
			must(!found);
			*out = entries[i];
			found = true;
		}
	free(entries);
	return found;
}

/* rig_open_copy - as copy_open(), of which nothing is left */
static inline enum copy_status
rig_open_copy(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, struct err *err)
{
	struct copy copy;
	enum copy_status status = copy_open(spool, place, entry, &copy, err);

	if (status == COPY_OPEN)
		copy_close(&copy);
	return status;
}

/* rig_whole - it is there, and all of it is what was committed */
static inline void
rig_whole(const struct spool *spool, enum spool_place place, uint64_t mid,
    const struct buf *message)
{
	own(buf) struct buf bytes = BUF;
	struct spool_entry entry;
	enum copy_status status;
	struct copy copy;
	struct err err;

	must(rig_find(spool, place, mid, &entry));
	status = copy_open(spool, place, &entry, &copy, &err);
	if (status != COPY_OPEN)
		rig_die(__FILE__, __LINE__, status == COPY_BUSY ? "busy" :
		    status == COPY_GONE ? "gone" : err.text);
	must(copy.envelope.mid == mid);
	must(copy.envelope.length == message->len);
	must(strcmp(copy.envelope.intake, RIG_INTAKE) == 0);
	must(copy.envelope.recipient_count == 2);
	must(strcmp(copy.envelope.recipients[1], "c@d.example") == 0);
	must(copy.envelope.accepted == RIG_ACCEPTED);
	must(pread(copy.fd, buf_room(&bytes, message->len), message->len, 0) ==
	    (ssize_t)message->len);
	must(memcmp(bytes.data, message->data, message->len) == 0);
	memset(bytes.data, 0, message->len);
	must(copy_read(&copy, 0, bytes.data, message->len, &err) == 0);
	must(memcmp(bytes.data, message->data, message->len) == 0);
	must(copy_verify(&copy, &err) == 0);
	copy_close(&copy);
}

struct fixture {
	char		*dir;
	struct spool	*spool;
};

static inline int
rig_set_up(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	fixture->spool = rig_open(fixture->dir);
	*state = fixture;
	return 0;
}

static inline int
rig_tear_down(void **state)
{
	struct fixture *fixture = *state;

	spool_close(fixture->spool);
	scratch_free(fixture->dir);
	free(fixture);
	return 0;
}

#define RIG_TEST(f) \
    cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

/* rig_files - all names in a directory of the spool but "." and ".." */
static inline size_t
rig_files(const char *dir, const char *place)
{
	own(str) char *path = mem_format("%s/%s", dir, place);
	own(dir) DIR *listing = opendir(path);
	const struct dirent *file;
	size_t count = 0;

	must(listing != NULL);
	while ((file = readdir(listing)) != NULL)
		if (strcmp(file->d_name, ".") != 0 &&
		    strcmp(file->d_name, "..") != 0)
			count++;
	return count;
}

/* rig_make - a file in ready/ that is no copy */
static inline void
rig_make(const struct spool *spool, const char *name)
{
	int fd = openat(spool_readyfd(spool), name, O_CREAT | O_WRONLY, 0600);

	must(fd != -1 && write(fd, "?", 1) == 1);
	close(fd);
}

#endif
