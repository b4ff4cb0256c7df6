/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/logins.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/again.h"
#include "base/mem.h"
#include "base/own.h"

enum { FILE_MAX = 1 << 20 };	/* octets */

#define BLANKS " \t\r"

struct entry {
	const char	*name;
	struct login	 login;
	unsigned	 line;
};

struct logins {
	char		*text;		/* the file, cut into its words */
	size_t		 size;		/* of that memory */
	struct entry	*entries;
	size_t		 count;
};

/* ---- the file's memory ---- */

/* take_memory - pages that no core dump has */
static int
take_memory(struct logins *logins, size_t size, struct err *err)
{
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return err_sys(err, "memory");
	(void)madvise(pages, size, MADV_DONTDUMP);
	logins->text = pages;
	logins->size = size;
	return 0;
}

/* look_at - a regular file, which others may not read, nor write to it */
static int
look_at(int fd, struct stat *out, struct err *err)
{
	if (AGAIN(fstat(fd, out)) == -1)
		return err_sys(err, "stat");
	if (!S_ISREG(out->st_mode))
		return err_set(err, ERR_NEVER, "not a regular file");
	if ((out->st_mode & 0027) != 0)
		return err_set(err, ERR_NEVER, "can be %s by others (mode "
		    "%04o): chmod o=,g-w", (out->st_mode & 0022) != 0 ?
		    "written" : "read", (unsigned)out->st_mode & 07777);
	if (out->st_size > FILE_MAX)
		return err_set(err, ERR_NEVER, "larger than %d bytes",
		    FILE_MAX);
	return 0;
}

/* read_file - all of it, with a NUL after it */
static int
read_file(struct logins *logins, const char *path, struct err *err)
{
	own(fd) int fd = AGAIN(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK));
	struct stat st;
	size_t size, done = 0;
	ssize_t got;

	if (fd == -1)
		return err_sys(err, "open");
	if (look_at(fd, &st, err) == -1)
		return -1;
	size = (size_t)st.st_size;
	if (take_memory(logins, size + 1, err) == -1)
		return -1;
	while (done < size && (got = AGAIN(read(fd, logins->text + done,
	    size - done))) != 0) {
		if (got == -1)
			return err_sys(err, "read");
		done += (size_t)got;
	}
	if (memchr(logins->text, '\0', done) != NULL)
		return err_set(err, ERR_NEVER, "not a text file");
	return 0;
}

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
	char *rest = logins->text, *line;
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
	if (read_file(logins, path, err) == -1)
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
	if (logins->text != NULL) {
		explicit_bzero(logins->text, logins->size);
		(void)munmap(logins->text, logins->size);
	}
	free(logins->entries);
	free(logins);
	return NULL;
}
