/* SPDX-License-Identifier: BSD-2-Clause */
/* what stands in for ews_negotiate.c in a build without GSSAPI */
#include <stddef.h>

#include "remediate/ews/ews_login.h"

/* ews_login_can - it was not built with it */
bool
ews_login_can(void)
{
	return false;
}

/* ews_login_new - what is not there */
int
ews_login_new(const struct ews_login_options *options, struct ews_login **out,
    struct err *err)
{
	(void)options, (void)out;
	return err_set(err, ERR_NEVER, "this program was built without GSSAPI");
}

/* ews_login_free - there is none */
struct ews_login *
ews_login_free(struct ews_login *login)
{
	return (void)login, NULL;
}

/* ews_login_begin - never called */
int
ews_login_begin(struct ews_login *login, const char *certificate,
    struct err *err)
{
	(void)certificate;
	return ews_login_new(NULL, &login, err);
}

/* ews_login_step - never called */
int
ews_login_step(struct ews_login *login, const char *challenge,
    struct buf *out_token, struct err *err)
{
	(void)challenge, (void)out_token;
	return ews_login_new(NULL, &login, err);
}
