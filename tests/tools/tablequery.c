/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tablequery [-a DELIMITERS | -c | -e] [-p] TYPE:FILE - what we find in a
 * lookup table
 *
 * Reads keys from stdin, one a line, and prints "key<TAB>value" for each
 * that is there, as "postmap -q - TYPE:FILE" does.  With -a it reads mail
 * addresses (an empty line is the null one), looks for them in the order of
 * access(5), DELIMITERS being recipient_delimiter, and prints
 * "address<TAB>key<TAB>value"; -c the same for clients, "NAME ADDRESS"; -e for
 * HELO names; -p: parent domains match subdomains.  In a table of patterns it
 * looks for what such tables see; where a value has $1 in it, that stands in
 * place of the key.  Exits 1 when the table cannot be read, with the reason on
 * stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "policy/keys.h"
#include "policy/pattern/expand.h"
#include "policy/table/fold.h"
#include "policy/table/table.h"

/* answer - the value, with what stands for $n in its places */
static const char *
answer(const struct table *table, struct table_found *found, struct buf *out)
{
	const char *text = table_value(table, found->value);
	unsigned highest;
	struct err err;

	buf_cut(out, 0);
	if (!found->is_made)
		return text;
	if (expand(text, expand_taken, &found->taken, out, &highest,
	    &err) == -1)
		buf_text(out, err.text);
	return out->data;
}

/* query - print what the table has for the key, asked as a policy asks */
static void
query(const struct table *table, const char *line)
{
	own(buf) struct buf folded = BUF;
	own(buf) struct buf made = BUF;
	struct table_found found = TABLE_FOUND;
	struct err err;
	int got;

	fold_append(&folded, line, strlen(line));
	/* postmap does not fold what it asks a table of patterns */
	got = table_look(table, table_sees_whole_keys_only(table) ? line :
	    folded.data, &found, &err);
	if (got == 1)
		printf("%s\t%s\n", line, answer(table, &found, &made));
	else if (got == -1)
		fprintf(stderr, "%s: %s\n", line, err.text);
	table_found_drop(&found);
}

/* query_keys - print the first of the keys that is there; of a table of
 * patterns, the value for the first that it takes */
static void
query_keys(const struct table *table, const char *line, struct keys *keys)
{
	bool wholes = table_sees_whole_keys_only(table), done = false;
	own(buf) struct buf made = BUF;
	struct table_found found = TABLE_FOUND;
	struct key key;
	struct err err;

	while (!done && keys_next(keys, &key)) {
		const char *text = wholes ? key.pattern : key.text;

		if (text == NULL || table_look(table, text, &found, &err) != 1)
			continue;
		done = true;
		printf("%s\t%s\t%s\n", line, found.is_made ?
		    answer(table, &found, &made) : found.key,
		    table_value(table, found.value));
	}
	table_found_drop(&found);
}

static void
query_line(const struct table *table, char what, char *line,
    const struct keys_options *options)
{
	own(keys) struct keys keys = KEYS;
	own(str) char *name = strdup(line);
	size_t n = strcspn(name, " ");

	if (what == 'a') {
		keys_of_address(&keys, line, options);
	} else if (what == 'e') {
		keys_of_helo(&keys, line, options);
	} else {
		name[n] = '\0';
		keys_of_client(&keys, name, line[n] != '\0' ? line + n + 1 : "",
		    options);
	}
	query_keys(table, line, &keys);
}

int
main(int argc, char **argv)
{
	struct keys_options options = { .delimiters = "" };
	struct table *table;
	struct err err;
	char *line = NULL;
	size_t size = 0;
	char what = '\0';
	int option;

	while ((option = getopt(argc, argv, "a:cep")) != -1) {
		if (option == 'p')
			options.parents_match = true;
		else if (option == '?')
			argc = 0;
		else
			what = (char)option;
		if (option == 'a')
			options.delimiters = optarg;
	}
	if (argc != optind + 1) {
		fprintf(stderr,
		    "usage: tablequery [-a DELIMITERS | -c | -e] [-p] "
		    "TYPE:FILE\n");
		return EX_USAGE;
	}
	if (table_load(argv[optind], TABLE_PATIENCE, &table, &err) == -1) {
		fprintf(stderr, "%s: %s\n", argv[optind], err.text);
		return 1;
	}
	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (what != '\0')
			query_line(table, what, line, &options);
		else
			query(table, line);
	}
	free(line);
	table_leave(table);
	return 0;
}
