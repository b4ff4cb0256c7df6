/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_files - the files that maillog_file and mail_logs_file name
 *
 *	log_file_open(&conf, "maillog_file", conf.maillog_file, &place, &err);
 *
 * Of the log itself alone; log_look() is in log.h.
 */
#ifndef BASE_LOG_FILES_H
#define BASE_LOG_FILES_H

#include "base/conf/conf.h"
#include "base/err.h"
#include "base/log/log_place.h"

/* log_file_open - nothing is done for a path that is empty.  The error names
 * the option and its place. */
int	log_file_open(const struct conf *, const char *option,
	    const char *path, struct log_place *out, struct err *);

/* log_facility - the code of syslog_facility. */
int	log_facility(const struct conf *, int *out, struct err *);

#endif
