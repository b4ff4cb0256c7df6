/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl policy --table: all entries, in the words of the gateway */
#include "control/policy/policy.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

enum { WIDEST = 160 };		/* of a column; longer texts stick out */

struct listing {
	bool		 json;
	unsigned	 number;
	int		 name, match;	/* widths of the columns */
};

/* json_text - new; escaped where it is not UTF-8 */
static json_t *
json_text(const char *text)
{
	json_t *string = text != NULL ? json_string(text) : json_null();

	return string != NULL ? string : json_string(ESCAPE(text));
}

static void
print_json(const struct policy_row *row, unsigned number)
{
	json_t *object = json_pack("{s:i, s:o, s:s?, s:s?, s:o, s:o, s:s}",
	    "order", (int)number, "policy", json_text(row->name),
	    "check", row->check, "table", row->table,
	    "match", json_text(row->key),
	    "line", row->line > 0 ? json_integer(row->line) : json_null(),
	    "connector", row->setting);

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

/* match_text - what a row applies to; new */
static char *
match_text(const struct policy_row *row)
{
	return row->check == NULL ? mem_text("all others") :
	    mem_format("%s %s %s", row->check, row->table, row->key);
}

static int
wider(int width, const char *text)
{
	size_t n = strlen(text);

	return n > (size_t)width ? (int)(n < WIDEST ? n : WIDEST) : width;
}

static void
measure_row(void *arg, const struct policy_row *row)
{
	struct listing *listing = arg;
	own(str) char *match = match_text(row);

	listing->name = wider(listing->name, row->name);
	listing->match = wider(listing->match, match);
}

static void
print_row(void *arg, const struct policy_row *row)
{
	struct listing *listing = arg;
	own(str) char *match = NULL;

	listing->number++;
	if (listing->json) {
		print_json(row, listing->number);
		return;
	}
	match = match_text(row);
	printf("%5u  %-*s  %-*s  %s\n", listing->number, listing->name,
	    row->name, listing->match, match, row->setting);
}

static void
print_table(const struct policy *policy, bool json)
{
	static const char name[] = "Policy Name", match[] = "Match";
	struct listing listing = { .json = json };

	if (!json) {
		listing.name = wider(0, name);
		listing.match = wider(0, match);
		policy_each_row(policy, measure_row, &listing);
		printf("%5s  %-*s  %-*s  %s\n", "Order", listing.name, name,
		    listing.match, match, "Threat Defense Connector");
	}
	policy_each_row(policy, print_row, &listing);
}

/* policy_print_table - with --json one object a line */
int
policy_print_table(const struct conf *conf, bool json)
{
	struct policy *policy;
	struct err err;

	if (policy_load(conf, &policy, &err) == -1)
		return complain(EX_CONFIG, err.text);
	print_table(policy, json);
	policy_free(policy);
	return EX_OK;
}
