/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/etcd_login.h"

#include <ctype.h>
#include <string.h>

#include "base/blank.h"

enum { VALUE_MAX = 1024 };

/* trim - without the blanks around it */
static char *
trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && is_blank(text[n - 1]))
		text[--n] = '\0';
	return text + strspn(text, BLANKS);
}

/* judge - a value that can be a text of JSON */
static int
judge(const char *name, const char *value, struct err *err)
{
	size_t n = strlen(value);

	if (n == 0)
		return err_set(err, ERR_NEVER, "%s has no value", name);
	if (n > VALUE_MAX)
		return err_set(err, ERR_NEVER, "%s has more than %d octets",
		    name, VALUE_MAX);
	for (size_t i = 0; i < n; i++)
		if (iscntrl((unsigned char)value[i]))
			return err_set(err, ERR_NEVER, "%s holds a control "
			    "character", name);
	return 0;
}

/* take - one line, which may be empty or a comment */
static int
take(char *line, struct etcd_login *login, struct err *err)
{
	char *name = trim(line), *value = strchr(name, '=');
	const char **place;

	if (*name == '\0' || *name == '#')
		return 0;
	if (value != NULL) {
		*value++ = '\0';
		name = trim(name);
		value = trim(value);
	}
	place = strcmp(name, "user") == 0 ? &login->user :
	    strcmp(name, "password") == 0 ? &login->password : NULL;
	/* What stands there may be a secret. */
	if (value == NULL || place == NULL)
		return err_set(err, ERR_NEVER, "not 'user =' or 'password =' "
		    "and a value");
	if (*place != NULL)
		return err_set(err, ERR_NEVER, "%s stands here for the second "
		    "time", name);
	*place = value;
	return judge(name, value, err);
}

static int
take_lines(const char *path, struct etcd_login *login, struct err *err)
{
	char *rest = login->file.text, *line;

	for (unsigned number = 1; (line = strsep(&rest, "\n")) != NULL;
	    number++)
		if (take(line, login, err) == -1)
			return err_wrap(err, "%s:%u", path, number);
	if (login->user == NULL || login->password == NULL)
		return err_set(err, ERR_NEVER, "%s: no %s", path,
		    login->user == NULL ? "user" : "password");
	return 0;
}

/* etcd_login_load - both of them */
int
etcd_login_load(const char *path, struct etcd_login *out, struct err *err)
{
	struct etcd_login login = ETCD_LOGIN;

	if (secret_file_read(path, SECRET_OURS, &login.file, err) == -1)
		return err_wrap(err, "%s", path);
	if (take_lines(path, &login, err) == -1) {
		etcd_login_drop(&login);
		return -1;
	}
	*out = login;
	return 0;
}

/* etcd_login_drop - nothing of it is left */
void
etcd_login_drop(struct etcd_login *login)
{
	secret_file_drop(&login->file);
	*login = (struct etcd_login)ETCD_LOGIN;
}
