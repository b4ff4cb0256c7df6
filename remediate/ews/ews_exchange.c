/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/mem.h"
#include "remediate/ews/ews_link.h"

/* MAX: a page of twenty folders has less.  LEGS: Kerberos needs one, NTLM two. */
enum { MAX = 16 << 20, LEGS = 4, FIELDS = 4 };

/* once - with this Authorization; NULL: as the profile has it, or none */
static int
once(struct ews *ews, const struct buf *body, const char *authorization,
    struct http_answer *out, struct err *err)
{
	own(str) char *anchor = ews->owner == NULL ? NULL :
	    mem_format("X-AnchorMailbox: %s", ews->owner);
	const char *fields[FIELDS + 1] = {
	    "Content-Type: text/xml; charset=utf-8", "Accept: text/xml" };
	size_t n = 2;
	struct http_request request = { .method = "POST", .url = ews->url,
	    .fields = fields, .body = body->data, .length = body->len,
	    .max = ews->max > 0 ? ews->max : MAX };

	if (anchor != NULL)
		fields[n++] = anchor;
	if (authorization != NULL)
		fields[n++] = authorization;
	if (ews->login == NULL) {
		request.user = ews_value(ews->box.profile, "user");
		request.password = ews_value(ews->box.profile, "password");
	}
	return http_ask(ews->http, &request, out, err);
}

/* one_leg - answer the challenge; its own answer may have another */
static int
one_leg(struct ews *ews, const struct buf *body, const char *challenge,
    struct http_answer *out, struct err *err)
{
	own(buf) struct buf field = BUF;

	buf_text(&field, "Authorization: Negotiate ");
	if (ews_login_step(ews->login, challenge, &field, err) == -1)
		return err_wrap(err, "%s", ews->host);
	return once(ews, body, field.data, out, err);
}

/* log_in - from the first token on, over the connection that is open */
static int
log_in(struct ews *ews, const struct buf *body, struct http_answer *out,
    struct err *err)
{
	const char *challenge = "";

	if (ews_login_begin(ews->login, http_certificate(ews->http),
	    err) == -1)
		return err_wrap(err, "%s", ews->host);
	for (int leg = 0; leg < LEGS; leg++) {
		if (one_leg(ews, body, challenge, out, err) == -1)
			return -1;
		challenge = http_challenge(out, "Negotiate");
		if (out->status != 401 || challenge == NULL ||
		    *challenge == '\0' || out->fresh)
			return 0;
	}
	return 0;
}

/* ews_exchange - there and back, with the login.  The certificate must be known
 * before the first token: so a new connection is asked without one.  One that
 * was made anew meanwhile may have led to another server. */
int
ews_exchange(struct ews *ews, const struct buf *body, struct http_answer *out,
    struct err *err)
{
	if (ews->login == NULL)
		return once(ews, body, NULL, out, err);
	if (*http_certificate(ews->http) == '\0') {
		if (once(ews, body, NULL, out, err) == -1)
			return -1;
		if (out->status != 401 ||
		    http_challenge(out, "Negotiate") == NULL)
			return 0;
	}
	if (log_in(ews, body, out, err) == -1)
		return -1;
	if (out->status != 401 || !out->fresh)
		return 0;
	return log_in(ews, body, out, err);
}
