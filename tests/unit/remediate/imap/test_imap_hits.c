/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server tells of messages is taken for no more than it is: one that lacks
 * something, is another one, or is gone meanwhile is none of them
 *
 * NEEDS: REMEDIATION
 * WRAP: box_ask box_enter
 */
#include <string.h>

#include "remediate/imap/imap_box_private.h"
#include "tests/unit/scratch.h"

enum { MOST = 40, SIZE = 500 };

#define HEADER	"Message-ID: <1@x.example>\r\nSubject: x\r\n\r\n"
#define DATE	"14-Nov-2023 22:13:20 +0000"

/* The folder: so many messages, and what is odd about the one at odd. */
static unsigned count, odd, asks, fails_at, enters, changes_at, shuts_at;
static enum { WHOLE, NO_FLAGS, NO_DATE, NO_SIZE, NO_HEADER, GONE, BIG, BIG_GONE,
	BIG_OTHER, BIG_UNCUT, BIG_HUGE, BROKEN, OTHER_SIZE, TWICE } how;
static struct buf last = BUF;	/* command */

static bool
feed(const struct imap_line *line, const struct buf *text)
{
	struct imap_answer answer;

	assert_true(imap_answer_parse(text->data, text->len, &answer));
	return line->heed(line->arg, &answer);
}

/* add_header - that is long when it is to be, and cut as it was asked */
static void
add_header(struct buf *out, bool is_odd, bool all)
{
	static char filler[HEADER_MAX + 1];
	own(buf) struct buf header = BUF;
	size_t n = 0;

	if (is_odd && how >= BIG && how <= BIG_HUGE) {
		n = how == BIG_HUGE ? HEADER_MAX + 1 : HEADER_FIRST + 1000;
		memset(filler, 'y', n);
		buf_text(&header, all && how == BIG_OTHER ? "X-Other: " : "X: ");
		buf_bytes(&header, filler, n - header.len - strlen(HEADER) -
		    2);
		buf_text(&header, "\r\n");
	}
	buf_text(&header, HEADER);
	if (is_odd && !all && header.len >= HEADER_FIRST && how != BIG_UNCUT)
		buf_cut(&header, HEADER_FIRST);
	buf_format(out, " BODY[HEADER]<0> {%zu}\r\n", header.len);
	buf_bytes(out, header.data, header.len);
}

static bool
tell(const struct imap_line *line, unsigned uid, bool all)
{
	own(buf) struct buf text = BUF;
	bool is_odd = uid == odd;

	if (is_odd && (how == GONE || (all && how == BIG_GONE)))
		return true;
	buf_format(&text, "* %u FETCH (UID %u", uid, uid);
	if (is_odd && how == BROKEN)
		buf_text(&text, " RFC822.SIZE x");
	if (!is_odd || how != NO_FLAGS)
		buf_text(&text, " FLAGS (\\Seen)");
	if (!is_odd || how != NO_DATE)
		buf_text(&text, " INTERNALDATE \"" DATE "\"");
	if (!is_odd || how != NO_SIZE)
		buf_format(&text, " RFC822.SIZE %u", is_odd &&
		    how == OTHER_SIZE ? SIZE + 1 : SIZE);
	if (!is_odd || how != NO_HEADER)
		add_header(&text, is_odd, all);
	buf_text(&text, ")\r\n");
	return feed(line, &text) && (!is_odd || how != TWICE ||
	    feed(line, &text));
}

static bool
search(const struct imap_line *line)
{
	own(buf) struct buf text = BUF;

	buf_text(&text, "* SEARCH");
	for (unsigned uid = 1; uid <= count; uid++)
		buf_format(&text, " %u", uid);
	buf_text(&text, "\r\n");
	return feed(line, &text);
}

static bool
fetch(const struct imap_line *line)
{
	own(str) char *uids = mem_text(line->bytes.data + strlen("UID FETCH "));
	char *rest = uids, *uid;
	bool all = strstr(uids, "INTERNALDATE") == NULL;
	own(buf) struct buf other = BUF;

	/* servers tell of others by themselves */
	buf_text(&other, "* 99 FETCH (UID 99 FLAGS (\\Deleted))\r\n");
	assert_true(feed(line, &other));
	uids[strcspn(uids, " ")] = '\0';
	while ((uid = strsep(&rest, ",")) != NULL)
		if (!tell(line, (unsigned)atoi(uid), all))
			return false;
	return true;
}

