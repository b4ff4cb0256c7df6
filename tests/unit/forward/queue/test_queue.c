/* SPDX-License-Identifier: BSD-2-Clause */
/* queue: who is sent next, on whose connection, and who dies */
#include "forward/queue/queue.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/scratch.h"

static const struct queue_rules rules = { .lifetime = 120000,
    .retry_delay = 60000, .concurrency = { .min = 3, .max = 6,
    .idle_timeout = 2000, .retry_delay = 60000 } };

static struct item *
add(struct queue *queue, uint64_t mid, unsigned attempts, const char *domain,
    int64_t born, int64_t now)
{
	struct spool_entry entry = { .mid = mid, .attempts = attempts };

	return queue_add(queue, &entry, domain, born, born + 10, now);
}

/* taken - the mids in the order in which they are given out */
static const char *
taken(struct queue *queue, struct site *site, int64_t now)
{
	static char text[256];
	struct item *item;
	size_t n = 0;

	text[0] = '\0';
	while ((item = queue_take(site, now)) != NULL) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u ",
		    (unsigned)item->entry.mid);
		queue_forget(queue, item, now);
	}
	return text;
}

static enum queue_sight
sight(const struct queue *queue, uint64_t mid, int64_t since)
{
	return queue_knows(queue, &(struct spool_entry){ .mid = mid,
	    .attempts = 3, .since = since });
}

static void
test_order(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site;

	(void)state;
	add(queue, 5, 0, "a.test", 300, 1000);
	add(queue, 9, 1, "a.test", 100, 1000);	/* due at 60110 */
	add(queue, 2, 0, "a.test", 300, 1000);
	add(queue, 7, 0, "A.Test", 200, 1000);
	site = add(queue, 8, 1, "a.test", 90, 1000)->site; /* due at 60100 */
	assert_int_equal(queue_count(queue), 5);
	assert_int_equal(sight(queue, 9, 0), QUEUE_KNOWN);
	assert_int_equal(sight(queue, 9, 77), QUEUE_EARLIER);
	assert_int_equal(queue_due(site, 1000), 3);
	assert_string_equal(taken(queue, site, 1000), "7 2 5 ");
	assert_string_equal(taken(queue, site, 60099), "");
	assert_int_equal(queue_next(queue, 2000), 60100);
	add(queue, 6, 0, "a.test", 60000, 60110);
	assert_int_equal(queue_due(site, 60110), 3);
	assert_string_equal(taken(queue, site, 60110), "6 8 9 ");
	assert_int_equal(queue_count(queue), 0);
	assert_int_equal(sight(queue, 9, 0), QUEUE_NEW);
	assert_int_equal(queue_next(queue, 2000), INT64_MAX);
	queue_free(queue);
}

static void
test_retry(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct item *item = add(queue, 1, 0, "a.test", 0, 0);
	struct site *site = item->site;

	(void)state;
	assert_ptr_equal(queue_take(site, 0), item);
	item->entry.attempts++;
	queue_retry(queue, item, 7000);
	assert_null(queue_take(site, 66999));
	assert_int_equal(queue_next(queue, 7000), 67000);
	assert_ptr_equal(queue_take(site, 67000), item);

	/* what was no attempt keeps its place */
	queue_put_back(item, 0, 68000);
	add(queue, 2, 1, "a.test", 1, 70000);
	assert_string_equal(taken(queue, site, 70011), "1 2 ");
	queue_free(queue);
}

static void
test_death(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct queue_rules shorter = rules;
	struct item *first = add(queue, 1, 0, "a.test", 1000, 1000);
	struct item *second = add(queue, 2, 0, "b.test", 2000, 2000);
	struct item *third = add(queue, 3, 0, "b.test", -500000, 2000);
	struct item *fourth;

	(void)state;
	assert_int_equal(queue_oldest(first->site), 1000);
	assert_int_equal(queue_oldest(second->site), -500000);
	assert_ptr_equal(queue_expired(queue, 2000), third);
	queue_forget(queue, third, 2000);
	assert_int_equal(queue_oldest(second->site), 2000);
	assert_null(queue_expired(queue, 120999));
	assert_int_equal(queue_death(queue, first), 121000);

	/* who is taken is not handed out, and not lost */
	assert_ptr_equal(queue_take(first->site, 3000), first);
	assert_int_equal(queue_oldest(first->site), 1000);
	fourth = add(queue, 4, 0, "a.test", 900, 3000);
	assert_int_equal(queue_oldest(first->site), 900);
	assert_ptr_equal(queue_take(first->site, 3000), fourth);
	assert_int_equal(queue_oldest(first->site), 900);
	queue_done(fourth, 3000);
	assert_int_equal(queue_oldest(first->site), 1000);
	queue_forget(queue, fourth, 3000);
	assert_null(queue_expired(queue, 121500));
	assert_ptr_equal(queue_expired(queue, 122000), second);
	queue_forget(queue, second, 122000);
	queue_put_back(first, 0, 122000);
	assert_ptr_equal(queue_expired(queue, 122000), first);
	queue_put_back(first, 0, 122000);

	/* a retry that would come later does not keep it alive */
	assert_ptr_equal(queue_take(first->site, 3000), first);
	first->entry.attempts++;
	queue_retry(queue, first, 110000);
	assert_int_equal(queue_next(queue, 110000), 121000);
	assert_ptr_equal(queue_expired(queue, 121000), first);
	queue_put_back(first, 0, 0);

	shorter.lifetime = 10;
	queue_set_rules(queue, &shorter);
	assert_int_equal(queue_death(queue, first), 1010);
	queue_free(queue);
}

