/* SPDX-License-Identifier: BSD-2-Clause */
/* ews_mime: base64 in pieces, and what is none
 * NEEDS: REMEDIATION */
#include "remediate/ews/ews_mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "remediate/ews/ews_xml.h"

static const struct {
	const char	*text, *out;
	int		 state;
} rows[] = {
	{ "SGFsbG8=", "Hallo", EWS_MIME_WHOLE },
	{ "SGFs\r\nbG8=\r\n", "Hallo", EWS_MIME_WHOLE },
	{ "SGFsbG8hSGFsbG8h", "Hallo!Hallo!", EWS_MIME_WHOLE },
	{ "", NULL, EWS_MIME_BAD },
	{ "SGFsbG8", NULL, EWS_MIME_BAD },
	{ "S<Fsb", NULL, EWS_MIME_BAD },
	{ "SGFsbG8hSGFsbG8hSGFsbG8hSGFsbG8h", NULL, EWS_MIME_TOO_LARGE },
};

static void
test_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t piece = 1; piece < 9; piece++) {
			own(buf) struct buf out = BUF;
			struct ews_mime mime = { .out = &out, .max = 20 };
			size_t n = strlen(rows[i].text);

			ews_mime_begin(&mime);
			for (size_t at = 0; at < n; at += piece)
				ews_mime_take(&mime, rows[i].text + at,
				    n - at < piece ? n - at : piece);
			ews_mime_end(&mime);
			assert_int_equal(mime.state, rows[i].state);
			if (rows[i].out != NULL)
				assert_string_equal(out.data, rows[i].out);
			ews_mime_drop(&mime);
		}
}

#define ANSWER(inside) "<a xmlns:t='" EWS_TYPES "'>" inside "</a>"

static const struct {
	const char	*xml;
	int		 state;
} answers[] = {
	{ ANSWER("<t:MimeContent>SGFsbG8=</t:MimeContent>"), EWS_MIME_WHOLE },
	{ ANSWER("<t:MimeContent><![CDATA[SGFsbG8=]]></t:MimeContent>"),
	    EWS_MIME_WHOLE },
	{ ANSWER("<t:MimeContent>SGFs<t:b/>bG8=</t:MimeContent>"),
	    EWS_MIME_BAD },
	{ ANSWER("<t:MimeContent>SGFsbG8=</t:MimeContent>"
	    "<t:MimeContent>SGFsbG8=</t:MimeContent>"), EWS_MIME_BAD },
	{ ANSWER("<t:MimeContent/>"), EWS_MIME_BAD },
	{ ANSWER("<MimeContent>SGFsbG8=</MimeContent>"), EWS_MIME_NONE },
	{ ANSWER("<o:MimeContent xmlns:o='urn:o'>SGFsbG8=</o:MimeContent>"),
	    EWS_MIME_NONE },
};

static void
test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		own(buf) struct buf out = BUF;
		struct ews_mime mime = { .out = &out, .max = 20 };
		struct err err;
		xmlDoc *doc;

		assert_int_equal(ews_xml_parse(answers[i].xml,
		    strlen(answers[i].xml), &mime, &doc, &err), 0);
		assert_int_equal(mime.state, answers[i].state);
		xmlFreeDoc(doc);
		ews_mime_drop(&mime);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
