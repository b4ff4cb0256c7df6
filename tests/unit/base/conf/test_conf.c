/* SPDX-License-Identifier: BSD-2-Clause */
/* tdc.cf: what is read, what is refused, and how that is said */
#include "base/conf/conf.h"

#include <string.h>

#include "base/buf.h"
#include "base/conf/conf_value.h"
#include "tests/unit/scratch.h"

/* Each of these names the next one so often that ten of them would be longer
 * than any memory, or, all of it empty, longer than any life. */
static void
test_blown_up(void **state)
{
	static const char *const names[] = { "user", "intake_name",
		"syslog_name", "syslog_facility", "dns_servers",
		"intake_route", "milter_socket_group", "skip_daemon_names",
		"trusted_relays", "journal_sender" };
	static const char *const last[] = { "", "0123456789abcdef" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		own(buf) struct buf text = BUF;
		struct conf conf;
		struct err err;

		for (size_t n = 0; n < 9; n++) {
			buf_format(&text, "%s =", names[n]);
			for (unsigned times = 0; times < 200; times++)
				buf_format(&text, "$%s", names[n + 1]);
			buf_byte(&text, '\n');
		}
		buf_format(&text, "%s = %s\n", names[9], last[i]);
		assert_int_equal(conf_parse("f", text.data, &conf, &err), -1);
		assert_non_null(strstr(err.text, "too long with all"));
	}
}

static int
load(const char *text, struct conf *out, struct err *err)
{
	char *dir = scratch_new();
	char *path = scratch_file(dir, "tdc.cf", text);
	int result = conf_load(path, out, err);

	free(path);
	scratch_free(dir);
	return result;
}

static void
test_defaults(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(load("", &conf, &err), 0);
	assert_string_equal(conf.default_policy, "NO");
	assert_int_equal(conf.queue_lifetime, 120000);
	assert_int_equal(conf.retry_limit, 1);
	assert_int_equal(conf.retry_delay, 60000);
	assert_int_equal(conf.min_connections, 3);
	assert_int_equal(conf.max_messages_per_connection, 10);
	assert_int_equal(conf.flight_messages, 0);	/* auto */
	assert_int_equal(conf.milter_socket_mode, 0660);
	assert_int_equal(conf.min_free_space, 100 << 20);
	assert_int_equal(conf.tls_policy, CONF_TLS_VERIFY);
	assert_true(conf.skip_authenticated);
	assert_true(*conf.helo_name != '\0');
	assert_memory_equal(conf.journal_from, "tdc@", 4);
	assert_string_equal(conf.journal_null_sender, "<>");
	conf_drop(&conf);
}

static void
test_syntax(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(load(
	    "# a comment\n"
	    "  # another\n"
	    "\n"
	    "intake_address=a@b.test\n"
	    "policy_maps =\n"
	    "\tcheck_recipient hash:/x,\n"
	    "# in between\n"
	    "\n"
	    "    check_sender hash:/y  \n"
	    "spool_directory = /var/${syslog_name}/$(intake_name)\n"
	    "syslog_name = tdc\n"
	    "intake_name = a$$b\n"
	    "internal_networks =\n"
	    "queue_lifetime = 1500ms\r\n"
	    "min_free_space = 2G\n"
	    "undelivered = KEEP\n", &conf, &err), 0);
	assert_string_equal(conf.intake_address, "a@b.test");
	assert_string_equal(conf.policy_maps,
	    "check_recipient hash:/x, check_sender hash:/y");
	assert_string_equal(conf.spool_directory, "/var/tdc/a$b");
	assert_string_equal(conf.internal_networks, "");
	assert_int_equal(conf.queue_lifetime, 1500);
	assert_int_equal(conf.min_free_space, INT64_C(2) << 30);
	assert_int_equal(conf.undelivered, CONF_KEEP);
	assert_non_null(strstr(conf_where(&conf, "policy_maps"), "tdc.cf:5"));
	assert_non_null(strstr(conf_where(&conf, "user"), "(default of user)"));
	conf_drop(&conf);
}

