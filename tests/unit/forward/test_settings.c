/* SPDX-License-Identifier: BSD-2-Clause */
/* settings: what is wrong in the configuration is told apart from what passes */
#include "forward/settings.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/unit/spool_rig.h"

/* __lsan_default_suppressions - a context that libunbound could not make is not
 * freed by it as a whole */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libunbound.so\n";
}

/* load - a configuration with these lines; NULL, or what was wrong */
static struct forward_settings *
load(const char *dir, const char *lines, struct err *err)
{
	own(str) char *text = mem_format("user =\n%s", lines);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);
	struct forward_settings *settings = NULL;

	return forward_settings_load(path, &settings, err) == 0 ? settings :
	    NULL;
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *lines;	/* %s: the directory */
		enum err_kind kind;
		int sys;
	} cases[] = {
		{ "tls_ca_file = %s/none\n", ERR_LATER, ENOENT },
		{ "tls_ca_file = %s/secret\n", ERR_LATER, EACCES },
		{ "tls_ca_file = %s/words\n", ERR_NEVER, 0 },
		{ "tls_cert_file = %s/none\n", ERR_LATER, ENOENT },
		{ "tls_cert_file = %s/words\n", ERR_NEVER, 0 },
		{ "dns_trust_anchor_file = %s/none\n", ERR_LATER, ENOENT },
		{ "dns_trust_anchor_file = %s/words\n", ERR_NEVER, 0 },
		{ "tls_ca_file = %s/fifo\n", ERR_NEVER, 0 },
		{ "tls_cert_file = %s/fifo\n", ERR_NEVER, 0 },
		{ "dns_trust_anchor_file = %s/fifo\n", ERR_NEVER, 0 },
		{ "intake_login_file = %s/fifo\n", ERR_NEVER, 0 },
		{ "dns_servers = %s\n", ERR_NEVER, 0 },
		{ "intake_login_file = %s/none\n", ERR_LATER, ENOENT },
		{ "intake_login_file = %s/secret\n", ERR_LATER, EACCES },
		{ "intake_login_file = %s/words\n", ERR_NEVER, 0 },
		{ "intake_login_file = %s\n", ERR_NEVER, 0 },
		{ "intake_route = [%s\n", ERR_NEVER, 0 },
		{ "source_address = %s\n", ERR_NEVER, 0 },
		{ "tls_min_version = %s\n", ERR_NEVER, 0 },
		{ "no_such = %s\n", ERR_NEVER, 0 },
	};
	char *dir = scratch_new();
	own(str) char *secret = scratch_file(dir, "secret", "");
	own(str) char *fifo = mem_format("%s/fifo", dir);

	(void)state;
	must(chmod(secret, 0) == 0);
	must(mkfifo(fifo, 0600) == 0);
	free(scratch_file(dir, "words", "no certificate, no anchor\n"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *at = strstr(cases[i].lines, "%s");
		own(str) char *lines = mem_format("%.*s%s%s",
		    (int)(at - cases[i].lines), cases[i].lines, dir, at + 2);
		struct err err;

		if (cases[i].sys == EACCES && access(secret, R_OK) == 0)
			continue;	/* who may read everything */
		if (load(dir, lines, &err) != NULL)
			fail_msg("taken: %s", lines);
		if (err.kind != cases[i].kind || err.sys != cases[i].sys)
			fail_msg("%s: kind %d, errno %d", err.text,
			    (int)err.kind, err.sys);
	}
	scratch_free(dir);
}

/* However few descriptors there are: that passes.  With enough of them the last
 * file is read, and is what is wrong. */
static void
test_no_descriptors(void **state)
{
	struct rlimit before, few;
	char *dir = scratch_new();
	own(str) char *words = scratch_file(dir, "words", "no authority\n");
	own(str) char *anchors = scratch_file(dir, "anchors", ". IN DS 20326 8 "
	    "2 E06D44B80B8F1D39A95C0D7C65D08458E880409BBC683457104237C7F8EC8D"
	    "16\n");
	own(str) char *text = mem_format("user =\ndns_trust_anchor_file = %s\n"
	    "tls_ca_file = %s\n", anchors, words);
	own(str) char *path = scratch_file(dir, "tdc.cf", text);
	struct forward_settings *settings = NULL;
	unsigned failed = 0;
	struct err err;
	int next = dup(0);

	(void)state;
	must(next != -1 && close(next) == 0);
	must(getrlimit(RLIMIT_NOFILE, &before) == 0);
	for (rlim_t n = 0; n == 0 || err.kind == ERR_LATER; n++) {
		must(n < 100);
		few = before;
		few.rlim_cur = (rlim_t)next + n;
		must(setrlimit(RLIMIT_NOFILE, &few) == 0);
		must(forward_settings_load(path, &settings, &err) == -1);
		must(setrlimit(RLIMIT_NOFILE, &before) == 0);
		failed++;
	}
	assert_true(failed > 3);
	assert_non_null(strstr(err.text, "/words: "));
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_no_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
