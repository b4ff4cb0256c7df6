/* SPDX-License-Identifier: BSD-2-Clause */
/* domains: what a forwarder tells of each, however many there are */
#include "control/metrics/domains.h"

#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/scratch.h"

enum { DAY = 86400000 };

struct fixture {
	char		*dir;
	int		 fd;
	struct status	 status;
	struct domains	 domains;
};

static int
set_up(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	fixture->fd = open(fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(fixture->fd, -1);
	fixture->status = (struct status){
		.counters = counters_open(fixture->fd, 0, false),
		.sites = site_counts_open(fixture->fd),
		.forwards = true,
	};
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	domains_drop(&fixture->domains);
	counters_close(fixture->status.counters);
	site_counts_close(fixture->status.sites);
	close(fixture->fd);
	scratch_free(fixture->dir);
	free(fixture);
	return 0;
}

/* look - at all of them; that one is returned, or NULL */
static const struct domain *
look(struct fixture *fixture, const char *name)
{
	static const struct conf conf;

	domains_drop(&fixture->domains);
	domains_read(&fixture->status, &conf, &fixture->domains);
	for (size_t i = 0; i < fixture->domains.count; i++)
		if (strcmp(fixture->domains.list[i].name, name) == 0)
			return &fixture->domains.list[i];
	return NULL;
}

static void
test_row(void **state)
{
	struct fixture *fixture = *state;
	struct site_row *row = site_counts_row(fixture->status.sites,
	    "a.test");
	const struct domain *domain;

	site_show(row, SITE_DOWN, 2, 3);
	site_set(row, COUNT_OLDEST, 1000);
	domain = look(fixture, "a.test");
	assert_non_null(domain);
	assert_true(fixture->domains.counted);
	assert_int_equal(fixture->domains.count, 1);
	assert_int_equal(domain->state, SITE_DOWN);
	assert_int_equal(domain->connections, 2);
	assert_int_equal(domain->copies, 3);
	assert_int_equal(domain_age(domain, 1031999), 31);
	assert_int_equal(domain_age(domain, 999999), 0);
	site_set(row, COUNT_OLDEST, 0);
	assert_int_equal(domain_age(look(fixture, "a.test"), 1031999), 0);

	/* what one told that is gone is worth nothing */
	fixture->status.forwards = false;
	domain = look(fixture, "a.test");
	assert_false(fixture->domains.counted);
	assert_int_equal(domain->state, SITE_UNKNOWN);
	assert_int_equal(domain->copies, 0);
	assert_int_equal(domain->connections, 0);
}

static void
test_certificate(void **state)
{
	struct fixture *fixture = *state;
	struct site_row *row = site_counts_row(fixture->status.sites,
	    "a.test");

	site_set(row, COUNT_INTAKE_CERTIFICATE, 12345);
	assert_int_equal(look(fixture, "a.test")->certificate, 0);
	site_touch(row, clock_wall() - INT64_C(6) * DAY);
	assert_int_equal(look(fixture, "a.test")->certificate, 12345);
	site_touch(row, clock_wall() - INT64_C(8) * DAY);
	assert_int_equal(look(fixture, "a.test")->certificate, 0);
}

/* Those without a row are what the forwarder has more than the rows tell. */
static void
test_rest(void **state)
{
	struct fixture *fixture = *state;
	struct counters *counters = fixture->status.counters;
	const struct domain *other = look(fixture, DOMAINS_OTHER);

	assert_non_null(other);		/* an empty queue */
	assert_int_equal(other->copies, 0);
	for (int i = 0; i < SITE_COUNTS_MAX; i++) {
		char name[32];
		struct site_row *row;

		snprintf(name, sizeof(name), "%d.test", i);
		row = site_counts_row(fixture->status.sites, name);
		site_show(row, SITE_UP, 1, 2);
		site_set(row, COUNT_OLDEST, 2000);
	}
	counter_set(counters, COUNT_WAITING, 2 * SITE_COUNTS_MAX + 5);
	counter_set(counters, COUNT_CONNECTIONS_OUT, SITE_COUNTS_MAX + 3);
	counter_set(counters, COUNT_OLDEST, 1000);
	counter_set(counters, COUNT_HOST_DOWN, 1);
	other = look(fixture, DOMAINS_OTHER);
	assert_non_null(other);
	assert_int_equal(fixture->domains.count, SITE_COUNTS_MAX + 1);
	assert_int_equal(other->copies, 5);
	assert_int_equal(other->connections, 3);
	assert_int_equal(other->oldest, 1000000);
	assert_int_equal(other->state, SITE_DOWN);

	/* the oldest, and the one that is down, are among those with rows */
	counter_set(counters, COUNT_OLDEST, 2000);
	site_show(site_counts_row(fixture->status.sites, "0.test"), SITE_DOWN,
	    1, 2);
	other = look(fixture, DOMAINS_OTHER);
	assert_int_equal(other->oldest, 0);
	assert_int_equal(other->state, SITE_UNKNOWN);

	/* numbers of different moments */
	counter_set(counters, COUNT_WAITING, 3);
	assert_int_equal(look(fixture, DOMAINS_OTHER)->copies, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_certificate, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_rest, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
