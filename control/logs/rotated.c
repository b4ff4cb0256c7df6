/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/logs/rotated.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"

static const char *const endings[] = { ".gz", ".xz", ".zst", ".bz2", "" };

/* ending - of what packed it; "": nothing did */
static const char *
ending(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0;; i++) {
		size_t length = strlen(endings[i]);

		if (n >= length && strcmp(name + n - length, endings[i]) == 0)
			return name + n - length;
	}
}

/* is_older - is that the name of an older file of the log? */
static bool
is_older(const char *name, const char *log)
{
	size_t n = strlen(log), digits;

	if (strncmp(name, log, n) != 0 || (name[n] != '.' && name[n] != '-') ||
	    strspn(name + n + 1, "0123456789") == 0)
		return false;
	digits = strspn(name + n + 1, "0123456789-");
	return name + n + 1 + digits == ending(name);
}

static void
add(struct rotated *rotated, const char *path, int64_t changed)
{
	rotated->files = mem_grow(rotated->files, rotated->count + 1,
	    sizeof(*rotated->files));
	rotated->files[rotated->count++] = (struct rotated_file){
	    .path = mem_text(path), .changed = changed };
}

/* look - at one file, and keep it when its last line may matter */
static void
look(struct rotated *rotated, const char *path, int64_t since)
{
	own(str) char *plain = mem_text(path);
	struct stat st, other;
	int64_t changed;

	if (stat(path, &st) == -1) {
		/* Who opens it says why it cannot be read; it may have gone. */
		if (errno != ENOENT)
			add(rotated, path, INT64_MAX);
		return;
	}
	if (!S_ISREG(st.st_mode))
		return;
	plain[ending(path) - path] = '\0';
	if (strcmp(plain, path) != 0 && stat(plain, &other) == 0)
		return;
	changed = (int64_t)st.st_mtim.tv_sec * 1000 +
	    st.st_mtim.tv_nsec / 1000000;
	/* A whole second: logs have no more. */
	if (changed + 1000 >= since)
		add(rotated, path, changed);
}

/* age_of - the number of mail.log.2.gz is one; 20261126 is a date, which is
 * none */
static unsigned long
age_of(const char *path)
{
	const char *end = ending(path), *digit = end;

	while (digit > path && digit[-1] >= '0' && digit[-1] <= '9')
		digit--;
	return end - digit > 0 && end - digit < 6 ? strtoul(digit, NULL, 10) : 0;
}

/* order - by their last change; those copied in one moment by their names */
static int
order(const void *a, const void *b)
{
	const struct rotated_file *one = a, *other = b;
	unsigned long age = age_of(one->path), other_age = age_of(other->path);

	if (one->changed / 1000 != other->changed / 1000)
		return one->changed < other->changed ? -1 : 1;
	if (age != other_age)
		return age > other_age ? -1 : 1;
	/* A longer name has a date, and the log itself none. */
	if (strlen(one->path) != strlen(other->path))
		return strlen(one->path) > strlen(other->path) ? -1 : 1;
	return strcmp(one->path, other->path);
}

/* rotated_find - all that are beside it */
void
rotated_find(const char *path, int64_t since, struct rotated *rotated)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	own(str) char *folder = slash == NULL ? mem_text(".") :
	    mem_bytes(path, (size_t)(slash - path) + 1);
	own(dir) DIR *dir = opendir(folder);
	size_t first = rotated->count;
	const struct dirent *entry;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		own(str) char *older = mem_format("%s%s", slash != NULL ?
		    folder : "", entry->d_name);

		if (is_older(entry->d_name, name))
			look(rotated, older, since);
	}
	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		add(rotated, path, INT64_MAX);
	else
		look(rotated, path, since);
	if (rotated->count > first)
		qsort(rotated->files + first, rotated->count - first,
		    sizeof(*rotated->files), order);
}

/* rotated_drop - paths and all */
void
rotated_drop(struct rotated *rotated)
{
	for (size_t i = 0; i < rotated->count; i++)
		free(rotated->files[i].path);
	free(rotated->files);
	*rotated = (struct rotated){ .count = 0 };
}