/* Every bad file: what the one line of the error must hold. */
static const struct {
	const char	*text;
	const char	*error;
} bad[] = {
	{ "colour = blue\n", "tdc.cf:1: unknown parameter 'colour'" },
	{ "intake_adress = a@b.test\n", "tdc.cf:1: unknown parameter "
	  "'intake_adress', did you mean 'intake_address'?" },
	{ "user = $usr\n", "unknown parameter $usr, did you mean $user?" },
	{ "\n\nuser = a\nuser = b\n",
	  "tdc.cf:4: user is set already, in line 3" },
	{ "user\n", "tdc.cf:1: not 'name = value'" },
	{ "= b\n", "tdc.cf:1: not 'name = value'" },
	{ "use r = b\n", "tdc.cf:1: not 'name = value'" },
	{ "queue_lifetime = soon\n",
	  "tdc.cf:1: queue_lifetime: 'soon' is no number" },
	{ "queue_lifetime = 12y\n", "unknown unit 'y'" },
	{ "queue_lifetime = 99999999999999999999\n", "is no number" },
	{ "queue_lifetime = 9999999999999999d\n", "is too large" },
	{ "queue_lifetime = 0\n", "is too small" },
	{ "min_connections = 0\n", "'0' is too small" },
	{ "min_connections = -1\n", "'-1' is no number" },
	{ "min_connections = 501\n", "'501' is too large" },
	{ "min_connections = auto\n", "'auto' is no number" },
	{ "flight_messages = 0\n", "'0' is too small" },
	{ "flight_messages = 33\n", "'33' is too large" },
	{ "flight_messages = many\n", "'many' is no number" },
	{ "max_connections = 2\n", "min_connections: 3 is more than" },
	{ "min_connections = 3s\n", "unknown unit 's'" },
	{ "skip_authenticated = maybe\n", "is neither yes nor no" },
	{ "milter_socket_mode = 0888\n", "is no octal mode" },
	{ "milter_socket_mode = rw\n", "is no octal mode" },
	{ "undelivered = burn\n", "is none of: discard keep" },
	{ "undelivered =\n", "'' is none of" },
	{ "intake_address = nobody\n", "is no address" },
	{ "intake_address = a b@c\n", "is no address" },
	{ "alternate_intake_address = nobody\n", "is no address" },
	{ "intake_address = a@b.test\nalternate_intake_address = A@b.test\n",
	  "tdc.cf:2: alternate_intake_address: 'A@b.test' is intake_address "
	  "itself" },
	{ "journal_from = a\vb@c\n", "is no address" },
	{ "journal_null_sender = nobody\n", "is no address (local@domain), nor <>" },
	{ "journal_null_sender =\n", "is no address" },
	{ "journal_null_sender = <a@b>\n", "is no address" },
	{ "journal_sender = gr\xc3\xbcn@c\n", "is no address" },
	{ "tls_min_version = TLSv1.1\n", "is neither TLSv1.2 nor TLSv1.3" },
	{ "remote_ip_header = X-A: b\n", "is no header field name" },
	{ "spool_directory = here\n", "is no absolute path" },
	{ "spool_directory =\n", "tdc.cf:1: spool_directory: '' is no absolute "
	  "path" },
	{ "mail_logs_file = here\n", "tdc.cf:1: mail_logs_file: 'here' is no "
	  "absolute path" },
	{ "tls_ca_file = ca.pem\n", "is no absolute path" },
	{ "tls_key_file = /key\n", "'/key' has no tls_cert_file" },
	{ "helo_name = a b\n", "tdc.cf:1: helo_name: 'a b' is no host name" },
	{ "helo_name = gr\xc3\xbcn\n", "is no host name" },
	{ "api_url = api.example\n",
	  "tdc.cf:1: api_url: 'api.example' is not https://HOST" },
	{ "api_url = ftp://api.example\n", "is not https://HOST" },
	{ "api_url = https://\n", "no URL with a host" },
	{ "api_url = https://:443/x\n", "no URL with a host" },
	{ "api_url = https://me:hush@api.example\n",
	  "api_url: a URL must not hold a user or a password" },
	{ "api_url = http://localhost\\@api.example\n", "a user or a password" },
	{ "cluster_urls = https://a.example:2379\n\thttp://b.example:2379\n",
	  "tdc.cf:1: cluster_urls: b.example: 'http' is not https, which only "
	  "this host may do without" },
	{ "cluster_urls = http://127.evil.example\n", "is not https" },
	{ "cluster_urls = http://127.0.0.1.evil.example/\n", "is not https" },
	{ "cluster_urls = http://[::2]:2379\n", "[::2]: 'http' is not https" },
	{ "cluster_urls = http://[::1\n", "[::1: 'http' is not https" },
	{ "cluster_urls = http://localhost.example\n", "is not https" },
	{ "user = $colour\n", "unknown parameter $colour" },
	{ "user = a$\n", "no parameter name after '$'" },
	{ "user = ${user\n", "no parameter name after '$'" },
	{ "user = $user\n", "$names refer to each other" },
	{ "user = $syslog_name\nsyslog_name = $user\n",
	  "$names refer to each other" },
};

