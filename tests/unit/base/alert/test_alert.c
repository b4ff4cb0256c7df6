/* SPDX-License-Identifier: BSD-2-Clause */
/* alert: several threads tell, one program at a time runs, nobody waits for it;
 * commands that change, and the end */
#include "base/alert/alert.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

static atomic_uint told, looked;

static void
count_told(void *arg, const char *event, const struct alert_end *end)
{
	char text[ALERT_END_TEXT];

	(void)arg;
	assert_string_not_equal(event, "");
	assert_string_not_equal(alert_end_text(end, text), "");
	told++;
}

static void
count_looked(void *arg)
{
	(void)arg;
	looked++;
}

static const struct alert_hooks hooks = { .told = count_told,
	.look = count_looked };

/* rules - this command, and one of a kind in so many ms */
static void
rules(struct alerts *alerts, const char *command, int64_t interval)
{
	const struct conf conf = { .alert_command = command,
	    .alert_interval = interval };
	struct err err;

	assert_int_equal(alerts_rules(alerts, &conf, &err), 0);
}

static void
wait_for(unsigned n)
{
	int64_t until = clock_now() + 10000;

	while (told < n && clock_now() < until)
		usleep(1000);
	assert_int_equal(told, n);
}

static void *
tell_many(void *alerts)
{
	char name[32];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%d.example", i % 4);
		alert_tell(alerts, &(struct alert){
		    .event = ALERT_GIVEN_UP, .intake = name, .mid = 7,
		    .text = "many" });
	}
	return NULL;
}

/* sum - of how many, by what each program wrote to the file */
static unsigned
sum(const char *file, unsigned *out_lines)
{
	FILE *in = fopen(file, "r");
	unsigned all = 0, n;

	*out_lines = 0;
	assert_non_null(in);
	while (fscanf(in, "%u", &n) == 1) {
		all += n + 1;
		++*out_lines;
	}
	fclose(in);
	return all;
}

static void
every_one_is_counted(void **state)
{
	struct alerts *alerts = alerts_new("tdc-test", &hooks);
	char *dir = scratch_new();
	own(str) char *file = mem_format("%s/told", dir);
	/* two at a time would find the other's directory */
	own(str) char *command = mem_format("/bin/sh -c \"mkdir %s/lock && "
	    "echo $TDC_SUPPRESSED >>%s; rmdir %s/lock\"", dir, file, dir);
	pthread_t threads[4];
	unsigned lines;

	(void)state;
	alert_tell(NULL, &(struct alert){ .text = "nobody" });
	alert_tell(alerts, &(struct alert){ .text = "no command yet" });
	told = 0;
	rules(alerts, command, 300);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, tell_many,
		    alerts), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int64_t until = clock_now() + 10000; clock_now() < until;) {
		if (told >= 4 && sum(file, &lines) == 800)
			break;
		usleep(10000);
	}
	assert_int_equal(sum(file, &lines), 800);
	assert_in_range(lines, 4, 80);
	assert_in_range(looked, 1, 2);
	alerts_free(alerts, 1000);
	scratch_free(dir);
}

static void
a_command_that_changes(void **state)
{
	struct alerts *alerts = alerts_new("tdc-test", &hooks);
	const struct alert alert = { .event = ALERT_TABLE_BROKEN,
	    .table = "hash:/x", .text = "broken" };

	(void)state;
	told = 0;
	rules(alerts, "/bin/true", 100);
	alert_tell(alerts, &alert);
	wait_for(1);
	rules(alerts, "", 100);
	alert_tell(alerts, &alert);
	usleep(200000);
	assert_int_equal(told, 1);
	rules(alerts, "/nowhere/x", 100);
	alert_tell(alerts, &alert);
	wait_for(2);
	alerts_free(alerts, 1000);
}

static void
the_end(void **state)
{
	struct alerts *alerts = alerts_new("tdc-test", &hooks);
	int64_t began;

	(void)state;
	told = 0;
	rules(alerts, "/bin/sleep 60", 100);
	alert_tell(alerts, &(struct alert){ .event = ALERT_FAILED_OPEN,
	    .text = "hangs" });
	began = clock_now();
	assert_null(alerts_free(alerts, 300));
	assert_in_range(clock_now() - began, 250, 5000);
	assert_int_equal(told, 1);

	/* what is due is told before the end */
	alerts = alerts_new("tdc-test", &hooks);
	rules(alerts, "/bin/true", 100);
	alert_tell(alerts, &(struct alert){ .event = ALERT_FAILED_OPEN,
	    .text = "the last" });
	alerts_free(alerts, 5000);
	assert_int_equal(told, 2);
	assert_null(alerts_free(NULL, 0));
	alerts_free(alerts_new("tdc-test", &hooks), 0);
}

static void
a_test(void **state)
{
	struct conf conf = { .alert_command =
	    "/bin/sh -c 'echo \"$TDC_EVENT $TDC_PROGRAM $TDC_MID.\"'" };
	char text[ALERT_END_TEXT];
	struct alert_end end;
	struct err err;

	(void)state;
	assert_int_equal(alert_try("tdcctl", &conf, &end, &err), 0);
	assert_string_equal(alert_end_text(&end, text),
	    "exit status 0: test tdcctl .");
	conf.alert_command = "";
	assert_int_equal(alert_try("tdcctl", &conf, &end, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_one_is_counted),
		cmocka_unit_test(a_command_that_changes),
		cmocka_unit_test(the_end),
		cmocka_unit_test(a_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
