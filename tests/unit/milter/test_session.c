/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a message, and what is said of it, when a peer or a table does
 * what neither does usually */
#include "milter/session.h"

#include <fcntl.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/milter/service_rig.h"

static struct session *session;

/* begin - a session of a milter with these lines in its tdc.cf */
static void
begin(const char *lines, bool debug)
{
	service_start(lines, debug);
	session = session_new(&service);
}

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	session = session_free(session);
	service_stop();
	scratch_free(dir);
	return 0;
}

static void
logged(const char *what, bool wanted)
{
	own(str) char *path = mem_format("%s/maillog", dir);
	own(str) char *text = NULL;

	log_flush();
	text = scratch_read(path);
	if ((strstr(text, what) != NULL) != wanted)
		fail_msg("%s: %s", what, text);
}

/* kept - the copies there are */
static size_t
kept(void)
{
	struct spool_entry *entries;
	struct err err;
	size_t count;

	assert_int_equal(spool_list(service.spool, SPOOL_READY, &entries, &count,
	    &err), 0);
	free(entries);
	return count;
}

static void
envelope(const char *recipient)
{
	session_connect(session, "mx.example", "192.0.2.1", NULL, NULL);
	session_helo(session, "mx.example", "");
	session_mail(session, "<s@x.example>", "s@x.example", "");
	session_rcpt(session, recipient, NULL);
}

/* What comes without a message is nobody's, and nothing of it is counted. */
static void
test_no_message(void **state)
{
	(void)state;
	begin(SERVICE_USUAL, false);
	session_rcpt(session, "<r@y.example>", NULL);
	assert_int_equal(session_data(session, "4Yb"), SESSION_ACCEPT);
	session_header(session, "Subject", " x", true);
	assert_int_equal(session_end_headers(session, NULL), SESSION_ACCEPT);
	session_body(session, (const unsigned char *)"x", 1);
	assert_int_equal(session_end(session, NULL), SESSION_ACCEPT);
	session_abort(session);
	assert_int_equal(get(COUNT_MESSAGES), 0);
	assert_int_equal(kept(), 0);
	assert_null(session_free(NULL));
}

/* A field after the header is none of the message, and an end that comes twice is
 * one end. */
