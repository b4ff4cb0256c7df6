/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_policylist - any text as policy_maps: the policy it makes, and what that
 * decides; its words, the tables that stand in it, their values, and the keys
 * of the words taken as addresses */
#include <string.h>

#include "base/mem.h"
#include "policy/keys.h"
#include "policy/policy.h"
#include "policy/table/list.h"
#include "policy/table/table.h"
#include "policy/value.h"
#include "tests/fuzz/fuzz.h"

/* try_table - tables without a file only */
static void
try_table(const char *word, struct arena *arena)
{
	struct table *table;
	struct value value;
	struct err err;

	if (strncmp(word, "inline:", 7) != 0 && strncmp(word, "static:", 7) != 0)
		return;
	if (table_load(word, 0, &table, &err) == -1) {
		must(strlen(err.text) > 0);
		return;
	}
	for (uint32_t i = 0; i < table_values(table); i++)
		(void)value_parse(table_value(table, i), arena, &value, &err);
	table_leave(table);
}

/* is_folded - as postmap would write the key, as far as it is ASCII: a sharp s
 * of a domain is tried as it is too */
static bool
is_folded(const char *key)
{
	for (; *key != '\0'; key++)
		if (*key >= 'A' && *key <= 'Z')
			return false;
	return true;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 127)
			return false;
	return true;
}

/* ask_again - the first key, taken as an address, has the same keys; but one
 * final dot of a domain goes each time, and so does its sharp s */
static void
ask_again(struct keys *keys, const struct keys_options *options)
{
	own(keys) struct keys second = KEYS;
	struct key one, other;

	keys->at = 0;
	must(keys_next(keys, &one));
	if (one.text[strlen(one.text) - 1] == '.')
		return;
	keys_of_address(&second, one.text, options);
	keys->at = 0;
	while (keys_next(keys, &one)) {
		must(keys_next(&second, &other));
		must(strcmp(one.text, other.text) == 0);
		must((one.pattern == NULL) == (other.pattern == NULL));
	}
	must(!keys_next(&second, &other));
}

/* try_keys - the first key is the whole, and none is empty */
static void
try_keys(const char *address)
{
	struct keys_options options = { "+-", strlen(address) % 2 == 0 };
	own(keys) struct keys keys = KEYS;
	struct key key;
	size_t count = 0;

	keys_of_address(&keys, address, &options);
	while (keys_next(&keys, &key)) {
		must(*key.text != '\0' && is_folded(key.text));
		must(key.pattern != NULL || count > 0);
		count++;
	}
	must(count > 0 && count <= 3 * strlen(address) + 20);
	if (is_ascii(address))
		ask_again(&keys, &options);
}

/* try_client - no key is empty, and the first is a whole one */
static void
try_client(const char *text)
{
	struct keys_options options = { "+-", strlen(text) % 2 == 0 };
	struct keys keys = KEYS;
	struct key key;
	bool first = true;

	keys_of_client(&keys, text, text, &options);
	for (; keys_next(&keys, &key); first = false)
		must(*key.text != '\0' && (key.pattern != NULL || !first));
	if (strlen(text) < 100) {
		keys_of_pair(&keys, text, text, &options);
		for (first = true; keys_next(&keys, &key); first = false)
			must(strchr(key.text, ' ') != NULL &&
			    (key.pattern != NULL || !first));
	}
	keys_drop(&keys);
}

static void
see_finding(void *arg, const char *text)
{
	(void)arg;
	must(strncmp(text, "fuzz:3: policy_maps: ", 21) == 0);
}

/* load - the policy of this list, without tables in files; NULL: there is
 * none, and a reason.  What is loaded has nothing that an inspection finds. */
static struct policy *
load(const char *list)
{
	own(buf) struct buf text = BUF;
	struct policy *policy = NULL;
	struct conf conf;
	struct err err = { .text = "" };

	if (strchr(list, '/') != NULL)
		return NULL;
	buf_text(&text, "intake_address = all@intake.example\n"
	    "recipient_delimiter = +\npolicy_maps = ");
	for (; *list != '\0'; list++)
		if (*list == '$')
			buf_text(&text, "$$");
		else
			buf_byte(&text, *list == '\n' ? ' ' : *list);
	must(conf_parse("fuzz", text.data, &conf, &err) == 0);
	if (policy_load(&conf, &policy, &err) == -1)
		see_finding(NULL, err.text);
	must(policy_inspect(&conf, see_finding, NULL) == 0 || policy == NULL);
	conf_drop(&conf);
	return policy;
}

static void
count_key(void *arg, const char *check, const char *table, const char *key,
    const char *value)
{
	must(check != NULL && table != NULL && (key != NULL || value == NULL));
	(*(size_t *)arg)++;
}

/* try_decision - each copy goes to an intake address; to explain a decision is
 * to make it */
static void
try_decision(const struct policy *policy, const char *address)
{
	struct facts facts = { .sender = address,
		.client = { address, address, address } };
	struct decision got, told;
	size_t keys = 0;

	(void)policy_is_intake(policy, address);
	policy_decide(policy, &facts, address, &got);
	policy_explain(policy, &facts, address, count_key, &keys, &told);
	must(got.journal == told.journal && got.table == told.table);
	must(strcmp(got.name, told.name) == 0);
	must(strcmp(got.key, told.key) == 0);
	must(got.journal == (got.intake != NULL));
	must(!got.journal || policy_is_intake(policy, got.intake));
	must((got.table == NULL) == (got.check == NULL));
	must(got.table == NULL || keys > 0);
}

static void
see_row(void *arg, const struct policy_row *row)
{
	(void)arg;
	must(row->name != NULL && row->setting != NULL);
	must((row->check == NULL) == (row->key == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct policy *policy;
	struct list_span word;
	struct err err;
	const char *at;

	if (size > 600)		/* every word is tried with every table */
		return 0;
	at = arena_bytes(&arena, data, size);
	policy = load(at);
	if (policy != NULL)
		policy_each_row(policy, see_row, NULL);
	while (list_next(&at, &word, &err) == 1) {
		char *text = arena_bytes(&arena, word.text, word.length);

		must(word.length > 0);
		try_table(text, &arena);
		try_keys(text);
		try_client(text);
		if (policy != NULL)
			try_decision(policy, text);
	}
	if (policy != NULL)
		try_decision(policy, "");
	policy_free(policy);
	arena_drop(&arena);
	return 0;
}
