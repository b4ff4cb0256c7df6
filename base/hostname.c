/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hostname.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char short_name[HOSTNAME_SIZE], full_name[HOSTNAME_SIZE];

/* hostname_is_full - a host name with a dot, and not just another word for
 * here */
bool
hostname_is_full(const char *name)
{
	size_t length = strlen(name);

	return length < HOSTNAME_SIZE && strspn(name, "abcdefghijklmnopqrst"
	    "uvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == length &&
	    strchr(name, '.') != NULL && *name != '.' &&
	    name[length - 1] != '.' &&
	    strncasecmp(name, "localhost.", 10) != 0;
}

/* look_up - the canonical name; false: the system knows none that is full */
static bool
look_up(const char *name, char out[HOSTNAME_SIZE])
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_CANONNAME };
	struct addrinfo *info;
	bool found;

	if (getaddrinfo(name, NULL, &hints, &info) != 0)
		return false;
	found = info->ai_canonname != NULL &&
	    hostname_is_full(info->ai_canonname);
	if (found)
		strcpy(out, info->ai_canonname);
	freeaddrinfo(info);
	return found;
}

/* hostname_get - what this host calls itself */
void
hostname_get(char out[HOSTNAME_SIZE])
{
	char name[HOSTNAME_SIZE];

	if (gethostname(name, sizeof(name)) == -1 || *name == '\0')
		strcpy(name, "localhost");
	name[sizeof(name) - 1] = '\0';
	strcpy(out, name);
	if (strchr(name, '.') != NULL || strcmp(name, "localhost") == 0)
		return;
	pthread_mutex_lock(&lock);
	if (strcmp(name, short_name) != 0 && look_up(name, full_name))
		strcpy(short_name, name);
	if (strcmp(name, short_name) == 0)
		strcpy(out, full_name);
	pthread_mutex_unlock(&lock);
}
