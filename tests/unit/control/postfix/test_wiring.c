/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_wiring - what has to change so that smtpd(8) uses tdc-milter, and whom it
 * belongs to
 *
 * WRAP: fchmod fchown getgrgid mkdir open postconf_run
 */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "control/doctor/postconf.h"
#include "control/postfix/wiring.h"
#include "control/postfix/wiring_socket.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_CALL(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
NTH_CALL(int, fchown, (int fd, uid_t uid, gid_t gid), (fd, uid, gid), -1)
NTH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)

static const char *said = "";		/* by postconf(1); NULL: it fails */
static const char *local = "non_smtpd_milters =\n";
static bool grouped = true;

struct group *__real_getgrgid(gid_t);
struct group *__wrap_getgrgid(gid_t);
struct group *
__wrap_getgrgid(gid_t gid)
{
	return grouped ? __real_getgrgid(gid) : NULL;
}

int __wrap_postconf_run(const char *const *, struct buf *, struct err *);
int
__wrap_postconf_run(const char *const *arguments, struct buf *out,
    struct err *err)
{
	if (strcmp(arguments[1], "non_smtpd_milters") == 0) {
		buf_text(out, local);
		return 0;
	}
	if (said == NULL)
		return err_set(err, ERR_LATER, "postconf fails");
	buf_text(out, said);
	return 0;
}

/* plan - of a Postfix with one smtpd(8), whose list is that */
static int
plan(const char *parameters, const char *milters, struct wiring *out,
    struct err *err)
{
	struct postfix_service service = { .name = "smtp/inet",
		.settings = { .milters = milters, .action = "tempfail",
		.protocol = "2", .overrides = "" } };
	struct postfix postfix = { .known = true, .settings = service.settings,
		.mynetworks = "", .queue_directory = "/no/spool",
		.mail_owner = "nobody", .milter_maps = "", .has_master = true,
		.services = &service, .count = 1 };
	struct conf conf = { .private = NULL };
	int result;

	assert_int_equal(conf_parse("tdc.cf", parameters, &conf, err), 0);
	result = wiring_plan(&conf, &postfix, out, err);
	conf_drop(&conf);
	return result;
}

