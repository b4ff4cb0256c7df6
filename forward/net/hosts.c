/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "base/regular.h"

static void
read_line(char *line, const char *host, struct endpoints *out)
{
	const char *address;
	char *word, *rest;

	line[strcspn(line, "#\n")] = '\0';
	address = strtok_r(line, " \t", &rest);
	if (address == NULL)
		return;
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL)
		if (strcasecmp(word, host) == 0) {
			(void)endpoints_parse(out, address);
			return;
		}
}

/* hosts_find - all addresses of a host */
void
hosts_find(const char *path, const char *host, struct endpoints *out)
{
	own(str) char *line = NULL;
	size_t size = 0;
	struct err ignored;
	FILE *file = regular_fopen(path, &ignored);

	if (file == NULL)
		return;
	while (getline(&line, &size, file) != -1)
		read_line(line, host, out);
	fclose(file);
}
