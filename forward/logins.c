/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/logins.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret_file.h"

#define BLANKS " \t\r"

struct entry {
	const char	*name;
	struct login	 login;
	unsigned	 line;
};

struct logins {
	struct secret_file file;	/* cut into its words */
	struct entry	*entries;
	size_t		 count;
};

/* ---- a line ---- */

/* is_name - of a host or a domain, or an address */
static bool
is_name(const char *s)
{
	size_t length = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && (*p & 0x80) == 0 &&
		    strchr(".-_:", *p) == NULL)
			return false;
	return length > 0 && s[length - 1] != '.';
}

/* is_word - what may be said, and is not too long to be */
static bool
is_word(const char *s)
{
	size_t length = strlen(s);

	for (const char *p = s; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return false;
	return length > 0 && length <= LOGIN_MAX;
}

/* trim - blanks at its end */
static void
trim(char *s)
{
	size_t length = strlen(s);

	while (length > 0 && strchr(BLANKS, s[length - 1]) != NULL)
		s[--length] = '\0';
}

/* cut_line - "name user:password", of which each becomes a string.  What is
 * wrong is told without a word of it */
static int
cut_line(char *line, struct entry *out, struct err *err)
{
	char *name = line + strspn(line, BLANKS);
	char *user = name + strcspn(name, BLANKS);
	char *password;

	if (*user != '\0')
		*user++ = '\0';
	user += strspn(user, BLANKS);
	password = strchr(user, ':');
	if (password == NULL)
		return err_set(err, ERR_NEVER, "not 'DOMAIN user:password'");
	*password++ = '\0';
	if (!is_name(name))
		return err_set(err, ERR_NEVER,
		    "it begins with no domain or host");
	if (!is_word(user) || !is_word(password))
		return err_set(err, ERR_NEVER, "user or password is empty, has "
		    "a control character or is longer than %d bytes",
		    LOGIN_MAX);
	out->name = name;
	out->login.user = user;
	out->login.password = password;
	return 0;
}

/* find - by that name */
static const struct entry *
find(const struct logins *logins, const char *name)
{
	for (size_t i = 0; i < logins->count; i++)
		if (strcasecmp(logins->entries[i].name, name) == 0)
			return &logins->entries[i];
	return NULL;
}

/* add - a line with something in it */
static int
add(struct logins *logins, char *line, struct entry *entry, struct err *err)
{
	const struct entry *earlier;

	if (cut_line(line, entry, err) == -1)
		return -1;
	earlier = find(logins, entry->name);
	if (earlier != NULL)
		return err_set(err, ERR_NEVER, "the name of line %u again",
		    earlier->line);
	logins->entries = mem_grow(logins->entries, logins->count + 1,
	    sizeof(*logins->entries));
	logins->entries[logins->count++] = *entry;
	return 0;
}

static int
parse(struct logins *logins, const char *path, struct err *err)
{
	char *rest = logins->file.text, *line;
	struct entry entry = { .line = 0 };

	while ((line = strsep(&rest, "\n")) != NULL) {
		entry.line++;
		trim(line);
		if (line[strspn(line, BLANKS)] == '\0' ||
		    line[strspn(line, BLANKS)] == '#')
			continue;
		if (add(logins, line, &entry, err) == -1)
			return err_wrap(err, "%s:%u", path, entry.line);
		logins->entries[logins->count - 1].login.where =
		    mem_format("%s:%u", path, entry.line);
	}
	return 0;
}

/* ---- all of it ---- */

/* logins_load - new */
int
logins_load(const char *path, struct logins **out, struct err *err)
{
	struct logins *logins;

	*out = NULL;
	if (*path == '\0')
		return 0;
	logins = mem_new(sizeof(*logins));
	if (secret_file_read(path, SECRET_ANY_OWNER, &logins->file, err) == -1)
		err_wrap(err, "%s", path);
	else if (parse(logins, path, err) == 0) {
		*out = logins;
		return 0;
	}
	logins_free(logins);
	return -1;
}

/* logins_find - the domain's, or else the host's */
const struct login *
logins_find(const struct logins *logins, const char *domain, const char *host)
{
	const struct entry *entry;

	if (logins == NULL)
		return NULL;
	entry = find(logins, domain);
	if (entry == NULL)
		entry = find(logins, host);
	return entry != NULL ? &entry->login : NULL;
}

/* logins_free - nothing of it is left in memory; NULL */
struct logins *
logins_free(struct logins *logins)
{
	if (logins == NULL)
		return NULL;
	for (size_t i = 0; i < logins->count; i++)
		free((char *)logins->entries[i].login.where);
	secret_file_drop(&logins->file);
	free(logins->entries);
	free(logins);
	return NULL;
}