/* What a milter of ours keeps in the list, and what it gets. */
static void
lists(void **state)
{
	static const struct { const char *parameters, *was, *is; } rows[] = {
		{ "", "", "{ inet:127.0.0.1:8891, default_action=accept, "
		    "protocol=6 }" },
		{ "", "{ inet:localhost:8891, default_action=tempfail, protocol=2, "
		    "connect_timeout=5s }", "{ inet:127.0.0.1:8891, "
		    "connect_timeout=5s, default_action=accept, protocol=6 }" },
		{ "", "{ inet:[::1]:8891, protocol=6 }",
		    "{ inet:127.0.0.1:8891, protocol=6, default_action=accept }" },
		{ "milter_failure_action = tempfail\n",
		    "{ inet:127.0.0.1:8891, default_action=tempfail }",
		    "{ inet:127.0.0.1:8891, default_action=tempfail, protocol=6 }" },
		/* done: nothing changes */
		{ "", "{ inet:127.0.0.1:8891, default_action=accept, protocol=6 }",
		    NULL },
		{ "milter_failure_action = tempfail\n", "{ inet:127.0.0.1:8891, "
		    "default_action=tempfail, protocol=6 }", NULL },
		/* the same port elsewhere is a filter of somebody else */
		{ "", "inet:192.0.2.1:8891", "inet:192.0.2.1:8891, { "
		    "inet:127.0.0.1:8891, default_action=accept, protocol=6 }" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *raw = mem_format("smtpd_milters = %s\n",
		    rows[i].was);
		own(str) char *parameters = mem_format("milter_socket = inet:8891\n"
		    "%s", rows[i].parameters);
		own(wiring) struct wiring wiring = WIRING;
		struct err err;

		said = raw;
		if (plan(parameters, rows[i].was, &wiring, &err) == -1)
			fail_msg("%s: %s", rows[i].was, err.text);
		if (wiring.count != (rows[i].is != NULL) ||
		    wiring_changes(&wiring) != (rows[i].is != NULL) ||
		    (rows[i].is != NULL &&
		    strcmp(wiring.edits[0].value, rows[i].is) != 0))
			fail_msg("'%s' becomes '%s'", rows[i].was, wiring.count == 0 ?
			    "the same" : wiring.edits[0].value);
	}
}

/* postconf(1) may say nothing, or no more. */
static void
silent(void **state)
{
	own(wiring) struct wiring wiring = WIRING;
	struct err err;

	(void)state;
	said = NULL;
	assert_int_equal(plan("milter_socket = inet:8891\n", "", &wiring, &err), -1);
	assert_string_equal(err.text, "postconf fails");
	said = "\n";
	assert_int_equal(plan("milter_socket = inet:8891\n", "", &wiring, &err), -1);
	assert_string_equal(err.text, "postconf -p smtpd_milters says nothing");
	assert_int_equal(wiring.count, 0);
}

/* no_service - nor is there a list of a service to remove it from */
static void
no_service(void **state)
{
	const struct postfix_service service = { .name = "smtp/inet",
		.own_milters = true, .settings = { .milters = "inet:8891",
		.action = "", .protocol = "", .overrides = "" } };
	struct postfix postfix = { .settings = { .milters = "" },
		.queue_directory = "/no/spool", .mail_owner = "nobody",
		.milter_maps = "", .has_master = true };
	own(wiring) struct wiring wiring = WIRING;
	struct conf conf = { .private = NULL };
	struct err err;

	(void)state;
	assert_int_equal(conf_parse("tdc.cf", "milter_socket = inet:8891\n", &conf,
	    &err), 0);
	assert_int_equal(wiring_plan(&conf, &postfix, &wiring, &err), -1);
	assert_non_null(strstr(err.text, "master.cf has no smtpd"));
	postfix.services = (struct postfix_service *)&service;
	postfix.count = 1;
	said = NULL;
	assert_int_equal(wiring_removal(&conf, &postfix, &wiring, &err), -1);
	assert_string_equal(err.text, "postconf fails");
	assert_int_equal(wiring.count, 0);
	said = "smtp/inet/smtpd_milters = inet:8891\n";
	assert_int_equal(wiring_removal(&conf, &postfix, &wiring, &err), 0);
	assert_string_equal(wiring.edits[0].where, "smtp/inet/smtpd_milters");
	assert_string_equal(wiring.edits[0].value, "");
	conf_drop(&conf);
}

/* Local mail that refers to the list, in each way to write that. */
static void
local_mail(void **state)
{
	static const struct { const char *text; bool noted; } rows[] = {
		{ "non_smtpd_milters = $smtpd_milters\n", true },
		{ "non_smtpd_milters = ${smtpd_milters}\n", true },
		{ "non_smtpd_milters = inet:1, $(smtpd_milters)\n", true },
		{ "non_smtpd_milters = inet:1\n", false },
	};

	(void)state;
	said = "smtpd_milters =\n";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(wiring) struct wiring wiring = WIRING;
		struct err err;

		local = rows[i].text;
		assert_int_equal(plan("milter_socket = inet:8891\n", "", &wiring,
		    &err), 0);
		assert_int_equal(wiring.notes.len > 0, rows[i].noted);
	}
	local = "non_smtpd_milters =\n";
}

/* ---- the socket ---- */

/* A chroot may lie too deep for a socket in it. */
static void
too_long(void **state)
{
	own(str) char *queue = mem_format("/%0*d", 100, 7);
	struct postfix_service service = { .name = "smtp/inet", .chrooted = true,
		.settings = { .milters = "", .overrides = "" } };
	struct postfix postfix = { .queue_directory = queue,
		.mail_owner = "nobody", .services = &service, .count = 1 };
	own(wiring) struct wiring wiring = WIRING;
	struct conf conf = { .private = NULL };
	struct err err;

	(void)state;
	assert_int_equal(conf_parse("tdc.cf", "milter_socket = unix:/no/s\n", &conf,
	    &err), 0);
	assert_int_equal(wiring_socket(&conf, &postfix, &wiring, &err), -1);
	assert_non_null(strstr(err.text, "would have too long a name"));
	conf_drop(&conf);
}