enum mailbox_result __wrap_box_ask(struct imap_box *, const struct imap_line *,
	    const char *, struct imap_reply *, struct err *);
enum mailbox_result
__wrap_box_ask(struct imap_box *box, const struct imap_line *line,
    const char *what, struct imap_reply *reply, struct err *err)
{
	bool good;

	(void)box;
	memset(reply, 0, sizeof(*reply));
	buf_cut(&last, 0);
	buf_text(&last, line->bytes.data);
	if (++asks == fails_at) {
		err_set(err, ERR_LATER, "the server is away");
		return MAILBOX_LATER;
	}
	good = strcmp(what, "SEARCH") == 0 ? search(line) : fetch(line);
	if (good)
		return MAILBOX_DONE;
	err_set(err, ERR_LATER, "that is no answer");
	return MAILBOX_LATER;
}

enum mailbox_result __wrap_box_enter(struct imap_box *, const char *, bool,
	    struct err *);
enum mailbox_result
__wrap_box_enter(struct imap_box *box, const char *folder, bool writable,
    struct err *err)
{
	(void)folder, (void)writable;
	box->validity = ++enters == changes_at ? 6 : 5;
	if (enters == shuts_at) {
		err_set(err, ERR_LATER, "no way in");
		return MAILBOX_LATER;
	}
	return MAILBOX_DONE;
}

static struct imap_box box;
static struct err err;
static unsigned told, last_uid;

static enum mailbox_result
see(void *arg, const struct imap_hit *hit, struct err *why)
{
	(void)arg, (void)why;
	assert_int_equal(hit->received, INT64_C(1700000000000));
	assert_string_equal(hit->flags, "\\Seen");
	assert_true(hit->uid > last_uid && hit->uid <= count);
	last_uid = hit->uid;
	told++;
	return MAILBOX_DONE;
}

static int
set_up(void **state)
{
	(void)state;
	count = MOST;
	odd = asks = fails_at = enters = changes_at = told = last_uid = 0;
	shuts_at = 0;
	how = WHOLE;
	box = (struct imap_box){ .folder = BUF, .quarantine = BUF,
		.login.peer.host = "imap.example" };
	buf_text(&box.folder, "INBOX");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_drop(&box.folder);
	buf_drop(&last);
	return 0;
}

static enum mailbox_result
all(const struct sought *wanted)
{
	const struct hits_wish wish = { .folder = "INBOX", .wanted = wanted,
		.size = SIZE };

	told = last_uid = 0;
	return hits_all(&box, &wish, see, NULL, &err);
}

static const struct sought by_id = { .message_id = "<1@x.example>" };

static void
test_found(void **state)
{
	const struct sought other = { .message_id = "<2@x.example>" };
	const struct sought later = { .message_id = "<1@x.example>",
		.since = INT64_C(1800000000000) };

	(void)state;
	assert_int_equal(all(&by_id), MAILBOX_DONE);
	assert_int_equal(told, MOST);
	/* its search may find more than what has that very value */
	assert_int_equal(all(&other), MAILBOX_DONE);
	assert_int_equal(told, 0);
	assert_int_equal(all(&later), MAILBOX_DONE);
	assert_int_equal(told, 0);
	assert_int_equal(all(NULL), MAILBOX_DONE);
	assert_int_equal(told, MOST);
	odd = 5;
	how = OTHER_SIZE;
	assert_int_equal(all(NULL), MAILBOX_DONE);
	assert_int_equal(told, MOST - 1);
}