static void
test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct conf conf = { 0 };
		struct err err = { 0 };

		if (load(bad[i].text, &conf, &err) != -1)
			fail_msg("accepted: %s", bad[i].text);
		assert_int_equal(err.kind, ERR_NEVER);
		if (strstr(err.text, bad[i].error) == NULL)
			fail_msg("for '%s': '%s' holds no '%s'", bad[i].text,
			    err.text, bad[i].error);
		assert_null(conf.private);
	}
}

/* Without TLS to this host alone. */
static void
test_urls(void **state)
{
	static const char *const good[] = {
		"cluster_urls = http://localhost:2379 HTTPS://a.example/\n",
		"cluster_urls = http://127.0.0.1:2379\n\thttp://[::1]:2379/\n",
		"cluster_urls = http://127.8.9.1 https://[fd00::1]:2379\n",
		"api_url = https://api.example:8443/v1?a@b\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct conf conf = { 0 };
		struct err err = { 0 };

		if (load(good[i], &conf, &err) == -1)
			fail_msg("refused: %s", err.text);
		conf_drop(&conf);
	}
}

static void
test_no_file(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(conf_load("/nowhere/tdc.cf", &conf, &err), -1);
	assert_string_equal(err.text,
	    "open /nowhere/tdc.cf: No such file or directory");
	assert_int_equal(conf_load("/", &conf, &err), -1);
}

static void
test_every_row(void **state)
{
	(void)state;
	for (const struct conf_option *option = conf_options;
	    option->name != NULL; option++) {
		size_t length = strlen(option->meaning);

		assert_true(length > 10);
		assert_int_equal(option->meaning[length - 1], '.');
		assert_true(option->place < offsetof(struct conf, private));
		assert_true(option->type == CONF_COUNT ||
		    option->type == CONF_ADDRESS || (option->type ==
		    CONF_CHOICE) == (option->choices != NULL));
		for (const struct conf_option *other = conf_options;
		    other != option; other++) {
			assert_string_not_equal(option->name, other->name);
			assert_int_not_equal(option->place, other->place);
		}
	}
}

/* Whatever a reload leaves to a restart, and one of each type that it does
 * not. */
static const struct {
	const char	*text;
	const char	*restart;
} changes[] = {
	{ "milter_socket = inet:8800\n", "milter_socket" },
	{ "milter_socket_mode = 0600\n", "milter_socket_mode" },
	{ "milter_socket_group = mail\n", "milter_socket_group" },
	{ "spool_directory = /x\n", "spool_directory" },
	{ "user = mail\n", "user" },
	{ "default_policy = DEFAULT\n", NULL },
	{ "mail_logs_file = /x\n", NULL },
	{ "intake_address = a@b.test\n", NULL },
	{ "log_skipped = yes\n", NULL },
	{ "retry_limit = 7\n", NULL },
	{ "retry_delay = 7s\n", NULL },
	{ "min_free_space = 7M\n", NULL },
	{ "undelivered = keep\n", NULL },
};

static void
test_restart(void **state)
{
	struct conf old, new;
	struct err err;

	(void)state;
	assert_int_equal(load("", &old, &err), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const char *restart;

		assert_int_equal(load(changes[i].text, &new, &err), 0);
		restart = conf_restart(&old, &new);
		if (changes[i].restart == NULL)
			assert_null(restart);
		else
			assert_string_equal(restart, changes[i].restart);
		conf_drop(&new);
	}
	conf_drop(&old);
}

static void
test_same(void **state)
{
	struct conf old, new;
	struct err err;

	(void)state;
	assert_int_equal(load("", &old, &err), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		unsigned differ = 0;

		assert_int_equal(load(changes[i].text, &new, &err), 0);
		for (const struct conf_option *option = conf_options;
		    option->name != NULL; option++)
			differ += !conf_value_same(option,
			    (const char *)&old + option->place,
			    (const char *)&new + option->place);
		assert_int_equal(differ, 1);
		conf_drop(&new);
	}
	conf_drop(&old);
}

static void
test_print(void **state)
{
	struct conf conf;
	struct err err;
	char *text;
	size_t size;
	FILE *out;

	(void)state;
	assert_int_equal(load("user = mail$syslog_name\nsyslog_name =\n",
	    &conf, &err), 0);
	out = open_memstream(&text, &size);
	conf_print(&conf, CONF_SET, out);
	fclose(out);
	assert_string_equal(text, "user = mail$syslog_name\nsyslog_name =\n");
	free(text);
	out = open_memstream(&text, &size);
	conf_print(&conf, CONF_DEFAULTS, out);
	fclose(out);
	assert_non_null(strstr(text, "\nuser = tdc\n"));
	free(text);
	conf_drop(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_blown_up),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