/* socket_of - the group and mode that a socket gets with these parameters */
static int
socket_of(const char *parameters, struct wiring *out, struct err *err)
{
	const struct postfix postfix = { .queue_directory = "/no/spool",
		.mail_owner = "daemon" };
	struct conf conf = { .private = NULL };
	int result;

	assert_int_equal(conf_parse("tdc.cf", parameters, &conf, err), 0);
	result = wiring_socket(&conf, &postfix, out, err);
	conf_drop(&conf);
	return result;
}

static void
groups(void **state)
{
	own(wiring) struct wiring wiring = WIRING, mode = WIRING, none = WIRING;
	struct err err;

	(void)state;
	assert_int_equal(socket_of("milter_socket = unix:/no/s\nmilter_user = nobody\n"
	    "milter_socket_mode = 0600\n", &wiring, &err), 0);
	assert_string_equal(wiring.group, "daemon");
	assert_string_equal(wiring.mode, "0660");
	assert_true(wiring_changes(&wiring));
	assert_int_equal(socket_of("milter_socket = unix:/no/s\nmilter_user = nobody\n"
	    "milter_socket_group = daemon\nmilter_socket_mode = 0600\n", &mode,
	    &err), 0);
	assert_null(mode.group);
	assert_string_equal(mode.mode, "0660");
	assert_true(wiring_changes(&mode));
	grouped = false;
	assert_int_equal(socket_of("milter_socket = unix:/no/s\nmilter_user = nobody\n"
	    "milter_socket_mode = 0600\n", &none, &err), -1);
	grouped = true;
	assert_non_null(strstr(err.text, "has no group: set milter_socket_group"));
	assert_false(wiring_changes(&none));
}

/* make - the directory of the socket, with that user and owner of Postfix */
static int
make(const char *parameters, const char *owner, const char *dir, struct err *err)
{
	const struct postfix postfix = { .mail_owner = owner };
	struct conf conf = { .private = NULL };
	int result;

	assert_int_equal(conf_parse("tdc.cf", parameters, &conf, err), 0);
	nth_arm();
	result = wiring_make(&conf, &postfix, dir, err);
	nth_disarm();
	conf_drop(&conf);
	return result;
}

static void
directory(void **state)
{
	own(str) char *made = NULL;
	struct stat st;
	struct err err;
	unsigned at = 1;
	char *dir;

	(void)state;
	if (geteuid() != 0)
		skip();		/* it belongs to somebody else */
	dir = scratch_new();
	made = mem_format("%s/made", dir);
	assert_int_equal(make("milter_user = no-such-user\n", "nobody", made, &err), -1);
	assert_non_null(strstr(err.text, "no user 'no-such-user'"));
	assert_int_equal(make("milter_user = daemon\n", "no-such-owner", made, &err), -1);
	assert_string_equal(err.text, "mail_owner: no user 'no-such-owner'");
	assert_int_equal(stat(made, &st), -1);
	for (; nth_only(at, EIO); at++) {
		int result;

		result = make("milter_user = daemon\n", "nobody", made, &err);
		if (nth->name[0] == '\0') {
			assert_int_equal(result, 0);
			break;
		}
		assert_int_equal(result, -1);
		assert_non_null(strstr(err.text, strerror(EIO)));
		(void)rmdir(made);
	}
	assert_true(at > 4);
	assert_int_equal(stat(made, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(st.st_uid, getpwnam("daemon")->pw_uid);
	/* one that is there is not taken over */
	assert_int_equal(make("milter_user = daemon\n", "nobody", made, &err), -1);
	assert_non_null(strstr(err.text, "File exists"));
	scratch_free(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(silent),
		cmocka_unit_test(no_service),
		cmocka_unit_test(local_mail),
		cmocka_unit_test(too_long),
		cmocka_unit_test(groups),
		cmocka_unit_test(directory),
	};

	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
