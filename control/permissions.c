/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl check: files and directories that more users than necessary can write
 * or read, as "postfix check" reports them for Postfix */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/own.h"
#include "base/words.h"
#include "control/control.h"

/* look_at - one file, if it exists; the bits that its mode should not have,
 * and what chmod should do about them */
static void
look_at(const char *what, const char *path, mode_t bad, const char *change,
    struct findings *findings)
{
	struct stat st;

	if (stat(path, &st) == -1 || (st.st_mode & bad) == 0 ||
	    S_ISCHR(st.st_mode))
		return;
	finding_warn(findings, "%s %s can be %s by others (mode %04o): chmod "
	    "%s %s", what, path, (st.st_mode & bad & 0022) != 0 ? "written" :
	    "read", (unsigned)st.st_mode & 07777, change, path);
}

/* look_at_both - a file, and the directory in which it could be replaced */
static void
look_at_both(const char *what, const char *path, struct findings *findings)
{
	const char *slash = strrchr(path, '/');
	own(str) char *dir = slash == NULL ? mem_text(".") :
	    mem_bytes(path, (size_t)(slash - path) + (slash == path));
	struct stat st;

	look_at(what, path, 0022, "go-w", findings);
	if (stat(dir, &st) == 0 && (st.st_mode & S_ISVTX) == 0 &&
	    (st.st_mode & 0002) != 0)
		finding_warn(findings, "%s %s: anyone can replace it (mode of "
		    "the directory %04o): chmod o-w %s", what, path,
		    (unsigned)st.st_mode & 07777, dir);
}

/* permissions_of_table - of the files of "type:path", if there are any */
void
permissions_of_table(const char *table, struct findings *findings)
{
	static const char *const ends[] = { "", ".db", ".lmdb", ".cdb" };
	const char *path = strchr(table, ':');

	if (path == NULL || *++path != '/')
		return;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		own(str) char *file = mem_format("%s%s", path, ends[i]);
		struct stat st;

		if (stat(file, &st) == 0)
			look_at_both("table", file, findings);
	}
}

/* look_at_command - which the programs run */
static void
look_at_command(const struct conf *conf, struct findings *findings)
{
	char **words;
	struct err ignored;

	if (words_split(conf->alert_command, &words, &ignored) == -1)
		return;
	if (words[0] != NULL)
		look_at_both("alert_command", words[0], findings);
	words_free(words);
}

/* permissions_of_conf - of tdc.cf, and of what it names */
void
permissions_of_conf(const char *conf_file, const struct conf *conf,
    struct findings *findings)
{
	const struct { const char *what, *path; } keys[] = {
		{ "tls_key_file", conf->tls_key_file },
		{ "tls_cert_file", *conf->tls_key_file != '\0' ? "" :
		  conf->tls_cert_file },
	};

	look_at_both("configuration", conf_file, findings);
	permissions_of_table(conf->unclean_header_checks, findings);
	look_at_command(conf, findings);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (*keys[i].path != '\0')
			look_at(keys[i].what, keys[i].path, 0026, "o=,g-w",
			    findings);
	/* its group may pass through it, to see the status */
	look_at("spool_directory", conf->spool_directory, 0067, "go=",
	    findings);
}
