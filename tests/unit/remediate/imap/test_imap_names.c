/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_names, imap_ticket: names, keys and handles, there and back
 * NEEDS: REMEDIATION */
#include "remediate/imap/imap_names.h"

#include <string.h>

#include "remediate/imap/imap_ticket.h"
#include "tests/unit/scratch.h"

static void
test_utf7(void **state)
{
	static const struct { const char *wire, *text; } pairs[] = {
		{ "INBOX", "INBOX" }, { "", "" }, { "A&-B", "A&B" },
		{ "Entw&APw-rfe", "Entw\303\274rfe" },
		/* RFC 3501 5.1.3 */
		{ "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/"
		  "\345\217\260\345\214\227/\346\227\245\346\234\254\350\252\236" },
		{ "&2D3eAA-", "\360\237\230\200" }, { "&AH8-", "\177" },
		{ "&,wE-", "\357\274\201" },
	};
	static const char *const wrong[] = { "&", "a&APw", "&AP-", "&AGE-",
	    "&2D0-", "&3gA-", "&2D3YPQ-", "&APx-", "\303\274", "a\tb", "&AAo-",
	    "&A!w-", "a\177" };
	static const char *const no_utf8[] = { "\303", "a\tb", "\377",
	    "\355\240\200" };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		own(buf) struct buf text = BUF, wire = BUF;

		if (!imap_utf8(pairs[i].wire, &text))
			fail_msg("%s", pairs[i].wire);
		assert_string_equal(text.data, pairs[i].text);
		assert_true(imap_utf7(pairs[i].text, &wire));
		assert_string_equal(wire.data, pairs[i].wire);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		own(buf) struct buf text = BUF;

		if (imap_utf8(wrong[i], &text))
			fail_msg("%s", wrong[i]);
	}
	for (size_t i = 0; i < sizeof(no_utf8) / sizeof(*no_utf8); i++) {
		own(buf) struct buf wire = BUF;

		if (imap_utf7(no_utf8[i], &wire))
			fail_msg("%zu", i);
	}
}

static void
test_words(void **state)
{
	static const char *const words[] = { "a", "", "a b", "%", "% ", " ",
	    "\377\n\\", "%41", "\177" };
	own(buf) struct buf line = BUF, word = BUF;
	const char *at;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		imap_word_add(&line, words[i]);
	assert_null(strchr(line.data, '\n'));
	at = line.data;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		assert_true(imap_word_next(&at, &word));
		assert_string_equal(word.data, words[i]);
	}
	assert_false(imap_word_next(&at, &word));
	for (size_t i = 0; i < 4; i++) {
		static const char *const wrong[] = { "a%", "%4", "%zz", "%00" };

		at = wrong[i];
		assert_false(imap_word_next(&at, &word));
	}
}

#define PLACE "7 8 9 0123456789abcdef0123456789abcdef "

static void
test_tickets(void **state)
{
	static const char *const good[] = {
		"key " PLACE "INBOX",
		"key " PLACE "a%20b",
		"own " PLACE "Q a%20b \\Seen%20$x 26-Nov-2026%2010:00:00 <id@x>",
		"other " PLACE "Q INBOX % date <a%20b@x>",
	};
	static const char *const wrong[] = {
		"", "key", "lock " PLACE "INBOX", "key " PLACE, "key " PLACE "%",
		"key " PLACE "INBOX x", "own " PLACE "Q", "own " PLACE
		"Q h f d i more", "own " PLACE "Q % f d i",
		"key " PLACE "IN%0D%0AZ",
		"key 7 0 9 0123456789abcdef0123456789abcdef INBOX",
		"key 7 8 9 0123456789abcdef INBOX",
		"key 4294967296 8 9 0123456789abcdef0123456789abcdef INBOX",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
		own(buf) struct buf line = BUF;

		if (!imap_ticket_parse(good[i], &ticket))
			fail_msg("%s", good[i]);
		assert_int_equal(ticket.validity, 7);
		assert_int_equal(ticket.uid, 8);
		imap_ticket_print(&ticket, &line);
		assert_string_equal(line.data, good[i]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;

		if (imap_ticket_parse(wrong[i], &ticket))
			fail_msg("%s", wrong[i]);
	}
}

static void
test_message_id(void **state)
{
	static const struct { const char *header, *want; } cases[] = {
		{ "Message-ID: <a@b>\r\n\r\n", "<a@b>" },
		{ "From: x\r\nmessage-id:\r\n <a@b> \r\nTo: y\r\n", "<a@b>" },
		{ "Message-Id \t: <a@b>", "<a@b>" },
		{ "Message-ID: <a\r\n b@c>\r\n", "<a b@c>" },
		{ "X: Message-ID: <a@b>\r\n", NULL },
		{ "X: a\r\n Message-ID: <a@b>\r\n", NULL },
		{ "Message-IDs: <a@b>\r\n", NULL },
		{ "Resent-Message-ID: <a@b>\r\n", NULL },
		{ "Message-ID <a@b>\r\n", NULL },
		{ "Message-ID: <a@b>\r\nMessage-ID: <a@b>\r\n", NULL },
		{ "", NULL }, { "Message-ID \t", NULL },
		{ "Message-ID:  \r\n", "" },
		{ "Message-ID: <a\rb@c>\r\n", "<a\rb@c>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(buf) struct buf id = BUF;
		bool found = imap_message_id(cases[i].header,
		    strlen(cases[i].header), &id);

		if (found != (cases[i].want != NULL) ||
		    (found && strcmp(id.data, cases[i].want) != 0))
			fail_msg("%s", cases[i].header);
	}
}

/* A NUL is no blank, and stays for who calls to see. */
static void
test_nul(void **state)
{
	static const char header[] = "Message-ID: \0<a@b>\0 \r\n";
	own(buf) struct buf id = BUF;

	(void)state;
	assert_true(imap_message_id(header, sizeof(header) - 1, &id));
	assert_int_equal(id.len, 7);
	assert_memory_equal(id.data, "\0<a@b>\0", 7);
}

static void
test_digest(void **state)
{
	char digest[IMAP_DIGEST];

	(void)state;
	imap_digest("abc", 3, digest);
	assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf7),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_message_id),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
