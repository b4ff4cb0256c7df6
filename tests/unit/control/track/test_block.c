/* SPDX-License-Identifier: BSD-2-Clause */
/* test_block - what is printed of a message, for people */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/ledger/ledger.h"
#include "control/track/block.h"
#include "tests/unit/scratch.h"

static void
fail_of(const char *text)
{
	fail_msg("%s", text);
}


/* printed - by block_print(), of the block; new */
static char *
printed(const struct block *block, const char *dir)
{
	own(str) char *path = scratch_file(dir, "out", "");
	int saved = dup(STDOUT_FILENO), fd = open(path, O_WRONLY | O_TRUNC);
	char *text;

	fflush(stdout);
	assert_true(saved != -1 && fd != -1 && dup2(fd, STDOUT_FILENO) != -1);
	block_print(block);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	text = scratch_read(path);
	return text;
}

/* shown - what is printed of the first message that a log has of a word; new */
static char *
shown(const char *text, const char *log, bool all)
{
	static const struct conf conf = { .maillog_file = "",
		.mail_logs_file = "" };
	char *dir = scratch_new(), *out = NULL;
	own(str) char *path = scratch_file(dir, "log", log);
	const char *paths[] = { path };
	struct logs_query query = { .files = paths, .count = 1,
		.complain = fail_of };
	const struct kept kept = { .count = 0 };
	const struct ledger ledger = { .count = 0 };
	struct word word;
	struct search search = { .word = &word, .most = 9, .syslog_name = "" };
	struct logs *opened = logs_open(&conf, &query);
	struct story story;
	struct block block = { .story = &story, .word = &word, .name = "X",
		.all = all, .ledger = &ledger };

	assert_true(word_read(text, &word));
	search_run(&search, opened);
	story_build(&story, &search, &kept);
	for (size_t i = 0; out == NULL && i < story.count; i++)
		if (story.messages[i]->wanted) {
			block_gather(&block, story.messages[i]);
			out = printed(&block, dir);
		}
	assert_non_null(out);
	block_drop(&block);
	story_drop(&story);
	search_drop(&search);
	logs_close(opened);
	word_drop(&word);
	scratch_free(dir);
	return out;
}

#define AT "2026-11-24T07:00:00+00:00 gw "
#define BEGIN AT "postfix/smtpd[1]: A1B2C3: client=c[192.0.2.1]\n" \
    AT "postfix/qmgr[1]: A1B2C3: from=<a@x>, size=100, nrcpt=2 (queue active)\n"
#define TO AT "postfix/smtp[1]: A1B2C3: to="

static void
has(const char *text, const char *part, bool wanted)
{
	if ((strstr(text, part) != NULL) != wanted)
		fail_msg("%s'%s' in:\n%s", wanted ? "no " : "", part, text);
}

/* What is not known of a delivery is left out, and each attempt is counted. */
static void
deliveries(void **state)
{
	own(str) char *text = shown("A1B2C3", BEGIN
	    TO "<b@y>, orig_to=<alias@y>, relay=mx.y, delay=0.1, dsn=4.0.0, "
	    "status=deferred (later)\n"
	    TO "<b@y>, orig_to=<alias@y>, relay=mx.y, delay=0.2, dsn=2.0.0, "
	    "status=sent (250 ok)\n"
	    TO "<c@y>, relay=none, status=bounced\n", false);

	(void)state;
	has(text, "<b@y> (for <alias@y>) sent by mx.y after 0.2 s, attempt 2, "
	    "2.0.0: 250 ok\n", true);
	has(text, "deferred", false);
	has(text, "<c@y> bounced by none\n", true);
}

/* add_many - recipients that are alike, and one that is not */
static void
add_many(struct buf *log, unsigned count)
{
	buf_text(log, BEGIN);
	for (unsigned i = 0; i < count; i++)
		buf_format(log, TO "<r%u@y>, relay=mx.y, delay=0.2, dsn=2.0.0, "
		    "status=sent (250 ok)\n", i);
	buf_text(log, TO "<other@y>, relay=mx.y, delay=0.2, dsn=5.0.0, "
	    "status=bounced (550 no)\n");
}

/* Of many that are alike the first are shown, and whoever was asked for. */
static void
many_recipients(void **state)
{
	own(buf) struct buf log = BUF;
	own(str) char *few = NULL, *asked = NULL, *all = NULL;

	(void)state;
	add_many(&log, 30);
	few = shown("A1B2C3", log.data, false);
	has(few, "<r4@y>", true);
	has(few, "<r5@y>", false);
	has(few, "25 more, see -v: sent by mx.y", true);
	has(few, "<other@y> bounced by mx.y", true);
	asked = shown("r20@y", log.data, false);
	has(asked, "<r4@y>", true);
	has(asked, "<r20@y>", true);
	has(asked, "24 more, see -v: ", true);
	all = shown("A1B2C3", log.data, true);
	has(all, "<r29@y>", true);
	has(all, "see -v", false);
}

/* Of very many remarks the middle is left out. */
static void
many_remarks(void **state)
{
	own(buf) struct buf log = BUF;
	own(str) char *few = NULL, *all = NULL;

	(void)state;
	buf_text(&log, BEGIN);
	for (int i = 0; i < 21; i++)
		buf_format(&log, AT "postfix/cleanup[1]: A1B2C3: warning: number "
		    "%d.\n", i);
	few = shown("A1B2C3", log.data, false);
	has(few, "number 4.", true);
	has(few, "number 5.", false);
	has(few, "(11 more lines, see -v)", true);
	has(few, "number 15.", false);
	has(few, "number 16.", true);
	has(few, "number 20.", true);
	all = shown("A1B2C3", log.data, true);
	has(all, "number 10.", true);
	has(all, "see -v", false);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(deliveries),
		cmocka_unit_test(many_recipients),
		cmocka_unit_test(many_remarks),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
