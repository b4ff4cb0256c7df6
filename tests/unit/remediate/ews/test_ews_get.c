/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header and the octets of a message of Exchange: as the server tells them,
 * or an error, and never a part
 *
 * NEEDS: REMEDIATION
 */
#include "tests/unit/remediate/ews/ews_peer.h"

static struct mailbox *box;
static struct buf out = BUF;

static int
set_up(void **state)
{
	(void)state;
	ews_peer_start("");
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(BOB);
	buf_text(&out, "before");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_drop(&out);
	box = ews_peer_close(box);
	ews_peer_stop();
	return 0;
}

static char key[] = EWS_KEY, no_key[] = "hush me";
static const struct found found = { .key = key }, no_found = { .key = no_key };

#define MESSAGE(more) EWS_SAYS("<t:ItemId Id=\"ITEM\"/>", EWS_DONE("<m:Items>" \
	"<t:Message>" more "</t:Message></m:Items>"))

/* ---- the header ---- */

static enum mailbox_result
header(void)
{
	buf_cut(&out, strlen("before"));
	return ews_header(box, &found, &out, &err);
}

#define FIELDS(fields) "<t:InternetMessageHeaders>" fields \
	"</t:InternetMessageHeaders>"
#define FIELD(name, value) "<t:InternetMessageHeader HeaderName=\"" name "\">" \
	value "</t:InternetMessageHeader>"
#define TRANSPORT(text) "<t:ExtendedProperty><t:Value>" text "</t:Value>" \
	"</t:ExtendedProperty>"

static const struct {
	struct peer_reply reply;
	const char	*header;
} headers[] = {
	{ MESSAGE(FIELDS(FIELD("A", " b") FIELD("C", ""))), "A: b\r\nC: \r\n" },
	/* on one line, or not at all */
	{ MESSAGE(FIELDS(FIELD("A", "b&#13;&#10;Evil: c&#10;"))),
	  "A: b  Evil: c \r\n" },
	{ MESSAGE(FIELDS(FIELD("", "b") FIELD("A:", "b") FIELD("A B", "c")
	    FIELD("A&#10;B", "c") "<t:InternetMessageHeader>x"
	    "</t:InternetMessageHeader>" FIELD("D", "e"))), "D: e\r\n" },
	/* what it came with, up to the empty line */
	{ MESSAGE(TRANSPORT("A: b&#13;&#10;C: d&#10;E: f&#13;G: h")),
	  "A: b\r\nC: d\r\nE: f\r\nG: h\r\n" },
	{ MESSAGE(TRANSPORT("A: b&#13;&#10;&#13;&#10;Evil: c")), "A: b\r\n" },
	{ MESSAGE(FIELDS("") TRANSPORT("")), "" },
	{ MESSAGE(""), "" },
};

static void
test_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		own(str) char *wanted = mem_format("before%s\r\n",
		    headers[i].header);

		PEER_SAYS(headers[i].reply);
		if (header() != MAILBOX_DONE)
			fail_msg("%zu: %s", i, err.text);
		assert_string_equal(out.data, wanted);
	}
}

static void
test_no_header(void **state)
{
	(void)state;
	PEER_SAYS(EWS_SAYS("ITEM", EWS_DONE("<m:Items/>")));
	assert_int_equal(header(), MAILBOX_LATER);
	says("an answer without the message", ERR_LATER);
	PEER_SAYS(EWS_SAYS("ITEM", EWS_NO("ErrorItemNotFound")));
	assert_int_equal(header(), MAILBOX_GONE);
	says("ErrorItemNotFound", ERR_LATER);
	assert_int_equal(ews_header(box, &no_found, &out, &err),
	    MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(out.data, "before");
}

/* ---- the message ---- */

#define MIME(base64) "<t:MimeContent>" base64 "</t:MimeContent>"

static enum mailbox_result
raw(size_t max)
{
	return ews_raw(box, &found, max, &out, &err);
}

static void
test_raw(void **state)
{
	(void)state;
	PEER_SAYS(MESSAGE(MIME("SGFsbG8=")));
	assert_int_equal(raw(5), MAILBOX_DONE);
	assert_string_equal(out.data, "beforeHallo");
	assert_null(ews_of(box)->mime);
	assert_int_equal(ews_of(box)->max, 0);
	buf_cut(&out, strlen("before"));
	PEER_SAYS(MESSAGE(MIME("SGFsbG8=")));
	assert_int_equal(raw(SIZE_MAX), MAILBOX_DONE);
	assert_string_equal(out.data, "beforeHallo");
}

static const struct {
	struct peer_reply reply;
	enum mailbox_result result;
	enum err_kind	 kind;
	const char	*why;
} raws[] = {
	{ MESSAGE(MIME("SGFsbG8=")), MAILBOX_NEVER, ERR_NEVER,
	  "a message of more than 4 octets" },
	/* also when the last octets alone are too many */
	{ MESSAGE(MIME("SGFsbG8h")), MAILBOX_NEVER, ERR_NEVER,
	  "a message of more than 4 octets" },
	/* just as many as may be */
	{ MESSAGE(MIME("SGFsbA==\n")), MAILBOX_DONE, ERR_LATER, NULL },
	{ MESSAGE(MIME("SGFs?G8=")), MAILBOX_LATER, ERR_LATER,
	  "a message whose content is no base64" },
	{ MESSAGE(MIME("SGFs") MIME("SGFs")), MAILBOX_LATER, ERR_LATER,
	  "a message whose content is no base64" },
	{ MESSAGE(""), MAILBOX_LATER, ERR_LATER,
	  "a message whose content is no base64" },
	{ EWS_SAYS("ITEM", EWS_DONE("<m:Items/>")), MAILBOX_LATER, ERR_LATER,
	  "an answer without the message" },
	{ EWS_SAYS("ITEM", EWS_NO("ErrorItemNotFound")), MAILBOX_GONE,
	  ERR_LATER, "ErrorItemNotFound" },
	{ { .status = "502 Bad" }, MAILBOX_LATER, ERR_LATER,
	  "HTTP status 502" },
};

static void
test_no_raw(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(raws) / sizeof(*raws); i++) {
		PEER_SAYS(raws[i].reply);
		if (raw(4) != raws[i].result)
			fail_msg("%zu: %s", i, err.text);
		if (raws[i].result != MAILBOX_DONE) {
			says(raws[i].why, raws[i].kind);
			assert_string_equal(out.data, "before");
		}
		buf_cut(&out, strlen("before"));
		assert_null(ews_of(box)->mime);
	}
	assert_int_equal(ews_raw(box, &no_found, 4, &out, &err),
	    MAILBOX_NEVER);
	assert_string_equal(err.text, "a key that is none of Exchange's");
	assert_string_equal(out.data, "before");
}

/* An answer of more octets than such a message can have is not read to its end. */
static void
test_huge(void **state)
{
	own(str) char *huge = mem_new((1 << 20) + 1000);

	(void)state;
	memset(huge, 'A', (1 << 20) + 999);
	PEER_SAYS({ .status = "200 OK", .body = huge, .then = PEER_CLOSES });
	assert_int_equal(raw(4), MAILBOX_NEVER);
	peer_heard();
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, ": answer: more than 1048580 "
	    "octets"));
	assert_string_equal(out.data, "before");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_header), TEST(test_no_header), TEST(test_raw),
		TEST(test_no_raw), TEST(test_huge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