/* connect - open what is wanted; a letter for each connection: upper case
 * for a lead */
static const char *
connect_all(struct queue *queue, int64_t now)
{
	static char text[64];
	struct item *item;
	struct site *site;
	size_t n = 0;

	memset(text, 0, sizeof(text));
	for (;;) {
		enum concurrency_want want = queue_connect(queue, now, &site, &item);

		if (want == CONCURRENCY_ENOUGH)
			return text;
		assert_true(n + 1 < sizeof(text));
		text[n++] = want == CONCURRENCY_LEAD ?
		    (char)(site->domain[0] + 'A' - 'a') : site->domain[0];
		assert_true((want == CONCURRENCY_LEAD) == (item != NULL));
		if (item != NULL)
			assert_ptr_equal(item->site, site);
		concurrency_ready(&site->concurrency, want == CONCURRENCY_LEAD);
		concurrency_good(&site->concurrency);
		if (item != NULL)
			queue_put_back(item, now, now);
	}
}

static void
test_one_site_connects(void **state)
{
	struct queue *queue = queue_new(&rules);

	(void)state;
	assert_string_equal(connect_all(queue, 0), "");
	add(queue, 1, 0, "a.test", 0, 0);
	assert_string_equal(connect_all(queue, 0), "A");
	add(queue, 2, 0, "a.test", 0, 0);
	assert_string_equal(connect_all(queue, 0), "aa");
	for (uint64_t mid = 3; mid < 100; mid++)
		add(queue, mid, 0, "a.test", 0, 0);
	assert_string_equal(connect_all(queue, 0), "aaa");
	queue_free(queue);
}

/* A lead is opened for the copy that would be sent next. */
static void
test_lead(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *site;
	struct item *item;

	(void)state;
	add(queue, 1, 1, "a.test", 0, 70000);
	add(queue, 2, 0, "a.test", 5, 70000);
	assert_int_equal(queue_connect(queue, 70000, &site, &item),
	    CONCURRENCY_LEAD);
	assert_int_equal(item->entry.mid, 2);
	/* it fails: the site is down, the other copy waits */
	concurrency_failed(&site->concurrency, true, true, 70000);
	item->entry.attempts++;
	queue_retry(queue, item, 70000);
	assert_int_equal(queue_connect(queue, 70999, &site, &item),
	    CONCURRENCY_ENOUGH);
	assert_true(queue_next(queue, 70000) <= 71000);
	assert_int_equal(queue_connect(queue, 71000, &site, &item),
	    CONCURRENCY_LEAD);
	assert_int_equal(item->entry.mid, 1);
	queue_free(queue);
}

static void
test_sites_share(void **state)
{
	struct queue *queue = queue_new(&rules);
	struct site *a, *b;

	(void)state;
	for (uint64_t mid = 1; mid <= 100; mid++)
		a = add(queue, mid, 0, "a.test", 0, 0)->site;
	assert_string_equal(connect_all(queue, 0), "Aaaaaa");
	assert_false(queue_yield(queue, a, 0));

	/* another one comes: the first makes room, down to its share */
	b = add(queue, 101, 0, "b.test", 0, 0)->site;
	add(queue, 102, 0, "b.test", 0, 0);
	assert_string_equal(connect_all(queue, 0), "");
	assert_true(queue_yield(queue, a, 0));
	assert_false(queue_yield(queue, b, 0));
	concurrency_closed(&a->concurrency, false, 0);
	assert_string_equal(connect_all(queue, 0), "B");
	assert_true(queue_yield(queue, a, 0));
	concurrency_closed(&a->concurrency, false, 0);
	concurrency_closed(&a->concurrency, false, 0);
	assert_string_equal(connect_all(queue, 0), "bb");
	assert_false(queue_yield(queue, a, 0));
	assert_int_equal(a->concurrency.open, 3);
	assert_int_equal(b->concurrency.open, 3);

	/* without work one gives way at once, whatever the share */
	taken(queue, b, 0);
	assert_true(queue_yield(queue, b, 0));
	queue_free(queue);
}

