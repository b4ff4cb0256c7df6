/* SPDX-License-Identifier: BSD-2-Clause */
/* ews_answer: what an Exchange server may answer, and what is not taken for it
 * NEEDS: REMEDIATION */
#include "remediate/ews/ews_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "remediate/ews/ews_code.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>" \
	"<s:Envelope xmlns:s=\"" EWS_SOAP "\" xmlns:t=\"" EWS_TYPES "\"" \
	" xmlns:m=\"" EWS_MESSAGES "\">"
#define BODY "<s:Body>"
#define END "</s:Body></s:Envelope>"
#define PARTS(parts) HEAD BODY "<m:XResponse><m:ResponseMessages>" parts \
	"</m:ResponseMessages></m:XResponse>" END
#define PART(class, code, more) "<m:XResponseMessage ResponseClass=\"" class \
	"\"><m:MessageText>Why.</m:MessageText><m:ResponseCode>" code \
	"</m:ResponseCode>" more "</m:XResponseMessage>"
#define BACK_OFF(space, ms) "<" space ":MessageXml><t:Value Name=\"Other\">5" \
	"</t:Value><t:Value Name=\"BackOffMilliseconds\">" ms "</t:Value></" \
	space ":MessageXml>"
#define DAY INT64_C(86400000)

static int
parse(const char *text, struct ews_answer *out, struct err *err)
{
	return ews_answer_parse(text, strlen(text), NULL, out, err);
}

static void
test_fault(void **state)
{
	static const char text[] = HEAD BODY "<s:Fault><faultcode xmlns:a=\""
	    EWS_TYPES "\">a:ErrorServerBusy</faultcode><faultstring>Try\x1f"
	    "</faultstring></s:Fault>" END;
	static const char busy[] = HEAD BODY "<s:Fault><faultcode>s:Server"
	    "</faultcode><faultstring>Try\n again</faultstring><detail>"
	    "<e:ResponseCode xmlns:e=\"urn:e\">ErrorServerBusy"
	    "</e:ResponseCode>" BACK_OFF("t", "297749") "</detail></s:Fault>"
	    END;
	static const char code[] = HEAD BODY "<s:Fault><faultcode>a:"
	    "ErrorImpersonationDenied</faultcode></s:Fault>" END;
	struct ews_answer answer = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(parse(text, &answer, &err), -1);
	assert_int_equal(parse(busy, &answer, &err), 0);
	assert_int_equal(answer.fault.result, MAILBOX_LATER);
	assert_string_equal(answer.fault.code, "ErrorServerBusy");
	assert_string_equal(answer.fault.text, "Try\\x0a again");
	assert_int_equal(answer.fault.back_off, 297749);
	ews_answer_drop(&answer);
	assert_int_equal(parse(code, &answer, &err), 0);
	assert_int_equal(answer.fault.result, MAILBOX_LOCKED_OUT);
	assert_string_equal(answer.fault.code, "ErrorImpersonationDenied");
	ews_answer_drop(&answer);
}

static void
test_odd_faults(void **state)
{
	/* A fault is never success, whatever it says. */
	static const char *const texts[] = {
		HEAD BODY "<s:Fault/>" END,
		HEAD BODY "<s:Fault><faultcode>NoError</faultcode></s:Fault>"
		    END,
		HEAD BODY "<s:Fault><detail><ResponseCode>NoError"
		    "</ResponseCode></detail></s:Fault>" END,
	};
	struct ews_answer answer = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(parse(texts[i], &answer, &err), 0);
		assert_int_equal(answer.fault.result, MAILBOX_LATER);
		ews_answer_drop(&answer);
	}
}

static void
test_parts(void **state)
{
	static const char text[] = PARTS(PART("Success", "NoError", "<m:A/>")
	    PART("Error", "ErrorItemNotFound", "")
	    PART("Error", "ErrorServerBusy", BACK_OFF("m", "1000"))
	    PART("Warning", "NoError", "") PART("Error", "NoError", "")
	    PART("Success", "ErrorItemNotFound", "")
	    "<m:X ResponseClass=\"Success\"/>"
	    "<m:X><m:ResponseCode>NoError</m:ResponseCode></m:X>");
	static const enum mailbox_result wanted[] = { MAILBOX_DONE,
		MAILBOX_GONE, MAILBOX_LATER, MAILBOX_LATER, MAILBOX_LATER,
		MAILBOX_GONE, MAILBOX_LATER, MAILBOX_LATER };
	struct ews_answer answer = { 0 };
	struct ews_part part;
	struct err err;
	size_t i;

	(void)state;
	assert_int_equal(parse(text, &answer, &err), 0);
	assert_int_equal(answer.fault.result, MAILBOX_DONE);
	for (i = 0; ews_answer_part(&answer, i, &part); i++) {
		assert_int_equal(part.result, wanted[i]);
		assert_int_equal(part.back_off, i == 2 ? 1000 : 0);
	}
	assert_int_equal(i, sizeof(wanted) / sizeof(*wanted));
	assert_true(ews_answer_part(&answer, 0, &part));
	assert_string_equal(part.text, "Why.");
	assert_non_null(ews_xml_child(part.node, EWS_MESSAGES, "A"));
	ews_answer_drop(&answer);
}

