/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tablequery TYPE:FILE - what our side finds in one of Postfix's tables
 *
 * Reads keys from stdin, one a line, and prints "key<TAB>value" for each
 * that is there, as "postmap -q - TYPE:FILE" does.  Exits 1 when the table
 * cannot be read, with the reason on stderr.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "policy/table.h"

/* query - print what the table has for the key, asked as the policy asks */
static void
query(const struct table *table, const char *line)
{
	char *folded = strdup(line);
	const char *key;
	uint32_t value;

	for (char *p = folded; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (table_find(table, folded, &value, &key))
		printf("%s\t%s\n", line, table_value(table, value));
	free(folded);
}

int
main(int argc, char **argv)
{
	struct table *table;
	struct err err;
	char *line = NULL;
	size_t size = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: tablequery TYPE:FILE <KEYS\n");
		return EX_USAGE;
	}
	if (table_load(argv[1], TABLE_PATIENCE, &table, &err) == -1) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 1;
	}
	while (getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		query(table, line);
	}
	free(line);
	table_leave(table);
	return 0;
}
