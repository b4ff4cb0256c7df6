/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: MTA_STS */
/*
 * sts: which policy a domain has, by what is announced, got and kept; what is said when
 * it has none, and that nobody waits for it longer than he wants
 *
 * WRAP: dns_texts pthread_create resolver_stop sts_fetch
 */
#include "forward/tls/sts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "forward/net/dns.h"
#include "forward/tls/sts_fetch.h"
#include "forward/tls/sts_kept.h"
#include "tests/unit/no_threads.h"
#include "tests/unit/scratch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define POLICY "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 86400\n"
#define ID(id) "v=STSv1; id=" id ";"

/* ---- the net ---- */

enum { TEXTS = 3, PATIENCE_MS = 20000 };

static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	const char	*texts[TEXTS];	/* that are announced; NULL: no more */
	const char	*policy;	/* NULL: it cannot be got */
	bool		 held;		/* whoever gets it waits */
	unsigned	 getting, got;
	char		 asked[600];	/* the last name */
} net = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

enum dns_status	__wrap_dns_texts(struct resolver *, const char *, int64_t,
		    struct buf *, const char **);
enum dns_status
__wrap_dns_texts(struct resolver *unused, const char *name, int64_t deadline,
    struct buf *out, const char **why)
{
	size_t i = 0;

	(void)unused, (void)deadline;
	pthread_mutex_lock(&net.lock);
	snprintf(net.asked, sizeof(net.asked), "%s", name);
	for (; i < TEXTS && net.texts[i] != NULL; i++)
		buf_bytes(out, net.texts[i], strlen(net.texts[i]) + 1);
	pthread_mutex_unlock(&net.lock);
	*why = "none";
	return i > 0 ? DNS_FOUND : DNS_NO_DATA;
}

int	__wrap_sts_fetch(const struct sts_source *, const char *, int64_t,
	    struct buf *, struct err *);
int
__wrap_sts_fetch(const struct sts_source *source, const char *domain,
    int64_t deadline, struct buf *out, struct err *err)
{
	int result = -1;

	(void)source, (void)domain, (void)deadline;
	pthread_mutex_lock(&net.lock);
	net.getting++;
	pthread_cond_broadcast(&net.changed);
	while (net.held)
		pthread_cond_wait(&net.changed, &net.lock);
	if (net.policy != NULL) {
		buf_text(out, net.policy);
		result = 0;
	} else {
		err_set(err, ERR_LATER, "HTTP status 404");
	}
	net.got++;
	pthread_mutex_unlock(&net.lock);
	return result;
}

void	__wrap_resolver_stop(struct resolver *);
void
__wrap_resolver_stop(struct resolver *unused)
{
	(void)unused;
}

/* announce - this, and what can be got by it */
static void
announce(const char *text, const char *policy)
{
	pthread_mutex_lock(&net.lock);
	net.texts[0] = text;
	net.texts[1] = NULL;
	net.policy = policy;
	pthread_mutex_unlock(&net.lock);
}

static void
hold(bool held)
{
	pthread_mutex_lock(&net.lock);
	net.held = held;
	pthread_cond_broadcast(&net.changed);
	pthread_mutex_unlock(&net.lock);
}

/* ---- the tests ---- */

static char *dir;
static struct conf conf;
static struct sts *sts;
static struct sts_found found = STS_FOUND;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	conf = (struct conf){ .spool_directory = dir, .tls_ca_file = "",
		.tls_ca_path = "" };
	sts = sts_new(&conf, NULL);
	net.got = net.getting = 0;
	announce(ID("1"), POLICY);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	hold(false);
	no_threads = 0;
	sts_found_drop(&found);
	sts = sts_free(sts);
	scratch_free(dir);
	return 0;
}

/* find - has that domain a policy now?  id: of it; NULL: none, as why says */
static void
find(const char *domain, const char *id, const char *why)
{
	sts_find(sts, domain, clock_now() + PATIENCE_MS, &found);
	if (found.there != (id != NULL) ||
	    (id != NULL && strcmp(found.id, id) != 0))
		fail_msg("%s: %s, %s", domain, found.there ? found.id : "none",
		    found.why);
	if (strstr(found.why, why) == NULL || (*why == '\0' && *found.why != '\0'))
		fail_msg("%s: '%s'", domain, found.why);
	if (id != NULL) {
		assert_int_equal(found.policy.mode, STS_ENFORCE);
		assert_memory_equal(found.policy.text, POLICY,
		    found.policy.length);
	}
}