static void
test_late_field(void **state)
{
	own(str) char *path = NULL;
	own(str) char *text = NULL;
	struct spool_entry *entries;
	char name[SPOOL_NAME];
	struct err err;
	size_t count;

	(void)state;
	begin(SERVICE_USUAL, false);
	envelope("<r@y.example>");
	assert_int_equal(session_data(session, "4Yb"), SESSION_CONTINUE);
	session_header(session, "Subject", " first", true);
	assert_int_equal(session_end_headers(session, "4Yb"), SESSION_CONTINUE);
	session_header(session, "Subject", " late", true);
	assert_int_equal(session_end_headers(session, "4Yb"), SESSION_CONTINUE);
	session_body(session, (const unsigned char *)"body\r\n", 6);
	assert_int_equal(session_end(session, "4Yb"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 1);
	assert_int_equal(spool_list(service.spool, SPOOL_READY, &entries, &count,
	    &err), 0);
	assert_int_equal(count, 1);
	spool_name(SPOOL_READY, &entries[0], name);
	path = mem_format("%s/spool/ready/%s", dir, name);
	text = scratch_read(path);
	assert_ptr_equal(strstr(text, "Subject: first\r\n\r\nbody\r\n"), text);
	free(entries);
}

/* The milter that ends takes no message on: as milter_failure_action says. */
static void
stops(const char *lines, enum session_reply reply, enum counter fate)
{
	begin(lines, false);
	service.stopping = true;
	envelope("<r@y.example>");
	assert_int_equal(session_data(session, "4Yb"), reply);
	assert_int_equal(service.open_messages, 0);
	assert_int_equal(session_end_headers(session, "4Yb"), reply);
	assert_int_equal(session_end(session, "4Yb"), reply);
	assert_int_equal(get(fate), 1);
	assert_int_equal(get(COUNT_MESSAGES), 1);
	assert_int_equal(kept(), 0);
	logged("queue-id 4Yb ", true);
	logged(": tdc-milter stops", true);
	/* ... which ends with the next message */
	service.stopping = false;
	envelope("<r@y.example>");
	assert_int_equal(session_end(session, "4Yc"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 1);
}

static void
test_stops_open(void **state)
{
	(void)state;
	stops(SERVICE_USUAL, SESSION_ACCEPT, COUNT_FAILED_OPEN);
}

static void
test_stops_tempfail(void **state)
{
	(void)state;
	stops(SERVICE_USUAL "milter_failure_action = tempfail\n", SESSION_TEMPFAIL,
	    COUNT_FAILED_TEMPFAIL);
}

/* One without a queue id is named by its envelope, whatever that has. */
static void
test_named(void **state)
{
	(void)state;
	begin(SERVICE_USUAL "log_skipped = yes\n", false);
	envelope("<r1@y.example>");
	session_rcpt(session, "<r2@y.example>", NULL);
	session_rcpt(session, "<r3@y.example>", NULL);
	assert_int_equal(session_data(session, NULL), SESSION_CONTINUE);
	session_abort(session);
	logged("did not show it to its end; from <s@x.example> to <r1@y.example> "
	    "and 2 more", true);
	session_mail(session, "<t@x.example>", "t@x.example", NULL);
	assert_int_equal(session_data(session, NULL), SESSION_ACCEPT);
	logged("no policy asks for it; from <t@x.example>\n", true);
	assert_int_equal(get(COUNT_ABORTED), 1);
	assert_int_equal(get(COUNT_SKIPPED_POLICY), 1);
	assert_int_equal(get(COUNT_MESSAGES), 2);
}

/* EHLO without a name keeps the one that was given before. */
static void
test_helo(void **state)
{
	(void)state;
	begin(SERVICE_USUAL "policy_maps = check_helo inline:{ mx.example=NO }\n", false);
	envelope("<r@y.example>");
	session_helo(session, NULL, "TLSv1.3");
	session_mail(session, "<>", NULL, NULL);
	session_rcpt(session, "<r@y.example>", NULL);
	assert_int_equal(session_data(session, "4Yb"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_SKIPPED_POLICY), 1);
}

/* long_text - of which a table cannot tell in time whether [a-z]+@x matches; new */
static char *
long_text(const char *before, const char *after)
{
	enum { MANY = 20000 };
	own(str) char *letters = mem_new(MANY + 1);

	memset(letters, 'a', MANY);
	return mem_format("%s%s%s", before, letters, after);
}

/* unsure - a milter of which the table can tell of sure@ alone; the other, new */
static char *
unsure(const char *lines)
{
	own(str) char *table = scratch_file(dir, "recipients",
	    "/^sure@/ in@take.example\n/[a-z]+@x/ in@take.example\n");
	own(str) char *all = mem_format("%spolicy_maps = check_recipient regexp:%s\n",
	    lines, table);

	begin(all, false);
	return long_text("<", "@y.example>");
}

/* What a table cannot tell is no reason to leave out those of whom it can. */
static void
test_lost(void **state)
{
	own(str) char *other = unsure("");

	(void)state;
	envelope("<sure@y.example>");
	session_rcpt(session, other, NULL);
	assert_int_equal(session_end(session, "4Yb"), SESSION_ACCEPT);
	assert_int_equal(kept(), 1);
	assert_int_equal(get(COUNT_FAILED_OPEN), 1);
	assert_int_equal(get(COUNT_JOURNALED), 0);
	assert_int_equal(get(COUNT_MESSAGES), 1);
	logged("queue-id 4Yb accepted without a copy: ", true);
	logged(": default_policy decides", true);
	/* ... and it alone leaves the message without */
	envelope(other);
	assert_int_equal(session_end(session, "4Yc"), SESSION_ACCEPT);
	assert_int_equal(kept(), 1);
	assert_int_equal(get(COUNT_FAILED_OPEN), 2);
	logged("queue-id 4Yc accepted without a copy: ", true);
}

/* A message that the client sends again leaves no copy the first time. */
static void
test_lost_tempfail(void **state)
{
	own(str) char *other = unsure("milter_failure_action = tempfail\n");

	(void)state;
	for (unsigned i = 1; i < 3; i++) {
		envelope("<sure@y.example>");
		session_rcpt(session, other, NULL);
		assert_int_equal(session_end(session, "4Yb"), SESSION_TEMPFAIL);
		assert_int_equal(get(COUNT_FAILED_TEMPFAIL), i);
	}
	assert_int_equal(kept(), 0);
	assert_int_equal(get(COUNT_ENQUEUED), 0);
	assert_int_equal(get(COUNT_MESSAGES), 2);
	logged("queue-id 4Yb deferred: ", true);
	logged("enqueued", false);
}

/* A field that its table cannot be asked about is clean, and that is said. */
static void
test_field_trouble(void **state)
{
	own(str) char *table = scratch_file(dir, "fields", "/[a-z]+@x/ NO\n");
	own(str) char *lines = mem_format(SERVICE_USUAL
	    "unclean_header_checks = regexp:%s\n", table);
	own(str) char *text = long_text(" ", "");

	(void)state;
	begin(lines, false);
	envelope("<r@y.example>");
	session_header(session, "Subject", text, true);
	assert_int_equal(session_end(session, "4Yb"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 1);
	logged("Warning: ", true);
	logged(table, true);
	envelope("<r@y.example>");
	session_header(session, "Subject", " a@x", true);
	assert_int_equal(session_end(session, "4Yc"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_SKIPPED_UNCLEAN), 1);
	assert_int_equal(kept(), 1);
}

/* With -v: whom a relay had it from, and for whom it stands when it does not say. */
static void
test_traced(void **state)
{
	(void)state;
	begin(SERVICE_USUAL "trusted_relays = 192.0.2.0/24\n", true);
	envelope("<r@y.example>");
	session_rcpt(session, "<in@take.example>", NULL);
	session_rcpt(session, "<u>", NULL);
	session_header(session, "Received", " nobody knows", true);
	assert_int_equal(session_end(session, "4Yb"), SESSION_ACCEPT);
	logged("policy is asked: client mx.example[192.0.2.1] in place of an "
	    "unknown one, HELO mx.example, sender <s@x.example>", true);
	logged("<in@take.example>: an intake address: no copy", true);
	logged("RCPT TO:<u>, recipient ", true);
	envelope("<r@y.example>");
	session_header(session, "Received", " from mail.example (mail.example "
	    "[198.51.100.7])\n\tby mx.example (Postfix) with ESMTP id 1", true);
	assert_int_equal(session_end(session, "4Yc"), SESSION_ACCEPT);
	logged("by a trusted relay, from mail.example[198.51.100.7]", true);
	/* no field at all: no client either */
	envelope("<r@y.example>");
	assert_int_equal(session_end(session, "4Yd"), SESSION_ACCEPT);
	assert_int_equal(get(COUNT_JOURNALED), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_message),
		TEST(test_late_field),
		TEST(test_stops_open),
		TEST(test_stops_tempfail),
		TEST(test_named),
		TEST(test_helo),
		TEST(test_lost),
		TEST(test_lost_tempfail),
		TEST(test_field_trouble),
		TEST(test_traced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
