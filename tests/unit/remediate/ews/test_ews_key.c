/* SPDX-License-Identifier: BSD-2-Clause */
/* ews_item, ews_body: what names a message, and what is sent of that
 * NEEDS: REMEDIATION */
#include "remediate/ews/ews_item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "remediate/ews/ews_body.h"
#include "remediate/ews/ews_rest.h"
#include "remediate/ews/ews_xml.h"

static void
test_key(void **state)
{
	own(str) char *room = mem_text("AAMk+/= AAMkB - unread <a b@c>");
	own(buf) struct buf out = BUF;
	struct ews_key key;

	(void)state;
	assert_true(ews_key_parse(room, &key));
	assert_string_equal(key.first, "AAMk+/=");
	assert_string_equal(key.parent, "AAMkB");
	assert_string_equal(key.search_key, "-");
	assert_false(key.read);
	assert_string_equal(key.message_id, "<a b@c>");
	ews_key_format(&key, &out);
	assert_string_equal(out.data, "AAMk+/= AAMkB - unread <a b@c>");
}

/* it is known by its search key then */
static void
test_no_message_id(void **state)
{
	own(str) char *room = mem_text("AAMk AAMkB S+/= read ");
	own(buf) struct buf out = BUF;
	struct ews_key key;

	(void)state;
	assert_true(ews_key_parse(room, &key));
	assert_string_equal(key.search_key, "S+/=");
	assert_string_equal(key.message_id, "");
	ews_key_format(&key, &out);
	assert_string_equal(out.data, "AAMk AAMkB S+/= read ");
}

static void
test_no_key(void **state)
{
	static const char *const texts[] = { "", "a", "a b c read",
		"a b - read ", "a b c read", "a  c read <i>", " a b c read <i>",
		"a\" b c read <i>", "a b\n c read <i>", "a b c read <i>\n",
		"a b c read <\xff>", "a b <c> read <i>" };
	struct ews_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		own(str) char *room = mem_text(texts[i]);

		if (ews_key_parse(room, &key))
			fail_msg("taken for a key: '%s'", texts[i]);
	}
}

#define ITEM(id, more) "<t:Message xmlns:t=\"" EWS_TYPES "\"><t:ItemId Id=\"" \
	id "\" ChangeKey=\"CQ==\"/>" more "</t:Message>"
#define PARENT "<t:ParentFolderId Id=\"AQ==\"/>"
#define MESSAGE_ID "<t:InternetMessageId>&lt;a&amp;@b&gt;</t:InternetMessageId>"

/* read_item - false: refused */
static bool
read_item(const char *text, struct ews_item *out)
{
	struct err err;
	xmlDoc *doc;
	bool good;

	assert_int_equal(ews_xml_parse(text, strlen(text), NULL, &doc,
	    &err), 0);
	good = ews_item_read(xmlDocGetRootElement(doc), out);
	xmlFreeDoc(doc);
	return good;
}

static void
test_item(void **state)
{
	struct ews_item item = { 0 };

	(void)state;
	assert_true(read_item(ITEM("AAM=", PARENT
	    "<t:DateTimeReceived>2026-11-26T10:01:02Z</t:DateTimeReceived>"
	    "<t:Size>1234</t:Size><t:ExtendedProperty><t:Value>S+/=</t:Value>"
	    "</t:ExtendedProperty>" MESSAGE_ID "<t:IsRead>true</t:IsRead>"),
	    &item));
	assert_string_equal(item.id, "AAM=");
	assert_string_equal(item.change, "CQ==");
	assert_string_equal(item.parent, "AQ==");
	assert_string_equal(item.search_key, "S+/=");
	assert_string_equal(item.message_id, "<a&@b>");
	assert_true(item.read);
	assert_true(item.size == 1234);
	assert_true(item.received == INT64_C(1795687262000));
	ews_item_drop(&item);
	assert_true(read_item(ITEM("AAM=", PARENT MESSAGE_ID
	    "<t:Size>many</t:Size>"), &item));
	assert_string_equal(item.search_key, "-");
	assert_true(item.size == -1 && item.received == 0 && !item.read);
	ews_item_drop(&item);
	assert_true(read_item(ITEM("AAM=", PARENT MESSAGE_ID
	    "<t:DateTimeReceived>1969-12-31T23:59:59Z</t:DateTimeReceived>"
	    "<t:IsRead>TRUE</t:IsRead><t:ExtendedProperty><t:Value>a b"
	    "</t:Value></t:ExtendedProperty>"), &item));
	assert_string_equal(item.search_key, "-");
	assert_true(item.received == 0 && !item.read);
	ews_item_drop(&item);
	assert_true(read_item(ITEM("AAM=", PARENT MESSAGE_ID
	    "<t:DateTimeReceived>now</t:DateTimeReceived>"), &item));
	assert_true(item.received == 0);
	ews_item_drop(&item);
	assert_true(read_item(ITEM("AAM=", PARENT "<t:ExtendedProperty>"
	    "<t:Value>S+/=</t:Value></t:ExtendedProperty>"
	    "<t:InternetMessageId>a\nb</t:InternetMessageId>"), &item));
	assert_string_equal(item.message_id, "");
	ews_item_drop(&item);
}

