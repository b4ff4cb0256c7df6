/* SPDX-License-Identifier: BSD-2-Clause */
/* etcd_answer: byte for byte what etcd 3.4.23 said, and what it never would */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/lease/etcd_answer.h"
#include "remediate/lease/etcd_base64.h"

#define HEADER "\"header\":{\"cluster_id\":\"14841639068965178418\"," \
	"\"member_id\":\"10276657743932975437\",\"revision\":\"7\"," \
	"\"raft_term\":\"2\"}"

static struct etcd_answer answer;

static void
read_it(const char *text)
{
	struct err err;

	if (etcd_answer_read(text, strlen(text), &answer, &err) == -1)
		fail_msg("%s", err.text);
}

static void
refuses(const char *text, const char *why)
{
	struct err err;

	assert_int_equal(etcd_answer_read(text, strlen(text), &answer, &err),
	    -1);
	assert_int_equal(err.kind, ERR_NEVER);
	if (strstr(err.text, why) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, why);
}

static void
leases(void **state)
{
	(void)state;
	read_it("{" HEADER ",\"ID\":\"7587899169652606726\",\"TTL\":\"5\"}");
	assert_true(answer.cluster == UINT64_C(14841639068965178418));
	assert_int_equal(answer.revision, 7);
	assert_true(answer.lease == INT64_C(7587899169652606726));
	assert_int_equal(answer.ttl, 5);
	etcd_answer_drop(&answer);
	read_it("{\"result\":{" HEADER ",\"ID\":\"12\",\"TTL\":\"30\"}}\n");
	assert_int_equal(answer.lease, 12);
	assert_int_equal(answer.ttl, 30);
	etcd_answer_drop(&answer);
	/* the lease is over */
	read_it("{\"result\":{" HEADER ",\"ID\":\"123\"}}\n");
	assert_int_equal(answer.ttl, 0);
	etcd_answer_drop(&answer);
}

static void
transactions(void **state)
{
	(void)state;
	read_it("{" HEADER ",\"succeeded\":true,\"responses\":[{"
	    "\"response_put\":{\"header\":{\"revision\":\"7\"}}}]}");
	assert_true(answer.succeeded && !answer.inner && answer.count == 0);
	etcd_answer_drop(&answer);
	read_it("{" HEADER ",\"responses\":[{\"response_range\":{\"header\":{"
	    "\"revision\":\"7\"},\"kvs\":[{\"key\":\"aw==\",\"create_revision\":"
	    "\"2\",\"mod_revision\":\"3\",\"version\":\"1\",\"value\":\"dg==\","
	    "\"lease\":\"758\"}],\"count\":\"1\"}}]}");
	assert_true(!answer.succeeded && answer.count == 1);
	assert_string_equal(answer.pairs[0].key, "k");
	assert_string_equal(answer.pairs[0].value, "v");
	assert_int_equal(answer.pairs[0].created, 2);
	assert_int_equal(answer.pairs[0].modified, 3);
	assert_int_equal(answer.pairs[0].lease, 758);
	etcd_answer_drop(&answer);
	read_it("{" HEADER ",\"responses\":[{\"response_txn\":{\"header\":{},"
	    "\"succeeded\":true,\"responses\":[{\"response_put\":{\"header\":{"
	    "\"revision\":\"3\"}}}]}}]}");
	assert_true(!answer.succeeded && answer.inner);
	etcd_answer_drop(&answer);
	/* several of them, and transactions in each other, up to a point */
	read_it("{" HEADER ",\"succeeded\":false,\"responses\":[{"
	    "\"response_range\":{\"kvs\":[{\"key\":\"aw==\"}],\"more\":true}},"
	    "{\"response_range\":{\"kvs\":[{\"key\":\"bA==\"},"
	    "{\"key\":\"bQ==\"}]}},"
	    "{\"response_txn\":{\"responses\":[{\"response_txn\":{"
	    "\"responses\":[{\"response_txn\":{\"succeeded\":true}}]}}]}}]}");
	assert_int_equal(answer.count, 3);
	assert_string_equal(answer.pairs[0].key, "k");
	assert_string_equal(answer.pairs[2].key, "m");
	assert_false(answer.succeeded || answer.inner || answer.more);
	etcd_answer_drop(&answer);
	/* as a newer gateway may spell it */
	read_it("{\"header\":{\"clusterId\":\"3\",\"revision\":8},\"responses\":"
	    "[{\"responseRange\":{\"kvs\":[{\"key\":\"aw==\",\"createRevision\":"
	    "\"4\",\"modRevision\":5}]}}]}");
	assert_int_equal(answer.cluster, 3);
	assert_int_equal(answer.pairs[0].created, 4);
	assert_int_equal(answer.pairs[0].modified, 5);
	assert_string_equal(answer.pairs[0].value, "");
	etcd_answer_drop(&answer);
}