static void
test_back_off_has_bounds(void **state)
{
	static const struct { const char *text; int64_t ms; } cases[] = {
		{ PARTS(PART("Error", "X", BACK_OFF("m", "86400001"))), DAY },
		{ PARTS(PART("Error", "X", BACK_OFF("m", "-5"))), DAY },
		{ PARTS(PART("Error", "X", BACK_OFF("m", "soon"))), DAY },
		{ PARTS(PART("Error", "X", BACK_OFF("m", ""))), DAY },
		{ PARTS(PART("Error", "X", "")), 0 },
		{ PARTS(PART("Error", "X", "<m:MessageXml><t:Value>7</t:Value>"
		    "<t:Value Name=\"BackOffMilliseconds\">8</t:Value>"
		    "</m:MessageXml>")), 8 },
	};
	struct ews_answer answer = { 0 };
	struct ews_part part;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(cases[i].text, &answer, &err), 0);
		assert_true(ews_answer_part(&answer, 0, &part));
		assert_true(part.back_off == cases[i].ms);
		ews_answer_drop(&answer);
	}
}

static void
test_version(void **state)
{
	static const char text[] = HEAD "<s:Header><t:ServerVersionInfo "
	    "MajorVersion=\"15\" MinorVersion=\"2\" MajorBuildNumber=\"1544\" "
	    "MinorBuildNumber=\"4\"/></s:Header>" BODY "<m:X/>" END;
	static const char odd[] = HEAD "<s:Header><t:ServerVersionInfo "
	    "MajorVersion=\"15\" MinorVersion=\"&#27;[2J\"/></s:Header>" BODY
	    "<m:X/>" END;
	static const char part[] = HEAD "<s:Header><t:ServerVersionInfo "
	    "MajorVersion=\"15\" MinorVersion=\"x\"/></s:Header>" BODY "<m:X/>"
	    END;
	struct ews_answer answer = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(parse(text, &answer, &err), 0);
	assert_string_equal(answer.version, "15.2.1544.4");
	ews_answer_drop(&answer);
	assert_int_equal(parse(odd, &answer, &err), -1);
	assert_int_equal(parse(part, &answer, &err), 0);
	assert_string_equal(answer.version, "15");
	ews_answer_drop(&answer);
}

/* refused - and one line says why */
static void
refused(const char *text, size_t n, const char *why)
{
	struct ews_answer answer = { 0 };
	struct err err;

	assert_int_equal(ews_answer_parse(text, n, NULL, &answer,
	    &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_null(strpbrk(err.text, "\r\n\033"));
	if (strstr(err.text, why) == NULL)
		fail_msg("'%s' is not in '%s'", why, err.text);
}

static void
test_refused(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "", "0 octets" },
		{ "<html><body>Sign in</body></html>", "not of Exchange" },
		{ "<a/>", "not of Exchange" },
		{ HEAD BODY END, "not of Exchange" },
		{ HEAD BODY "text" END, "not of Exchange" },
		{ HEAD "<Body><m:X/></Body></s:Envelope>", "not of Exchange" },
		{ HEAD "<m:Body><m:X/></m:Body></s:Envelope>",
		  "not of Exchange" },
		{ "<Envelope><Body><X/></Body></Envelope>", "not of Exchange" },
		{ HEAD BODY "<m:X>", "no XML" },
		{ HEAD BODY "<m:X/>" END "<more/>", "no XML" },
		{ "<!DOCTYPE x><x/>", "DOCTYPE" },
		{ "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>", "DOCTYPE" },
		{ "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>", "DOCTYPE" },
		{ HEAD BODY "<m:X>&unknown;</m:X>" END, "no XML" },
		{ HEAD BODY "<m:X>\033[2J</m:X>" END, "no XML" },
		{ HEAD BODY "<m:X>\xff</m:X>" END, "no XML" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(cases[i].text, strlen(cases[i].text), cases[i].why);
}

/* More than the parser can be told of is none of it read. */
static void
test_length(void **state)
{
	(void)state;
	refused("<a/>", (size_t)INT32_MAX + 1, "2147483648 octets");
}

static void
test_depth(void **state)
{
	own(buf) struct buf text = BUF;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_text(&text, "<a>");
	refused(text.data, text.len, "");
}

static void
test_codes(void **state)
{
	(void)state;
	assert_int_equal(ews_code("NoError"), MAILBOX_DONE);
	assert_int_equal(ews_code(""), MAILBOX_LATER);
	assert_int_equal(ews_code("noerror"), MAILBOX_LATER);
	assert_int_equal(ews_code("ErrorOfNextYear"), MAILBOX_LATER);
	assert_int_equal(ews_code("ErrorNonExistentMailbox"), MAILBOX_NOBODY);
	assert_int_equal(ews_code("ErrorImpersonateUserDenied"),
	    MAILBOX_LOCKED_OUT);
	assert_int_equal(ews_code("ErrorSchemaValidation"), MAILBOX_NEVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_odd_faults),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_back_off_has_bounds),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
