/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_check - what values must fulfil beyond their type
 *
 *	name = conf_check(&conf, &err);
 *	if (name != NULL)
 *		return err_wrap(&err, "%s", name);
 */
#ifndef BASE_CONF_CHECK_H
#define BASE_CONF_CHECK_H

#include "base/conf/conf_options.h"
#include "base/err.h"

/* conf_check - of a whole struct conf, all of whose fields are filled in: NULL,
 * or the name of the parameter at fault; the err says why, without name or
 * place. */
const char *conf_check(const struct conf *, struct err *);

/* conf_check_remediation - the part of it that is about tdc-remediator. */
const char *conf_check_remediation(const struct conf *, struct err *);

#endif
