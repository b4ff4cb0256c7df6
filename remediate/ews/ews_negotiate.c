/* SPDX-License-Identifier: BSD-2-Clause */
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/regular.h"
#include "remediate/ews/ews_binding.h"
#include "remediate/ews/ews_login.h"

enum { TOKEN_MAX = 65536 };

struct ews_login {
	gss_cred_id_t	 credential;
	gss_name_t	 service;
	gss_ctx_id_t	 context;
	struct buf	 binding;
};

/* SPNEGO (RFC 4178), which HTTP calls Negotiate. */
static char spnego_octets[] = "\x2b\x06\x01\x05\x05\x02";
static gss_OID_desc spnego = { sizeof(spnego_octets) - 1, spnego_octets };
static gss_OID_set_desc spnegos = { 1, &spnego };

/* ---- errors ---- */

/* say - one reason of the library's */
static void
say(OM_uint32 code, int type, struct buf *out)
{
	OM_uint32 minor, more = 0;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;

	if (GSS_ERROR(gss_display_status(&minor, code, type, GSS_C_NO_OID,
	    &more, &text)))
		return;
	if (out->len > 0)
		buf_text(out, "; ");
	buf_bytes(out, text.value, text.length);
	gss_release_buffer(&minor, &text);
}

static int
failed(const char *what, OM_uint32 major, OM_uint32 minor, struct err *err)
{
	own(buf) struct buf text = BUF;

	say(major, GSS_C_GSS_CODE, &text);
	if (minor != 0)
		say(minor, GSS_C_MECH_CODE, &text);
	return err_set(err, ERR_LATER, "Negotiate: %s: %s", what,
	    ESCAPE(text.data));
}

/* ---- who we are, and who it is ---- */

static gss_buffer_desc
bytes_of(const char *text)
{
	return (gss_buffer_desc){ strlen(text), (char *)text };
}

static int
import(const char *text, gss_OID type, gss_name_t *out, struct err *err)
{
	gss_buffer_desc bytes = bytes_of(text);
	OM_uint32 minor, major = gss_import_name(&minor, &bytes, type, out);

	return GSS_ERROR(major) ? failed("name", major, minor, err) : 0;
}

/* acquire_by_keytab - its tickets stay in memory, under that name: no file has
 * any, and the next connection need not ask for them again */
static OM_uint32
acquire_by_keytab(const struct ews_login_options *options, gss_name_t user,
    OM_uint32 *minor, gss_cred_id_t *out)
{
	own(str) char *cache = mem_format("MEMORY:%s %s", options->keytab,
	    options->user != NULL ? options->user : "");
	gss_key_value_element_desc elements[] = {
		{ "client_keytab", options->keytab }, { "ccache", cache },
	};
	const gss_key_value_set_desc store = { 2, elements };

	return gss_acquire_cred_from(minor, user, GSS_C_INDEFINITE, &spnegos,
	    GSS_C_INITIATE, &store, out, NULL, NULL);
}

/* check_keytab - the library opens it by its name, which may have a type before
 * it; what it cannot open it says itself */
static int
check_keytab(const char *keytab, struct err *err)
{
	const char *path = strchr(keytab, '/');

	if (path == NULL || regular_check(path, err) == 0 ||
	    err->kind == ERR_LATER)
		return 0;
	return err_wrap(err, "%s", path);
}

static int
acquire(const struct ews_login_options *options, gss_name_t user,
    gss_cred_id_t *out, struct err *err)
{
	OM_uint32 major, minor = 0;

	if (options->password != NULL) {
		gss_buffer_desc password = bytes_of(options->password);

		major = gss_acquire_cred_with_password(&minor, user,
		    &password, GSS_C_INDEFINITE, &spnegos, GSS_C_INITIATE, out,
		    NULL, NULL);
	} else if (options->keytab != NULL) {
		if (check_keytab(options->keytab, err) == -1)
			return -1;
		major = acquire_by_keytab(options, user, &minor, out);
	} else {
		major = gss_acquire_cred(&minor, user, GSS_C_INDEFINITE,
		    &spnegos, GSS_C_INITIATE, out, NULL, NULL);
	}
	return GSS_ERROR(major) ? failed("our credentials", major, minor,
	    err) : 0;
}