/* An id may be long, but not as long as it likes. */
static void
test_long_id(void **state)
{
	(void)state;
	for (size_t n = 2048; n <= 2049; n++) {
		own(str) char *id = mem_new(n + 1);
		own(str) char *text = NULL;
		struct ews_item item = { 0 };

		memset(id, 'A', n);
		text = mem_format("<t:Message xmlns:t=\"" EWS_TYPES "\">"
		    "<t:ItemId Id=\"%s\" ChangeKey=\"CQ==\"/>" PARENT
		    MESSAGE_ID "</t:Message>", id);
		assert_true(read_item(text, &item) == (n == 2048));
		ews_item_drop(&item);
	}
}

static void
test_no_item(void **state)
{
	static const char *const texts[] = { ITEM("AAM=", PARENT),
		ITEM("AAM=", MESSAGE_ID), ITEM("", PARENT MESSAGE_ID),
		"<t:Message xmlns:t=\"" EWS_TYPES "\"><t:ItemId Id=\"AAM=\"/>"
		PARENT MESSAGE_ID "</t:Message>",
		ITEM("A M", PARENT MESSAGE_ID),
		ITEM("A&#10;M", PARENT MESSAGE_ID), ITEM("AAM=", PARENT
		"<t:InternetMessageId>a\nb</t:InternetMessageId>") };
	struct ews_item item = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (read_item(texts[i], &item))
			fail_msg("taken for a message: %s", texts[i]);
}

static void
test_can(void **state)
{
	static const struct { const char *text; bool can; } cases[] = {
		{ "", true }, { "<a@b>", true }, { "\xc3\xbc \xe2\x82\xac",
		true }, { "a\x01", false }, { "a\tb", false }, { "a\n", false },
		{ "\x7f", false }, { "\xc2\x85", false }, { "\xff", false },
		{ "\xed\xa0\x80", false }, { "\xef\xbf\xbf", false },
		{ "\xc0\xbc", false }, { "\xf0\x9f\x93\xa7", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (ews_xml_can(cases[i].text) != cases[i].can)
			fail_msg("wrong about case %zu", i);
}

static void
test_nothing_gets_out(void **state)
{
	static const char evil[] = "\"/></m:Restriction>'&<!--";
	const struct ews_place place = { evil, false };
	const struct ews_search search = { .message_id = evil,
	    .since = INT64_C(1795687262000) };
	own(buf) struct buf out = BUF;
	const xmlNode *constant;
	struct err err;
	xmlDoc *doc;
	char *value;

	(void)state;
	ews_body_begin(&out, "Exchange2013_SP1", evil);
	ews_body_find_items(&out, &place, 1, &search, 0);
	ews_body_end(&out);
	assert_int_equal(ews_xml_parse(out.data, out.len, NULL, &doc,
	    &err), 0);
	constant = ews_xml_child(ews_xml_child(ews_xml_child(ews_xml_child(
	    ews_xml_child(ews_xml_child(ews_xml_child(xmlDocGetRootElement(doc),
	    EWS_SOAP, "Body"), EWS_MESSAGES, "FindItem"), EWS_MESSAGES,
	    "Restriction"), EWS_TYPES, "And"), EWS_TYPES, "IsEqualTo"),
	    EWS_TYPES, "FieldURIOrConstant"), EWS_TYPES, "Constant");
	value = ews_xml_attribute(constant, "Value");
	assert_string_equal(value, evil);
	assert_non_null(strstr(out.data, "\"2026-11-26T10:01:02Z\""));
	free(value);
	xmlFreeDoc(doc);
}

static void
test_rest(void **state)
{
	(void)state;
	ews_rest_add("u", "a", 1000, 5000);
	ews_rest_add("u", "a", 10, 5000);
	assert_true(ews_rest_left("u", "a", 5400) == 600);
	assert_true(ews_rest_left("u", "a", 6000) == 0);
	assert_true(ews_rest_left("u", "b", 5400) == 0);
	assert_true(ews_rest_left("v", "a", 5400) == 0);
	ews_rest_add("u", "", 2000, 5000);
	assert_true(ews_rest_left("u", "b", 5400) == 1600);
	/* Of too many, those stay that are to rest the longest. */
	for (int i = 0; i < 1000; i++) {
		own(str) char *owner = mem_format("o%d", i);

		ews_rest_add("w", owner, i + 1, 9000);
	}
	assert_true(ews_rest_left("w", "o999", 9000) == 1000);
	assert_true(ews_rest_left("w", "o0", 9000) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_no_message_id),
		cmocka_unit_test(test_no_key),
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_long_id),
		cmocka_unit_test(test_no_item),
		cmocka_unit_test(test_can),
		cmocka_unit_test(test_nothing_gets_out),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
