/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program has to reach: the system's files, and what tdc.cf names. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf/conf_options.h"
#include "base/own.h"
#include "base/sandbox/sandbox_private.h"
#include "base/secret_file.h"

/* Libraries, names and services of the network, zones, certificates, what tells
 * of this process, and of the spool's file system.  /var is not among them, but
 * for what is read there on some systems: users of sssd, trust anchors,
 * certificates. */
static const char *const of_system[] = {
	"/etc", "/usr", "/lib", "/lib32", "/lib64", "/run", "/proc",
	"/sys/devices/system/cpu", "/sys/fs/ext4", "/dev/urandom", "/dev/random",
	"/var/lib/sss", "/var/lib/extrausers", "/var/db",
	"/var/lib/ca-certificates", "/var/lib/unbound", NULL
};

static void
add(struct places *places, const char *path, size_t length, enum reach reach)
{
	if (places->count == places->room) {
		places->room = places->room == 0 ? 32 : 2 * places->room;
		places->list = mem_grow(places->list, places->room,
		    sizeof(*places->list));
	}
	places->list[places->count++] = (struct place){
		arena_bytes(&places->arena, path, length), reach };
}

/* add_parent - of what the path names: it may be replaced, and made again */
static void
add_parent(struct places *places, const char *path, enum reach reach)
{
	const char *slash = strrchr(path, '/');

	if (*path != '/')
		return;
	/* never all there is; what stands right there is meant alone */
	if (slash == path)
		add(places, path, strlen(path), reach);
	else
		add(places, path, (size_t)(slash - path), reach);
}

/* add_file - what it is in, by its name, and by where links lead */
static void
add_file(struct places *places, const char *path, enum reach reach)
{
	char real[PATH_MAX];

	add_parent(places, path, reach);
	if (*path == '/' && realpath(path, real) != NULL &&
	    strcmp(real, path) != 0)
		add_parent(places, real, reach);
}

/* ---- texts with paths in them ---- */

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* add_named - to be read: a directory, or what is beside a file */
static void
add_named(struct places *places, const char *text, size_t length)
{
	own(str) char *path = mem_bytes(text, length);

	if (is_directory(path))
		add(places, path, length, REACH_READ);
	else
		add_file(places, path, REACH_READ);
}

/* add_text - whatever looks like an absolute path, wherever it stands: as a
 * value, or in it, as of a table */
static void
add_text(struct places *places, const char *text)
{
	static const char before[] = " \t\r\n,:;={}()[]\"'|";
	static const char after[] = " \t\r\n,;{}()[]\"'|";

	for (const char *at = text; (at = strchr(at, '/')) != NULL; ) {
		size_t length = strcspn(at, after);

		if (at == text || strchr(before, at[-1]) != NULL)
			add_named(places, at, length);
		at += length;
	}
}

/* is_read - what is written is added by who writes it, the starter sees to what is
 * executed, and secrets are read by the program that they are for */
static bool
is_read(const char *name, enum sandbox_program program)
{
	enum { NOBODY = 0 };
	static const struct {
		const char	*name;
		unsigned	 by;	/* a bit for each program */
	} others[] = {
		{ "spool_directory", NOBODY }, { "milter_socket", NOBODY },
		{ "maillog_file", NOBODY }, { "mail_logs_file", NOBODY },
		{ "history_database", NOBODY },
		{ "remediation_database", NOBODY },
		{ "alert_command", NOBODY }, { "remediation_sendmail", NOBODY },
		{ "tls_key_file", 1 << SANDBOX_FORWARDER },
		{ "intake_login_file", 1 << SANDBOX_FORWARDER },
		{ "api_credentials_file", 1 << SANDBOX_REMEDIATOR },
		{ "remediation_profiles", 1 << SANDBOX_REMEDIATOR },
		{ "cluster_credentials_file", 1 << SANDBOX_REMEDIATOR },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(others[i].name, name) == 0)
			return (others[i].by & 1U << program) != 0;
	return true;
}