/* One record that is whole, and no other that is meant to be one. */
static void
test_records(void **state)
{
	static const struct {
		const char	*texts[TEXTS];
		bool		 good;
	} rows[] = {
		{ { NULL }, false },
		{ { ID("1") }, true },
		{ { "v=spf1 -all", ID("1"), "else" }, true },
		{ { "v=spf1 -all" }, false },
		{ { ID("1"), ID("1") }, false },
		{ { ID("1"), "v=STSv1; id=;" }, false },
		{ { "v=STSv1;" }, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		own(str) char *domain = mem_format("%zu.example", i);

		memcpy(net.texts, rows[i].texts, sizeof(net.texts));
		net.got = 0;
		find(domain, rows[i].good ? "1" : NULL, "");
		assert_int_equal(net.got, rows[i].good);
	}
}

/* What is no domain's name is never asked about, and makes no file. */
static void
test_domains(void **state)
{
	own(str) char *most = mem_new(600);
	const char *const bad[] = { "", ".x.example", "a b.example", "a/b", "..",
		"b\xc3\xbc.example", most };

	(void)state;
	memset(most, 'a', 599);
	net.asked[0] = '\0';
	for (size_t i = 0; i < COUNT(bad); i++) {
		find(bad[i], NULL, "");
		assert_false(sts_renew(sts, bad[i], clock_now() + PATIENCE_MS,
		    &found));
		assert_string_equal(net.asked, "");
	}
	find("UPPER_1-a.Example", "1", "");
	assert_string_equal(net.asked, "_mta-sts.upper_1-a.example");
	find("upper_1-a.example", "1", "");
	assert_int_equal(net.got, 1);
}

/* What cannot be got is said, and not asked for again until another is announced. */
static void
test_failed(void **state)
{
	(void)state;
	announce(ID("1"), NULL);
	find("x.example", NULL, "HTTP status 404");
	announce(ID("1"), POLICY);
	find("x.example", NULL, "HTTP status 404");
	assert_false(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	assert_int_equal(net.got, 1);
	announce(ID("2"), "mode: none\n");
	find("x.example", NULL, "that is no policy");
	announce(ID("3"), POLICY);
	find("x.example", "3", "");
	assert_int_equal(net.got, 3);
	/* another failure does not end it */
	announce(ID("4"), NULL);
	assert_false(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	find("x.example", "3", "");
}

/* A policy that cannot be saved is in force all the same, and that is said. */
static void
test_unsaved(void **state)
{
	own(str) char *none = mem_format("%s/none", dir);

	(void)state;
	conf.spool_directory = none;
	sts = sts_free(sts);
	sts = sts_new(&conf, NULL);
	find("x.example", "1", "open 'sts': No such file or directory");
	/* ... unless it shall not be */
	sts = sts_free(sts);
	sts = sts_new(&conf, NULL);
	sts_read_only(sts);
	find("x.example", "1", "");
}

/* One that was kept is in force at once, also when nothing can be asked. */
static void
test_kept(void **state)
{
	(void)state;
	find("x.example", "1", "");
	sts = sts_free(sts);
	sts = sts_new(&conf, NULL);
	announce(NULL, NULL);
	no_threads = FOR_GOOD;
	find("x.example", "1", "");
	find("x.example", "1", "");
	assert_int_equal(net.got, 1);
}

static void
test_renewed(void **state)
{
	(void)state;
	find("x.example", "1", "");
	assert_false(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	assert_string_equal(found.id, "1");
	announce(ID("2"), POLICY);
	assert_true(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	assert_true(found.there);
	assert_string_equal(found.id, "2");
	assert_false(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	sts_stop(sts);
	announce(ID("3"), POLICY);
	assert_false(sts_renew(sts, "x.example", clock_now() + PATIENCE_MS, &found));
	assert_string_equal(found.id, "2");
}

/* Who has one does not wait for the next, which is found meanwhile. */
static void
test_behind(void **state)
{
	int64_t end = clock_now() + PATIENCE_MS;

	(void)state;
	find("x.example", "1", "");
	announce(ID("2"), POLICY);
	hold(true);
	find("x.example", "1", "");
	pthread_mutex_lock(&net.lock);
	while (net.getting < 2)
		pthread_cond_wait(&net.changed, &net.lock);
	pthread_mutex_unlock(&net.lock);
	find("x.example", "1", "");
	hold(false);
	do {
		assert_true(clock_now() < end);
		sts_find(sts, "x.example", end, &found);
		assert_true(found.there);
	} while (strcmp(found.id, "2") != 0);
}

static void *
find_there(void *arg)
{
	struct sts_found *other = arg;

	sts_find(sts, "x.example", clock_now() + PATIENCE_MS, other);
	return NULL;
}

/* begin_getting - by another thread, which is held at it */
static pthread_t
begin_getting(struct sts_found *other)
{
	pthread_t thread;

	hold(true);
	assert_int_equal(pthread_create(&thread, NULL, find_there, other), 0);
	pthread_mutex_lock(&net.lock);
	while (net.getting == 0)
		pthread_cond_wait(&net.changed, &net.lock);
	pthread_mutex_unlock(&net.lock);
	return thread;
}

/* Who comes while it is got waits for that, and no longer than it has time. */
static void
test_busy(void **state)
{
	struct sts_found one = STS_FOUND;
	pthread_t thread = begin_getting(&one);

	(void)state;
	sts_find(sts, "x.example", clock_now(), &found);
	assert_false(found.there);
	assert_string_equal(found.why, "");
	assert_false(sts_renew(sts, "x.example", clock_now(), &found));
	hold(false);
	find("x.example", "1", "");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(one.there);
	assert_int_equal(net.got, 1);
	sts_found_drop(&one);
}

/* ... nor when all of it ends. */
static void
test_stopped(void **state)
{
	struct sts_found one = STS_FOUND;
	pthread_t thread = begin_getting(&one);

	(void)state;
	sts_stop(sts);
	sts_find(sts, "x.example", clock_now() + PATIENCE_MS, &found);
	assert_false(found.there);
	sts_find(sts, "y.example", clock_now() + PATIENCE_MS, &found);
	assert_false(found.there);
	assert_int_equal(net.getting, 1);
	hold(false);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(one.there);
	sts_found_drop(&one);
	assert_null(sts_free(NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_records),
		TEST(test_domains),
		TEST(test_failed),
		TEST(test_unsaved),
		TEST(test_kept),
		TEST(test_renewed),
		TEST(test_behind),
		TEST(test_busy),
		TEST(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
