/* SPDX-License-Identifier: BSD-2-Clause */
/* nearest: slips of the fingers are understood, other words are not */
#include "base/nearest.h"

#include <string.h>

#include "base/conf/conf_options.h"
#include "tests/unit/scratch.h"

static const struct {
	int		 other;
	const char	*name;
} rows[] = {
	{ 1, "check_client" }, { 2, "check_recipient" }, { 3, "check_sender" },
	{ 4, "hash" }, { 5, "cdb" }, { 6, "intake_address" },
	{ 7, "intake_name" }, { 8, "to" },
};

static const struct {
	const char	*word, *want;
} cases[] = {
	{ "intake_adress", "intake_address" },	/* one missing */
	{ "intake_addresss", "intake_address" }, /* one too many */
	{ "intake_addrezz", "intake_address" },
	{ "itnake_name", "intake_name" },	/* two swapped */
	{ "Intake_Name", "intake_name" },
	{ "check_recipient_access", "check_recipient" },
	{ "check_reciever", "check_recipient" }, { "check_x", NULL },
	{ "chek_sender", "check_sender" },
	{ "check_sendre", "check_sender" },
	{ "hahs", "hash" }, { "has", "hash" }, { "dash", "hash" },
	{ "hash", "hash" },
	{ "cbd", "cdb" }, { "bdb", "cdb" },
	{ "mysql", NULL }, { "sdbm", NULL }, { "permit_mynetworks", NULL },
	{ "", NULL }, { "to", "to" }, { "so", NULL }, { "tonight", NULL },
	{ "h", NULL }, { "name", NULL },
};

static void
words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = nearest(cases[i].word, &rows[0].name,
		    sizeof(rows) / sizeof(*rows), sizeof(*rows));

		if (cases[i].want == NULL ? got != NULL :
		    got == NULL || strcmp(got, cases[i].want) != 0)
			fail_msg("'%s': got %s, want %s", cases[i].word,
			    got != NULL ? got : "none", cases[i].want != NULL ?
			    cases[i].want : "none");
	}
}

/* as long as may be, and longer; nearer than the first */
static void
bounds(void **state)
{
	char longest[65], longer[66], slip[65];
	const char *names[] = { longer, longest };

	(void)state;
	memset(longest, 'a', 64);
	memset(longer, 'a', 65);
	longest[64] = longer[65] = '\0';
	memcpy(slip, longest, sizeof(slip));
	slip[63] = 'b';
	assert_ptr_equal(nearest(slip, names, 2, sizeof(*names)), longest);
	assert_null(nearest(longer, names, 2, sizeof(*names)));
	assert_null(nearest("x", names, 0, sizeof(*names)));
}

/* is_found - 1 when it is that parameter, 0 when it is another one */
static unsigned
is_found(const char *word, const char *name, size_t count)
{
	const char *got = nearest(word, &conf_options[0].name, count,
	    sizeof(conf_options[0]));

	if (got == NULL)
		fail_msg("nothing is near '%s'", word);
	return strcmp(got, name) == 0;
}

/* every parameter with a letter left out or doubled is found again; of 50 such
 * words one at the most may be as near to another one */
static void
parameters(void **state)
{
	unsigned found = 0, tried = 0;
	size_t count = 0;

	(void)state;
	while (conf_options[count].name != NULL)
		count++;
	for (size_t i = 0; i < count; i++) {
		const char *name = conf_options[i].name;
		size_t n = strlen(name);
		char word[80];

		for (size_t at = 1; n > 3 && at + 1 < n; at++, tried += 2) {
			snprintf(word, sizeof(word), "%.*s%s", (int)at, name,
			    name + at + 1);
			found += is_found(word, name, count);
			snprintf(word, sizeof(word), "%.*s%s", (int)at, name,
			    name + at - 1);
			found += is_found(word, name, count);
		}
	}
	assert_true(tried > 1000);
	assert_true((tried - found) * 50 < tried);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(bounds),
		cmocka_unit_test(parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
