/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_files.h"

#include <pwd.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/log/log.h"

/* later_user - whose files they are; NULL: we are it */
static const struct passwd *
later_user(const struct conf *conf)
{
	return geteuid() == 0 && *conf->log_user != '\0' ?
	    getpwnam(conf->log_user) : NULL;
}

static int
blame(const struct conf *conf, const char *option, struct err *err)
{
	return err_wrap(err, "%s: %s", conf_where(conf, option), option);
}

/* log_file_open - one that is set */
int
log_file_open(const struct conf *conf, const char *option, const char *path,
    struct log_place *out, struct err *err)
{
	if (*path == '\0' ||
	    log_place_open(path, later_user(conf), out, err) == 0)
		return 0;
	return blame(conf, option, err);
}

/* log_look - what log_open() would find wrong with the files */
int
log_look(const struct conf *conf, bool moved, struct err *err)
{
	const struct { const char *option, *path; } files[] = {
		{ "maillog_file", conf->maillog_file },
		{ "mail_logs_file", conf->mail_logs_file },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (*files[i].path != '\0' && log_place_look(files[i].path,
		    later_user(conf), moved, err) == -1)
			return blame(conf, files[i].option, err);
	return 0;
}

/* log_facility - the code of syslog_facility */
int
log_facility(const struct conf *conf, int *out, struct err *err)
{
	static const struct { const char *name; int code; } facilities[] = {
		{ "mail", LOG_MAIL }, { "daemon", LOG_DAEMON },
		{ "user", LOG_USER },
		{ "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 },
		{ "local2", LOG_LOCAL2 }, { "local3", LOG_LOCAL3 },
		{ "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
		{ "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
	};

	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
		if (strcmp(facilities[i].name, conf->syslog_facility) == 0) {
			*out = facilities[i].code;
			return 0;
		}
	return err_set(err, ERR_NEVER, "%s: syslog_facility: '%.60s' is none of "
	    "mail daemon user local0 ... local7",
	    conf_where(conf, "syslog_facility"), conf->syslog_facility);
}
