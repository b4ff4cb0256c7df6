/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/nameservers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/regular.h"

/* add - what is no address is passed over, and so is a zone of which there is
 * no interface now; libunbound wants its number */
static void
add(char *text, struct buf *out)
{
	char *zone = strchr(text, '%');
	unsigned char octets[sizeof(struct in6_addr)];
	unsigned number = 0;

	if (zone != NULL) {
		*zone = '\0';
		number = if_nametoindex(zone + 1);
	}
	if (inet_pton(AF_INET6, text, octets) != 1 &&
	    (zone != NULL || inet_pton(AF_INET, text, octets) != 1))
		return;
	if (zone != NULL && number == 0)
		return;
	buf_format(out, "%s%s", out->len > 0 ? " " : "", text);
	if (zone != NULL)
		buf_format(out, "%%%u", number);
}

/* read_line - "nameserver ADDRESS", and anything after it */
static void
read_line(char *line, struct buf *out)
{
	char *rest;
	char *word = strtok_r(line, " \t\r\n", &rest);

	if (word == NULL || strcmp(word, "nameserver") != 0)
		return;
	word = strtok_r(NULL, " \t\r\n", &rest);
	if (word != NULL)
		add(word, out);
}

/* read_file - 0, or errno */
static int
read_file(const char *path, struct buf *out)
{
	own(str) char *line = NULL;
	size_t size = 0;
	struct err err;
	FILE *file = regular_fopen(path, &err);
	int error;

	if (file == NULL)
		return err.sys != 0 ? err.sys : EINVAL;
	errno = 0;
	while (getline(&line, &size, file) != -1)
		read_line(line, out);
	error = ferror(file) ? errno : 0;
	fclose(file);
	return error;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* nameservers_look - the stamp is older than what is read: a change in between
 * is seen at the next look */
bool
nameservers_look(struct nameservers *seen, const char *path)
{
	own(buf) struct buf list = BUF;
	struct stat now = { .st_size = 0 };

	if (stat(path, &now) == 0 && seen->list != NULL && seen->error == 0 &&
	    same_file(&now, &seen->stamp))
		return false;
	seen->stamp = now;
	seen->error = read_file(path, &list);
	if (seen->error != 0 && seen->list != NULL)
		return false;
	if (list.len == 0)
		buf_text(&list, "127.0.0.1");
	if (seen->list != NULL && strcmp(seen->list, list.data) == 0)
		return false;
	free(seen->list);
	seen->list = mem_text(list.data);
	return true;
}

/* nameservers_drop - as after NAMESERVERS */
void
nameservers_drop(struct nameservers *seen)
{
	free(seen->list);
	*seen = (struct nameservers)NAMESERVERS;
}