static void
test_odd(void **state)
{
	static const struct {
		int		 how;
		enum mailbox_result result;
		unsigned	 told;
	} cases[] = {
		{ WHOLE, MAILBOX_DONE, MOST }, { BIG, MAILBOX_DONE, MOST },
		{ NO_FLAGS, MAILBOX_DONE, MOST - 1 },
		{ NO_DATE, MAILBOX_DONE, MOST - 1 },
		{ NO_SIZE, MAILBOX_DONE, MOST - 1 },
		{ NO_HEADER, MAILBOX_DONE, MOST - 1 },
		{ GONE, MAILBOX_DONE, MOST - 1 },
		{ BIG_GONE, MAILBOX_DONE, MOST - 1 },
		{ TWICE, MAILBOX_DONE, MOST },
		/* more than was asked for is no answer to that */
		{ BIG_UNCUT, MAILBOX_DONE, MOST - 1 },
		/* whose header is too long keeps us from no other one */
		{ BIG_HUGE, MAILBOX_NEVER, MOST - 1 },
		{ BIG_OTHER, MAILBOX_LATER, 34 },
		{ BROKEN, MAILBOX_LATER, 32 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		odd = 35;
		how = cases[i].how;
		if (all(&by_id) != cases[i].result || told != cases[i].told)
			fail_msg("case %zu: %u told, %s", i, told, err.text);
	}
}

static void
test_fails(void **state)
{
	(void)state;
	odd = 35;
	how = BIG;
	for (fails_at = 1; fails_at <= 4; fails_at++) {
		asks = 0;
		assert_int_equal(all(&by_id), MAILBOX_LATER);
		assert_string_equal(err.text, "the server is away");
	}
	fails_at = 0;
	/* the numbers are those of another folder now */
	for (changes_at = 2; changes_at <= 4; changes_at++) {
		enters = 0;
		assert_int_equal(all(&by_id), MAILBOX_LATER);
		assert_string_equal(err.text, "imap.example: INBOX: "
		    "UIDVALIDITY has changed");
	}
	changes_at = 0;
	for (shuts_at = 1; shuts_at <= 4; shuts_at++) {
		enters = 0;
		assert_int_equal(all(&by_id), MAILBOX_LATER);
		assert_string_equal(err.text, "no way in");
	}
}

/* What has one octet has no lines that could be counted otherwise. */
static void
test_small(void **state)
{
	const struct hits_wish wish = { .folder = "INBOX", .size = 1 };

	(void)state;
	count = 0;
	assert_int_equal(hits_all(&box, &wish, see, NULL, &err), MAILBOX_DONE);
	assert_string_equal(last.data, "UID SEARCH UNDELETED SMALLER 2");
	assert_int_equal(told, 0);
}

static void
test_too_many(void **state)
{
	(void)state;
	count = 20002;
	assert_int_equal(all(&by_id), MAILBOX_UNFINISHED);
	assert_int_equal(told, 20000);
	assert_non_null(strstr(err.text, "more than 20000 messages"));
}

static enum mailbox_result
ticket(uint32_t uid, int64_t size, const char *digest)
{
	struct imap_ticket wanted = { .folder = BUF, .validity = 5,
		.uid = uid, .size = size };
	struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result;

	buf_text(&wanted.folder, "INBOX");
	if (digest != NULL)
		snprintf(wanted.digest, sizeof(wanted.digest), "%s", digest);
	else
		imap_digest(HEADER, strlen(HEADER), wanted.digest);
	result = hits_ticket(&box, &wanted, true, &hit, &err);
	assert_int_equal(hit.uid, result == MAILBOX_DONE ? uid : 0);
	buf_drop(&hit.header);
	buf_drop(&wanted.folder);
	return result;
}

static void
test_ticket(void **state)
{
	(void)state;
	assert_int_equal(ticket(3, SIZE, NULL), MAILBOX_DONE);
	assert_int_equal(ticket(3, SIZE + 1, NULL), MAILBOX_GONE);
	assert_string_equal(err.text, "imap.example: message 3 in INBOX is "
	    "another one");
	assert_int_equal(ticket(3, SIZE, "0"), MAILBOX_GONE);
	odd = 3;
	how = GONE;
	assert_int_equal(ticket(3, SIZE, NULL), MAILBOX_GONE);
	assert_string_equal(err.text, "imap.example: no message 3 in INBOX");
	enters = 0;
	changes_at = 1;
	assert_int_equal(ticket(4, SIZE, NULL), MAILBOX_GONE);
	assert_string_equal(err.text, "imap.example: INBOX: UIDVALIDITY has "
	    "changed");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_found), TEST(test_odd), TEST(test_fails),
		TEST(test_too_many), TEST(test_ticket), TEST(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
