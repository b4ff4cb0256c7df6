/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "remediate/api/api_private.h"

enum { VALUE_MAX = 4096 };

/* ---- a line ---- */

/* trim - without the blanks around it */
static char *
trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	return text + strspn(text, " \t\r");
}

/* judge - a value that can stand in a header field */
static int
judge(const char *name, const char *value, struct err *err)
{
	if (*value == '\0')
		return err_set(err, ERR_NEVER, "%s has no value", name);
	if (strlen(value) > VALUE_MAX)
		return err_set(err, ERR_NEVER, "%s has more than %d octets",
		    name, VALUE_MAX);
	for (; *value != '\0'; value++)
		if (iscntrl((unsigned char)*value))
			return err_set(err, ERR_NEVER, "%s holds a control "
			    "character", name);
	return 0;
}

/* take - one line, which may be empty or a comment */
static int
take(char *line, const char **places[], struct err *err)
{
	static const char *const names[] = { "client_id", "password",
		"api_key" };
	char *name = trim(line), *value = strchr(name, '=');

	if (*name == '\0' || *name == '#')
		return 0;
	if (value != NULL) {
		*value++ = '\0';
		name = trim(name);
		value = trim(value);
	}
	for (size_t i = 0; value != NULL && i < 3; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		if (*places[i] != NULL)
			return err_set(err, ERR_NEVER, "%s stands here for "
			    "the second time", name);
		*places[i] = value;
		return judge(name, value, err);
	}
	/* What stands there may be a secret. */
	return err_set(err, ERR_NEVER, "not 'client_id =', 'password =' or "
	    "'api_key =' and a value");
}

/* ---- the file ---- */

static int
take_lines(const char *path, struct api_credentials *credentials,
    struct err *err)
{
	const char **places[] = { &credentials->client_id,
		&credentials->password, &credentials->api_key };
	char *line = credentials->file.text, *next;

	for (unsigned number = 1; line != NULL; line = next, number++) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (take(line, places, err) == -1)
			return err_wrap(err, "%s:%u", path, number);
	}
	if (credentials->client_id == NULL || credentials->password == NULL ||
	    credentials->api_key == NULL)
		return err_set(err, ERR_NEVER, "%s: no %s", path,
		    credentials->client_id == NULL ? "client_id" :
		    credentials->password == NULL ? "password" : "api_key");
	/* Basic (RFC 7617 2) has no place for it. */
	if (strchr(credentials->client_id, ':') != NULL)
		return err_set(err, ERR_NEVER, "%s: client_id holds a colon",
		    path);
	return 0;
}

/* api_credentials_load - all three of them */
int
api_credentials_load(const char *path, struct api_credentials *out,
    struct err *err)
{
	struct api_credentials credentials = { .file = SECRET_FILE };

	if (secret_file_read(path, SECRET_OURS, &credentials.file,
	    err) == -1)
		return err_wrap(err, "%s", path);
	if (take_lines(path, &credentials, err) == -1) {
		api_credentials_drop(&credentials);
		return -1;
	}
	*out = credentials;
	return 0;
}

/* api_credentials_drop - nothing of it is left */
void
api_credentials_drop(struct api_credentials *credentials)
{
	secret_file_drop(&credentials->file);
	*credentials = (struct api_credentials){ .file = SECRET_FILE };
}

/* api_check_credentials - whether they could be loaded */
int
api_check_credentials(const char *path, struct err *err)
{
	struct api_credentials credentials;

	if (api_credentials_load(path, &credentials, err) == -1)
		return -1;
	api_credentials_drop(&credentials);
	return 0;
}