static void
ranges(void **state)
{
	(void)state;
	read_it("{" HEADER "}");
	assert_true(answer.count == 0 && !answer.more);
	etcd_answer_drop(&answer);
	read_it("{" HEADER ",\"kvs\":[{\"key\":\"YQ==\",\"value\":\"AGI=\"},"
	    "{\"key\":\"YmM=\"}],\"more\":true,\"count\":\"9\"}");
	assert_int_equal(answer.count, 2);
	assert_true(answer.more);
	assert_int_equal(answer.pairs[0].value_length, 2);
	assert_memory_equal(answer.pairs[0].value, "\0b", 3);
	assert_string_equal(answer.pairs[1].key, "bc");
	etcd_answer_drop(&answer);
}

static void
tokens(void **state)
{
	own(str) char *text = NULL;
	char longest[4098];

	(void)state;
	read_it("{" HEADER ",\"token\":\"URTndgUrLaISEOgM.22\"}");
	assert_string_equal(answer.token, "URTndgUrLaISEOgM.22");
	etcd_answer_drop(&answer);
	/* it would be a second field of the header */
	refuses("{" HEADER ",\"token\":\"a\\r\\nX: y\"}", "token");
	refuses("{" HEADER ",\"token\":7}", "token");
	refuses("{" HEADER ",\"token\":\"\u00e4\"}", "token");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	text = mem_format("{" HEADER ",\"token\":\"%s\"}", longest);
	refuses(text, "token");
	strcpy(strrchr(text, 'x'), "\"}");	/* one less */
	read_it(text);
	assert_int_equal(strlen(answer.token), 4096);
	etcd_answer_drop(&answer);
}

static void
nonsense(void **state)
{
	(void)state;
	refuses("", "no answer of etcd");
	refuses("<html>", "no answer of etcd");
	refuses("[]", "no answer of etcd");
	refuses("{}", "header");
	refuses("{\"header\":[]}", "header");
	refuses("{\"header\":{\"revision\":\"x\"}}", "revision");
	refuses("{\"header\":{\"revision\":\"\"}}", "revision");
	refuses("{\"header\":{\"revision\":\"99999999999999999999\"}}",
	    "revision");
	refuses("{\"header\":{\"cluster_id\":true}}", "cluster_id");
	refuses("{\"header\":{\"cluster_id\":\"\"}}", "cluster_id");
	refuses("{\"header\":{\"cluster_id\":\"7x\"}}", "cluster_id");
	refuses("{\"header\":{\"cluster_id\":\"99999999999999999999\"}}",
	    "cluster_id");
	read_it("{\"header\":{\"cluster_id\":7}}");
	assert_true(answer.cluster == 7 && answer.revision == 0);
	etcd_answer_drop(&answer);
	refuses("{" HEADER ",\"TTL\":[]}", "TTL");
	refuses("{" HEADER ",\"ID\":1.5}", "ID");
	refuses("{" HEADER ",\"kvs\":{}}", "kvs");
	refuses("{" HEADER ",\"kvs\":[7]}", "kvs");
	refuses("{" HEADER ",\"kvs\":[{\"key\":\"a\"}]}", "key");
	refuses("{" HEADER ",\"kvs\":[{\"value\":\"YQ==YQ==\"}]}", "value");
	refuses("{" HEADER ",\"more\":\"true\"}", "more");
	refuses("{" HEADER ",\"succeeded\":1}", "succeeded");
	refuses("{" HEADER ",\"responses\":7}", "responses");
}