/* ews_login_can - it was built with it */
bool
ews_login_can(void)
{
	return true;
}

/* ews_login_new - a ticket, or the promise of one */
int
ews_login_new(const struct ews_login_options *options, struct ews_login **out,
    struct err *err)
{
	own(str) char *service = mem_format("HTTP@%s", options->host);
	struct ews_login *login = mem_new(sizeof(*login));
	gss_name_t user = GSS_C_NO_NAME;
	OM_uint32 minor;
	int result = 0;

	login->binding = (struct buf)BUF;
	if (options->user != NULL)
		result = import(options->user, GSS_C_NT_USER_NAME, &user, err);
	if (result == 0)
		result = acquire(options, user, &login->credential, err);
	if (result == 0)
		result = import(service, GSS_C_NT_HOSTBASED_SERVICE,
		    &login->service, err);
	if (user != GSS_C_NO_NAME)
		gss_release_name(&minor, &user);
	if (result == -1) {
		login = ews_login_free(login);
		return -1;
	}
	*out = login;
	return 0;
}

static void
forget_context(struct ews_login *login)
{
	OM_uint32 minor;

	if (login->context != GSS_C_NO_CONTEXT)
		gss_delete_sec_context(&minor, &login->context,
		    GSS_C_NO_BUFFER);
}

/* ews_login_free - tickets and all */
struct ews_login *
ews_login_free(struct ews_login *login)
{
	OM_uint32 minor;

	if (login == NULL)
		return NULL;
	forget_context(login);
	if (login->credential != GSS_C_NO_CREDENTIAL)
		gss_release_cred(&minor, &login->credential);
	if (login->service != GSS_C_NO_NAME)
		gss_release_name(&minor, &login->service);
	buf_drop(&login->binding);
	free(login);
	return NULL;
}

/* ---- the dialogue ---- */

/* ews_login_begin - over the connection with that certificate */
int
ews_login_begin(struct ews_login *login, const char *certificate,
    struct err *err)
{
	forget_context(login);
	buf_cut(&login->binding, 0);
	return *certificate == '\0' ? 0 :
	    ews_binding(certificate, &login->binding, err);
}

/* decode - base64; -1: it is none */
static int
decode(const char *text, struct buf *out)
{
	size_t n = strcspn(text, " \t,");
	int length;

	if (n == 0)
		return 0;
	if (n > TOKEN_MAX || n % 4 != 0)
		return -1;
	length = EVP_DecodeBlock((unsigned char *)buf_room(out, n / 4 * 3),
	    (const unsigned char *)text, (int)n);
	if (length < 0)
		return -1;
	out->len += (size_t)length - (text[n - 1] == '=') -
	    (text[n - 2] == '=');
	out->data[out->len] = '\0';
	return 0;
}

static void
encode(const gss_buffer_desc *token, struct buf *out)
{
	char *to = buf_room(out, (token->length + 2) / 3 * 4 + 1);

	out->len += (size_t)EVP_EncodeBlock((unsigned char *)to, token->value,
	    (int)token->length);
}

/* ews_login_step - what is said next */
int
ews_login_step(struct ews_login *login, const char *challenge,
    struct buf *out_token, struct err *err)
{
	own(buf) struct buf from = BUF;
	struct gss_channel_bindings_struct binding = {
	    .application_data = { login->binding.len, login->binding.data } };
	gss_buffer_desc token = GSS_C_EMPTY_BUFFER, input;
	OM_uint32 major, minor, ignored;

	if (decode(challenge, &from) == -1)
		return err_set(err, ERR_LATER, "Negotiate: the server's token "
		    "is no base64");
	input = (gss_buffer_desc){ from.len, from.data };
	major = gss_init_sec_context(&minor, login->credential,
	    &login->context, login->service, &spnego,
	    GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG, 0,
	    login->binding.len > 0 ? &binding : GSS_C_NO_CHANNEL_BINDINGS,
	    &input, NULL, &token, NULL, NULL);
	if (!GSS_ERROR(major) && token.length > TOKEN_MAX)
		major = GSS_S_DEFECTIVE_TOKEN;
	if (!GSS_ERROR(major))
		encode(&token, out_token);
	gss_release_buffer(&ignored, &token);
	return GSS_ERROR(major) ? failed("login", major, minor, err) : 0;
}
