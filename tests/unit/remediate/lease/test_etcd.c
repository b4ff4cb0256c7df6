/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request to etcd: which member is asked, with which token, whose failure is told
 * of several, and what a file of credentials may hold
 *
 * NEEDS: REMEDIATION
 * WRAP: http_ask http_open
 */
#include "remediate/lease/etcd.h"

#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "remediate/lease/etcd_login.h"
#include "tests/unit/remediate/http/no_handle.h"
#include "tests/unit/scratch.h"

/* ---- members that say what they are told to ---- */

#define OK "{\"header\":{\"revision\":\"7\"}"
#define REFUSED(code) "{\"error\":\"no, by " #code "\",\"code\":" #code "}"

struct reply {
	const char	*url;		/* that must be asked; NULL: no more */
	const char	*token;		/* and with that; NULL: none */
	unsigned	 status;	/* 0: there is no answer */
	const char	*body;
};

static const struct reply *next;
static unsigned after;			/* requests that were answered */
static atomic_bool stopped;
static bool stops;			/* we are to, with the first request */

int	__wrap_http_ask(struct http *, const struct http_request *,
	    struct http_answer *, struct err *);
int
__wrap_http_ask(struct http *http, const struct http_request *request,
    struct http_answer *out, struct err *err)
{
	const struct reply *reply = next++;

	(void)http;
	assert_non_null(reply->url);
	assert_string_equal(request->url, reply->url);
	assert_string_equal(request->method, "POST");
	if (reply->token == NULL)
		assert_null(request->fields[1]);
	else
		assert_string_equal(request->fields[1], reply->token);
	atomic_store(&stopped, stops);
	after++;
	if (reply->status == 0)
		return err_set(err, ERR_LATER, "%s: no answer", reply->url);
	out->status = reply->status;
	buf_text(&out->body, reply->body);
	return 0;
}

static char *dir, *credentials;
static struct err err;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	credentials = mem_text("");
	atomic_store(&stopped, false);
	stops = no_handle = false;
	after = 0;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(credentials);
	scratch_free(dir);
	return 0;
}

/* login - with that file of credentials */
static void
login(const char *text)
{
	free(credentials);
	credentials = scratch_file(dir, "etcd", text);
	assert_int_equal(chmod(credentials, 0600), 0);
}

static int
open_etcd(const char *urls, struct etcd **out)
{
	const struct etcd_options options = { .urls = urls,
		.credentials_file = credentials, .ca_file = "",
		.timeout = 1000, .stopped = &stopped };

	err.text[0] = '\0';
	return etcd_open(&options, out, &err);
}

/* ask - what comes of it, when the members say that */
static int
ask(const char *urls, const struct reply *replies)
{
	struct etcd_answer answer = { .token = "" };
	struct etcd *etcd;
	int result;

	if (open_etcd(urls, &etcd) == -1)
		fail_msg("%s", err.text);
	next = replies;
	result = etcd_ask(etcd, "kv/range", "{}", &answer, &err);
	assert_null(next->url);		/* all were asked */
	if (result == 0)
		assert_int_equal(answer.revision, 7);
	etcd_answer_drop(&answer);
	etcd_close(etcd);
	return result;
}

#define A "https://a/v3/kv/range"
#define B "https://b/v3/kv/range"
#define LOGIN "https://a/v3/auth/authenticate"
#define TOKEN "Authorization: t1"

static void
test_members(void **state)
{
	(void)state;
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 0, NULL }, { B, NULL, 200, OK "}" }, { 0 } }), 0);
	/* what is no answer of etcd's is the member's fault */
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 200, "<html>" }, { B, NULL, 200, OK "}" }, { 0 } }), 0);
	/* who refuses a request does so for all of them */
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 400, REFUSED(3) }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "etcd https://a: no, by 3");
	assert_null(etcd_close(NULL));
}

/* of several failures the one is told that may pass by itself */
static void
test_whose_failure(void **state)
{
	(void)state;
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 0, NULL }, { B, NULL, 404, "Not Found" }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, A ": no answer"));
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 404, "Not Found" }, { B, NULL, 0, NULL }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, B ": no answer"));
	/* the second one refuses the request: that is what counts */
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 0, NULL }, { B, NULL, 403, REFUSED(7) }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "etcd https://b: no, by 7");
}