/* More sites than connections: everyone gets one before anyone a second. */
static void
test_many_sites(void **state)
{
	struct queue *queue = queue_new(&rules);
	char domain[] = "?.test";
	uint64_t mid = 1;

	(void)state;
	for (int c = 'a'; c <= 'j'; c++)
		for (int i = 0; i < 50; i++) {
			domain[0] = (char)c;
			add(queue, mid++, 0, domain, 0, 0);
		}
	assert_int_equal(strlen(connect_all(queue, 0)), 6);
	for (struct site *s = queue_sites(queue); s != NULL; s = s->next)
		assert_in_range(s->concurrency.open, 0, 1);
	queue_free(queue);
}

/* Who never answers keeps what he has: so he has not all. */
static void
test_one_is_left(void **state)
{
	struct queue *queue = queue_new(&rules);
	char domain[] = "?.test";
	struct site *a, *b;

	(void)state;
	b = add(queue, 1, 0, "b.test", 0, 0)->site;
	assert_string_equal(taken(queue, b, 0), "1 ");
	for (uint64_t mid = 2; mid <= 100; mid++)
		a = add(queue, mid, 0, "a.test", 0, 0)->site;
	assert_string_equal(connect_all(queue, 0), "Aaaaa");
	add(queue, 101, 0, "b.test", 0, 0);
	assert_string_equal(connect_all(queue, 0), "B");

	/* with many sites a single one still has half of them */
	concurrency_closed(&b->concurrency, false, 0);
	assert_string_equal(taken(queue, b, 0), "101 ");
	for (int c = 'c'; c <= 'z'; c++) {
		struct site *site;

		domain[0] = (char)c;
		site = add(queue, 200 + (uint64_t)c, 0, domain, 0, 0)->site;
		taken(queue, site, 0);
	}
	while (a->concurrency.open > 0)
		concurrency_closed(&a->concurrency, false, 0);
	assert_string_equal(connect_all(queue, 0), "Aaa");
	queue_free(queue);
}

/* random_next - a sequence, the same in each run */
static unsigned
random_next(void)
{
	static unsigned seed = 1;

	seed = seed * 1103515245 + 12345;
	return seed >> 16;
}

/* Many copies, given out, put back, retried, buried at random: none is lost,
 * none is given out twice, none before its time. */
static void
test_many(void **state)
{
	enum { MANY = 20000, SITES = 5 };
	struct queue *queue = queue_new(&rules);
	unsigned done = 0, given = 0;
	struct site *sites[SITES];
	char domain[] = "?.test";
	int64_t now = 0;

	(void)state;
	for (uint64_t mid = 1; mid <= MANY; mid++) {
		unsigned which = random_next() % SITES;

		domain[0] = (char)('a' + which);
		sites[which] = add(queue, mid, 0, domain,
		    (int64_t)random_next() % 1000, 0)->site;
	}
	while (done < MANY) {
		struct site *site = sites[random_next() % SITES];
		struct item *item = queue_take(site, now);

		if (item == NULL) {
			now += 500;
			while ((item = queue_expired(queue, now)) != NULL) {
				assert_true(now >= queue_death(queue, item));
				queue_forget(queue, item, now);
				done++;
			}
			continue;
		}
		given++;
		assert_int_equal(item->state, ITEM_TAKEN);
		assert_ptr_equal(item->site, site);
		assert_true(item->due <= now);
		switch (random_next() % 4) {
		case 0:
			queue_put_back(item, now, now);
			break;
		case 1:
			item->entry.attempts++;
			queue_retry(queue, item, now);
			break;
		default:
			queue_forget(queue, item, now);
			done++;
		}
	}
	assert_int_equal(queue_count(queue), 0);
	assert_true(given > MANY);
	for (size_t i = 0; i < SITES; i++) {
		assert_int_equal(sites[i]->taken.count, 0);
		assert_int_equal(queue_due(sites[i], now), 0);
	}
	queue_free(queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_one_site_connects),
		cmocka_unit_test(test_lead),
		cmocka_unit_test(test_sites_share),
		cmocka_unit_test(test_many_sites),
		cmocka_unit_test(test_one_is_left),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