/* add_parameters - of all of tdc.cf */
static void
add_parameters(struct places *places, const struct sandbox *sandbox)
{
	for (const struct conf_option *option = conf_options;
	    option->name != NULL; option++) {
		const char *value;

		if ((option->type != CONF_TEXT && option->type != CONF_PATH) ||
		    !is_read(option->name, sandbox->program))
			continue;
		memcpy(&value, (const char *)sandbox->conf + option->place,
		    sizeof(value));
		add_text(places, value);
	}
}

/* add_profiles - the certificates and keytabs that they name */
static void
add_profiles(struct places *places, const char *path)
{
	struct secret_file file = SECRET_FILE;
	struct err ignored;

	if (*path == '\0' || secret_file_read(path, SECRET_ANY_OWNER, &file,
	    &ignored) == -1)
		return;
	add_text(places, file.text);
	secret_file_drop(&file);
}

/* ---- what is written ---- */

/* add_log - it may be moved away, and made again; a device is meant alone */
static void
add_log(struct places *places, const char *path)
{
	if (strncmp(path, "/dev/", 5) == 0)
		add(places, path, strlen(path), REACH_APPEND);
	else
		add_file(places, path, REACH_APPEND);
}

static void
add_socket(struct places *places, const char *name)
{
	const char *path = strchr(name, '/');

	if (strncmp(name, "inet", 4) != 0 && path != NULL)
		add_file(places, path, REACH_REMOVE);
}

/* add_databases - and where SQLite puts what it has no memory for */
static void
add_databases(struct places *places, const struct sandbox *sandbox)
{
	add_file(places, sandbox->conf->history_database, REACH_WRITE);
	if (sandbox->program == SANDBOX_REMEDIATOR)
		add_file(places, sandbox->conf->remediation_database,
		    REACH_WRITE);
	add(places, "/var/tmp", 8, REACH_WRITE);
	add(places, "/tmp", 4, REACH_WRITE);
}

/* places_of - with that configuration */
void
places_of(const struct sandbox *sandbox, struct places *places)
{
	const struct conf *conf = sandbox->conf;

	add_named(places, sandbox->conf_file, strlen(sandbox->conf_file));
	add_parameters(places, sandbox);
	if (sandbox->tables != NULL)
		add_text(places, sandbox->tables);
	add_log(places, conf->maillog_file);
	add_log(places, conf->mail_logs_file);
	if (sandbox->program == SANDBOX_REMEDIATOR)
		add_profiles(places, conf->remediation_profiles);
	else
		add_file(places, conf->spool_directory, REACH_WRITE);
	if (sandbox->program == SANDBOX_MILTER)
		add_socket(places, conf->milter_socket);
	else
		add_databases(places, sandbox);
}

/* places_all - and what every program needs */
void
places_all(const struct sandbox *sandbox, struct places *places)
{
	for (size_t i = 0; of_system[i] != NULL; i++)
		add(places, of_system[i], strlen(of_system[i]), REACH_READ);
	add(places, "/dev/null", 9, REACH_APPEND);
	places_of(sandbox, places);
}

/* places_drop - all of it */
void
places_drop(struct places *places)
{
	free(places->list);
	arena_drop(&places->arena);
	*places = (struct places)PLACES;
}

/* ---- is one within others? ---- */

/* real - where a path leads; one that is not there: as it is written */
static void
real(const char *path, char out[PATH_MAX])
{
	if (realpath(path, out) == NULL) {
		strncpy(out, path, PATH_MAX - 1);
		out[PATH_MAX - 1] = '\0';
	}
}

/* places_hold - one of them does */
bool
places_hold(const struct places *places, const struct place *place)
{
	char inner[PATH_MAX], outer[PATH_MAX];

	real(place->path, inner);
	for (size_t i = 0; i < places->count; i++) {
		size_t length;

		if (places->list[i].reach < place->reach)
			continue;
		real(places->list[i].path, outer);
		length = strlen(outer);
		if (strncmp(inner, outer, length) == 0 &&
		    (inner[length] == '\0' || inner[length] == '/'))
			return true;
	}
	return false;
}