/* when we stop no other one is asked */
static void
test_stopped(void **state)
{
	(void)state;
	stops = true;
	assert_int_equal(ask("https://a https://b", (const struct reply[]){
	    { A, NULL, 0, NULL }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(after, 1);
}

static void
test_login(void **state)
{
	(void)state;
	login("# of the gateways\n\n user = tdc\r\npassword =  se=cret \n");
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 200, OK ",\"token\":\"t1\"}" },
	    { A, TOKEN, 200, OK "}" }, { 0 } }), 0);
	/* a token that is not taken any more is got again, once */
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 200, OK ",\"token\":\"t1\"}" },
	    { A, TOKEN, 401, REFUSED(16) },
	    { LOGIN, NULL, 200, OK ",\"token\":\"t2\"}" },
	    { A, "Authorization: t2", 200, OK "}" }, { 0 } }), 0);
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 200, OK ",\"token\":\"t1\"}" },
	    { A, TOKEN, 401, REFUSED(16) },
	    { LOGIN, NULL, 200, OK ",\"token\":\"t1\"}" },
	    { A, TOKEN, 401, REFUSED(16) }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "etcd https://a: no, by 16");
}

static void
test_login_fails(void **state)
{
	(void)state;
	login("user = tdc\npassword = secret\n");
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 200, OK "}" }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "etcd https://a gives no token");
	/* wrong ones: that is about the file */
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 400, REFUSED(3) }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "cluster_credentials_file: "
	    "etcd https://a: no, by 3");
	/* and that is not */
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { LOGIN, NULL, 0, NULL }, { 0 } }), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_null(strstr(err.text, "cluster_credentials_file"));
	assert_null(strstr(err.text, "secret"));
	/* nobody can be asked with these */
	login("user = tdc\npassword = \xff\xfe\n");
	assert_int_equal(ask("https://a", (const struct reply[]){ { 0 } }), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "/etcd: user or password is not UTF-8"));
	/* a token is asked for by who has no user */
	free(credentials);
	credentials = mem_text("");
	assert_int_equal(ask("https://a", (const struct reply[]){
	    { A, NULL, 401, REFUSED(16) }, { 0 } }), -1);
	assert_string_equal(err.text, "etcd https://a: no, by 16");
}

/* no word of what stands there is told, for it may be the password */
static void
test_files(void **state)
{
	own(str) char *longest = mem_new(1100);
	own(str) char *too_long = NULL;
	struct etcd *etcd = NULL;
	size_t i;

	(void)state;
	memset(longest, 'x', 1025);
	too_long = mem_format("user = %s\n", longest);
	const struct { const char *text, *says; } rows[] = {
		{ "", ": no user" },
		{ "password = zz\n", ": no user" },
		{ "user = zz\n", ": no password" },
		{ "user = zz\n\nzz\n", ":3: not 'user =' or 'password =' and a "
		    "value" },
		{ "pass word = zz\n", ":1: not 'user =' or 'password =' and a "
		    "value" },
		{ "user = \n", ":1: user has no value" },
		{ "user = zz\npassword =\n", ":2: password has no value" },
		{ "user = zz\nuser = zz\n", ":2: user stands here for the second "
		    "time" },
		{ "user = z\001z\n", ":1: user holds a control character" },
		{ too_long, ":1: user has more than 1024 octets" },
	};

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *wanted = NULL;

		login(rows[i].text);
		wanted = mem_format("%s%s", credentials, rows[i].says);
		assert_int_equal(open_etcd("https://a", &etcd), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_string_equal(err.text, wanted);
		assert_null(strstr(err.text, "zz"));
	}
	assert_null(etcd);
}

static void
test_open_fails(void **state)
{
	own(buf) struct buf urls = BUF;
	struct etcd *etcd = NULL;

	(void)state;
	no_handle = true;
	assert_int_equal(open_etcd("https://a", &etcd), -1);
	assert_string_equal(err.text, "no handle");
	no_handle = false;
	for (int i = 0; i < ETCD_MEMBERS + 1; i++)
		buf_format(&urls, "https://m%d ", i);
	assert_int_equal(open_etcd(urls.data, &etcd), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "more than 16 members of etcd");
	assert_null(etcd);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_members), TEST(test_whose_failure),
		TEST(test_stopped), TEST(test_login), TEST(test_login_fails),
		TEST(test_files), TEST(test_open_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
