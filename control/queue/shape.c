/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl queue --shape: the ages of the copies that wait */
#include "control/queue/shape.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/queue/census.h"
#include "control/queue/status.h"

enum { NARROW = 7, NAME = 32 };		/* columns */

const unsigned shape_limits[SHAPE_LIMITS] = { 5, 10, 20, 40, 80, 160 };

/* shape_add - a copy of that age */
void
shape_add(struct shape *shape, int64_t accepted)
{
	size_t i = 0;

	while (i < SHAPE_LIMITS &&
	    shape->now - accepted > (int64_t)shape_limits[i] * 1000)
		i++;
	shape->ages[i]++;
	shape->total++;
	if (shape->first == 0 || accepted < shape->first)
		shape->first = accepted;
}

static void
shape_group(struct shape *shape, const struct census_group *group)
{
	for (size_t i = 0; i < group->count; i++)
		shape_add(shape, group->copies[i].accepted);
}

/* ---- text ---- */

static void
print_head(void)
{
	printf("%*s%*s", NAME, "", NARROW, "T");
	for (size_t i = 0; i < SHAPE_LIMITS; i++)
		printf("%*u", NARROW, shape_limits[i]);
	printf("%*u+\n", NARROW - 1, shape_limits[SHAPE_LIMITS - 1]);
}

static void
print_shape(const char *name, const struct shape *shape)
{
	printf("%*s%*zu", NAME, ESCAPE(name), NARROW, shape->total);
	for (size_t i = 0; i < SHAPE_AGES; i++)
		printf("%*zu", NARROW, shape->ages[i]);
	putchar('\n');
}

static void
print_text(const struct census *census, int64_t now)
{
	struct shape all = { .now = now };

	for (size_t i = 0; i < census->group_count; i++)
		shape_group(&all, &census->groups[i]);
	print_head();
	print_shape("TOTAL", &all);
	for (size_t i = 0; i < census->group_count; i++) {
		struct shape one = { .now = now };

		shape_group(&one, &census->groups[i]);
		print_shape(census->groups[i].domain, &one);
	}
}

/* ---- JSON ---- */

static void
print_object(const struct census_group *group, int64_t now)
{
	struct shape shape = { .now = now };
	json_t *ages = json_array(), *object;

	shape_group(&shape, group);
	for (size_t i = 0; i < SHAPE_AGES; i++)
		json_array_append_new(ages, json_pack("{s:o, s:I}",
		    "up_to", i < SHAPE_LIMITS ?
		    json_integer(shape_limits[i]) : json_null(),
		    "copies", (json_int_t)shape.ages[i]));
	object = json_pack("{s:s, s:I, s:f, s:o}",
	    "intake", ESCAPE(group->domain),
	    "copies", (json_int_t)shape.total,
	    "oldest_age", (double)(now - shape.first) / 1000,
	    "ages", ages);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(object);
}

static void
print_objects(const struct census *census, int64_t now)
{
	for (size_t i = 0; i < census->group_count; i++)
		print_object(&census->groups[i], now);
}

/* ---- the call ---- */

/* shape_is_asked - wherever it stands */
bool
shape_is_asked(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--shape") == 0)
			return true;
	return false;
}

/* read_arguments - EX_OK or EX_USAGE */
static int
read_arguments(int argc, char **argv, bool *out_json)
{
	*out_json = false;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			*out_json = true;
		} else if (strcmp(argv[i], "--shape") != 0) {
			own(str) char *reason = mem_format("unexpected "
			    "argument '%s'", ESCAPE(argv[i]));

			return complain_arguments("queue", reason);
		}
	}
	return EX_OK;
}

/* do_shape - by the age since acceptance */
int
do_shape(struct control *control, int argc, char **argv)
{
	struct census census = {
	    .alternate = control->conf.alternate_intake_address };
	struct spool *spool;
	struct err err;
	bool json;
	int result;

	if (read_arguments(argc, argv, &json) != EX_OK)
		return EX_USAGE;
	if (look_into_spool(&control->conf, &spool, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	result = census_take(&census, spool, &err);
	spool_close(spool);
	if (result == -1)
		return complain(EX_NOINPUT, err.text);
	if (json)
		print_objects(&census, clock_wall());
	else
		print_text(&census, clock_wall());
	census_drop(&census);
	return EX_OK;
}
