/* SPDX-License-Identifier: BSD-2-Clause */
/* api_credentials: the file is read as it is meant, and no error tells of it */
/* NEEDS: REMEDIATION */
#include <string.h>

#include "remediate/api/api_private.h"
#include "tests/unit/scratch.h"

#define GOOD "client_id = me\npassword = a=b c #d\napi_key = K3y\n"

static const struct {
	const char	*text, *wrong;		/* NULL: it is good */
} rows[] = {
	{ GOOD, NULL },
	{ "# ours\n\n  api_key=K3y\r\n\tclient_id =\tme \npassword = a=b c #d",
	  NULL },
	{ "client_id = me\npassword = hush-me\n", "file: no api_key" },
	{ "", "file: no client_id" },
	{ "client_id = me\napi_key = hush-me\n", "file: no password" },
	{ GOOD "password = hush-me\n",
	  "file:4: password stands here for the second time" },
	{ GOOD "secret = hush-me\n", "file:4: not 'client_id =', 'password ='"
	  " or 'api_key =' and a value" },
	{ "client_id = me\nhush-me\n", "file:2: not 'client_id =', 'password "
	  "=' or 'api_key =' and a value" },
	{ "client_id = me\npassword =\n", "file:2: password has no value" },
	{ "api_key = hush-me\x01\n",
	  "file:1: api_key holds a control character" },
	{ "client_id = hush:me\npassword = b\napi_key = c\n",
	  "file: client_id holds a colon" },
};

static void
test_rows(void **state)
{
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *path = scratch_file(dir, "file", rows[i].text);
		struct api_credentials credentials;
		struct err err;
		int result;

		chmod(path, 0600);
		result = api_credentials_load(path, &credentials, &err);
		if (rows[i].wrong == NULL) {
			assert_int_equal(result, 0);
			assert_string_equal(credentials.client_id, "me");
			assert_string_equal(credentials.password, "a=b c #d");
			assert_string_equal(credentials.api_key, "K3y");
			api_credentials_drop(&credentials);
		} else {
			assert_int_equal(result, -1);
			assert_int_equal(err.kind, ERR_NEVER);
			assert_null(strstr(err.text, "hush"));
			assert_string_equal(err.text + strlen(dir) + 1,
			    rows[i].wrong);
		}
		free(path);
	}
	scratch_free(dir);
}

/* A value may be long, but not as long as it likes. */
static void
test_long(void **state)
{
	char *dir = scratch_new(), *path;
	own(buf) struct buf text = BUF;
	struct err err;

	(void)state;
	buf_text(&text, "client_id = a\napi_key = b\npassword = ");
	for (int i = 0; i < 4096; i++)
		buf_byte(&text, 'x');
	path = scratch_file(dir, "file", text.data);
	chmod(path, 0600);
	assert_int_equal(api_check_credentials(path, &err), 0);
	free(path);
	buf_byte(&text, 'x');
	path = scratch_file(dir, "file", text.data);
	chmod(path, 0600);
	assert_int_equal(api_check_credentials(path, &err), -1);
	free(path);
	scratch_free(dir);
}

static void
test_mode(void **state)
{
	char *dir = scratch_new(), *path = scratch_file(dir, "file", GOOD);
	struct err err;

	(void)state;
	chmod(path, 0644);
	assert_int_equal(api_check_credentials(path, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "file: can be read by others"));
	chmod(path, 0640);
	assert_int_equal(api_check_credentials(path, &err), 0);
	unlink(path);
	assert_int_equal(api_check_credentials(path, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	free(path);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