static void
faults(void **state)
{
	static const struct {
		unsigned	 status;
		const char	*text;
		enum etcd_fault	 fault;
		enum err_kind	 kind;
		int		 code;
		const char	*says;
	} rows[] = {
		{ 401, "{\"error\":\"etcdserver: invalid auth token\",\"message\""
		    ":\"etcdserver: invalid auth token\",\"code\":16}",
		    ETCD_TOKEN, ERR_LATER, 16, "etcdserver: invalid auth token" },
		{ 400, "{\"error\":\"etcdserver: user name is empty\",\"code\":3}",
		    ETCD_REQUEST, ERR_NEVER, 3, "etcdserver: user name is empty" },
		{ 500, "{\"error\":\"auth: revision in header is old\","
		    "\"code\":2}", ETCD_TOKEN, ERR_LATER, 2,
		    "auth: revision in header is old" },
		{ 500, "{\"error\":\"etcdserver: revision of auth store is old\","
		    "\"code\":3}", ETCD_TOKEN, ERR_LATER, 3,
		    "etcdserver: revision of auth store is old" },
		{ 404, "{\"error\":\"etcdserver: requested lease not found\","
		    "\"code\":5}", ETCD_REQUEST, ERR_LATER, ETCD_NOT_FOUND,
		    "etcdserver: requested lease not found" },
		{ 503, "{\"error\":\"etcdserver: request timed out\",\"code\":14}",
		    ETCD_MEMBER, ERR_LATER, 14, "etcdserver: request timed out" },
		{ 403, "{\"message\":\"etcdserver: permission denied\","
		    "\"code\":7}", ETCD_REQUEST, ERR_NEVER, 7,
		    "etcdserver: permission denied" },
		{ 404, "Not Found\n", ETCD_MEMBER, ERR_NEVER, -1,
		    "answer 404: it is no etcd, or one before 3.4, without /v3" },
		{ 502, "<html>", ETCD_MEMBER, ERR_LATER, -1, "answer 502" },
		{ 500, "{\"error\":\"\\u001b[2J\",\"code\":2}", ETCD_MEMBER,
		    ERR_LATER, 2, "\\x1b[2J" },
		{ 500, "{\"error\":[],\"code\":\"7\"}", ETCD_MEMBER, ERR_LATER,
		    -1, "answer 500" },
		{ 500, "{\"error\":\"x\",\"code\":4294967303}", ETCD_MEMBER,
		    ERR_LATER, -1, "answer 500" },
		{ 500, "{\"error\":\"x\",\"code\":-1}", ETCD_MEMBER,
		    ERR_LATER, -1, "answer 500" },
		{ 500, "{\"error\":\"\",\"code\":3}", ETCD_MEMBER,
		    ERR_LATER, -1, "answer 500" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err err;
		int code;

		assert_int_equal(etcd_fault_read(rows[i].status, rows[i].text,
		    strlen(rows[i].text), &code, &err), rows[i].fault);
		assert_int_equal(err.kind, rows[i].kind);
		assert_int_equal(code, rows[i].code);
		assert_string_equal(err.text, rows[i].says);
	}
}

static void
base64(void **state)
{
	static const struct { const char *bytes, *text; } rows[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "\xff\xfe?", "//4/" },
	};
	static const char *const bad[] = { "Z", "Zg=", "Zg=a", "=g==", "Z===",
		"Zg==Zg==", "Zm9v\n", "Zm9-", "====" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = { 0 };
		own(buf) struct buf text = BUF;
		size_t n;

		etcd_base64_add(rows[i].bytes, strlen(rows[i].bytes), &text);
		assert_string_equal(text.data, rows[i].text);
		assert_string_equal(etcd_base64_read(&arena, text.data,
		    text.len, &n), rows[i].bytes);
		assert_int_equal(n, strlen(rows[i].bytes));
		arena_drop(&arena);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct arena arena = { 0 };
		size_t n;

		if (etcd_base64_read(&arena, bad[i], strlen(bad[i]),
		    &n) != NULL)
			fail_msg("'%s' was read", bad[i]);
		/* NUL is no digit, although each text ends in one */
		assert_null(etcd_base64_read(&arena, "Zm\0v", 4, &n));
		arena_drop(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leases),
		cmocka_unit_test(transactions),
		cmocka_unit_test(ranges),
		cmocka_unit_test(tokens),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(faults),
		cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
