/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/hosts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/own.h"

static bool
add(const char *text, struct dns_places *places)
{
	struct in6_addr in6;
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) == 1)
		dns_add_address(places, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6) == 1)
		dns_add_address(places, &in6, sizeof(in6));
	else
		return false;
	return true;
}

/* hosts_literal - the address that text is */
bool
hosts_literal(const char *text, struct dns_places *places)
{
	char bare[INET6_ADDRSTRLEN];
	size_t length = strlen(text);

	if (*text != '[')
		return add(text, places);
	if (length < 2 || length - 2 >= sizeof(bare) || text[length - 1] != ']')
		return false;
	memcpy(bare, text + 1, length - 2);
	bare[length - 2] = '\0';
	return add(strncasecmp(bare, "IPv6:", 5) == 0 ? bare + 5 : bare,
	    places);
}

static void
read_line(char *line, const char *host, struct dns_places *places)
{
	const char *address;
	char *word, *rest;

	line[strcspn(line, "#\n")] = '\0';
	address = strtok_r(line, " \t", &rest);
	if (address == NULL)
		return;
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL)
		if (strcasecmp(word, host) == 0) {
			(void)add(address, places);
			return;
		}
}

/* hosts_find - all addresses of a host */
void
hosts_find(const char *path, const char *host, struct dns_places *places)
{
	own(str) char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return;
	while (getline(&line, &size, file) != -1)
		read_line(line, host, places);
	fclose(file);
}
