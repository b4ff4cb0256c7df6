/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gss_fake - a GSSAPI without Kerberos, which says what it was asked
 *
 *	gss.fails = "gss_init_sec_context";	-- that one, until it is NULL
 *	...
 *	assert_int_equal(gss.held, 0);		-- all was given back
 *
 * Its tokens are "token N": N is how many contexts were made, and then steps.
 *
 * WRAP: gss_acquire_cred gss_acquire_cred_from gss_acquire_cred_with_password
 * WRAP: gss_delete_sec_context gss_display_status gss_import_name
 * WRAP: gss_init_sec_context gss_release_cred gss_release_name
 */
#ifndef TESTS_GSS_FAKE_H
#define TESTS_GSS_FAKE_H

#include <gssapi/gssapi_ext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
	const char	*fails;		/* the name of a call, or NULL */
	bool		 huge;		/* tokens are larger than they may be */
	int		 held;		/* credentials, names, contexts */
	unsigned	 contexts, steps;
	char		 names[128];	/* all that were asked for */
	char		 by[160];	/* whose credentials are used, and how */
	char		 input[64];	/* of the last step */
	size_t		 binding;	/* its octets */
} gss;

static int gss_thing;			/* where all handles point to */

static inline OM_uint32
gss_now(const char *name, OM_uint32 *minor)
{
	*minor = 0;
	if (gss.fails == NULL || strcmp(gss.fails, name) != 0)
		return GSS_S_COMPLETE;
	*minor = 7;
	return GSS_S_FAILURE;
}

static inline OM_uint32
gss_give(const char *name, OM_uint32 *minor, void **out)
{
	OM_uint32 major = gss_now(name, minor);

	if (major != GSS_S_COMPLETE)
		return major;
	*out = &gss_thing;
	gss.held++;
	return major;
}

static inline OM_uint32
gss_take(OM_uint32 *minor, void **handle)
{
	*minor = 0;
	*handle = NULL;
	gss.held--;
	return GSS_S_COMPLETE;
}

/* ---- names and credentials ---- */

OM_uint32 __wrap_gss_import_name(OM_uint32 *, gss_buffer_t, gss_OID,
    gss_name_t *);
OM_uint32
__wrap_gss_import_name(OM_uint32 *minor, gss_buffer_t text, gss_OID type,
    gss_name_t *out)
{
	size_t n = strlen(gss.names);

	(void)type;
	snprintf(gss.names + n, sizeof(gss.names) - n, "%.*s ",
	    (int)text->length, (const char *)text->value);
	/* a service's name fails by another word than a user's */
	return gss_give(strchr(text->value, '/') != NULL ||
	    strncmp(text->value, "HTTP@", 5) == 0 ? "service" : "user", minor,
	    (void **)out);
}

OM_uint32 __wrap_gss_release_name(OM_uint32 *, gss_name_t *);
OM_uint32
__wrap_gss_release_name(OM_uint32 *minor, gss_name_t *name)
{
	return gss_take(minor, (void **)name);
}

OM_uint32 __wrap_gss_acquire_cred(OM_uint32 *, gss_name_t, OM_uint32,
    gss_OID_set, gss_cred_usage_t, gss_cred_id_t *, gss_OID_set *, OM_uint32 *);
OM_uint32
__wrap_gss_acquire_cred(OM_uint32 *minor, gss_name_t user, OM_uint32 seconds,
    gss_OID_set mechs, gss_cred_usage_t usage, gss_cred_id_t *out,
    gss_OID_set *actual, OM_uint32 *left)
{
	(void)seconds, (void)mechs, (void)usage, (void)actual, (void)left;
	snprintf(gss.by, sizeof(gss.by), "ticket%s",
	    user != GSS_C_NO_NAME ? " of a user" : "");
	return gss_give("acquire", minor, (void **)out);
}

OM_uint32 __wrap_gss_acquire_cred_from(OM_uint32 *, gss_name_t, OM_uint32,
    gss_OID_set, gss_cred_usage_t, gss_const_key_value_set_t, gss_cred_id_t *,
    gss_OID_set *, OM_uint32 *);
OM_uint32
__wrap_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t user,
    OM_uint32 seconds, gss_OID_set mechs, gss_cred_usage_t usage,
    gss_const_key_value_set_t store, gss_cred_id_t *out, gss_OID_set *actual,
    OM_uint32 *left)
{
	size_t n = 0;

	(void)user, (void)seconds, (void)mechs, (void)usage;
	(void)actual, (void)left;
	for (OM_uint32 i = 0; i < store->count; i++)
		n += (size_t)snprintf(gss.by + n, sizeof(gss.by) - n, "%s=%s;",
		    store->elements[i].key, store->elements[i].value);
	return gss_give("acquire", minor, (void **)out);
}

OM_uint32 __wrap_gss_acquire_cred_with_password(OM_uint32 *, gss_name_t,
    gss_buffer_t, OM_uint32, gss_OID_set, gss_cred_usage_t, gss_cred_id_t *,
    gss_OID_set *, OM_uint32 *);
OM_uint32
__wrap_gss_acquire_cred_with_password(OM_uint32 *minor, gss_name_t user,
    gss_buffer_t password, OM_uint32 seconds, gss_OID_set mechs,
    gss_cred_usage_t usage, gss_cred_id_t *out, gss_OID_set *actual,
    OM_uint32 *left)
{
	(void)user, (void)seconds, (void)mechs, (void)usage;
	(void)actual, (void)left;
	snprintf(gss.by, sizeof(gss.by), "password %.*s",
	    (int)password->length, (const char *)password->value);
	return gss_give("acquire", minor, (void **)out);
}

OM_uint32 __wrap_gss_release_cred(OM_uint32 *, gss_cred_id_t *);
OM_uint32
__wrap_gss_release_cred(OM_uint32 *minor, gss_cred_id_t *credential)
{
	return gss_take(minor, (void **)credential);
}

/* ---- the dialogue ---- */

OM_uint32 __wrap_gss_init_sec_context(OM_uint32 *, gss_cred_id_t,
    gss_ctx_id_t *, gss_name_t, gss_OID, OM_uint32, OM_uint32,
    gss_channel_bindings_t, gss_buffer_t, gss_OID *, gss_buffer_t, OM_uint32 *,
    OM_uint32 *);
OM_uint32
__wrap_gss_init_sec_context(OM_uint32 *minor, gss_cred_id_t credential,
    gss_ctx_id_t *context, gss_name_t service, gss_OID mech, OM_uint32 flags,
    OM_uint32 seconds, gss_channel_bindings_t binding, gss_buffer_t input,
    gss_OID *actual, gss_buffer_t token, OM_uint32 *got, OM_uint32 *left)
{
	(void)credential, (void)service, (void)mech, (void)flags;
	(void)seconds, (void)actual, (void)got, (void)left;
	snprintf(gss.input, sizeof(gss.input), "%.*s", (int)input->length,
	    input->length > 0 ? (const char *)input->value : "");
	gss.binding = binding != GSS_C_NO_CHANNEL_BINDINGS ?
	    binding->application_data.length : 0;
	if (*context == GSS_C_NO_CONTEXT) {
		*context = (gss_ctx_id_t)(void *)&gss_thing;
		gss.held++;
		gss.contexts++;
	}
	gss.steps++;
	token->value = calloc(1, 70000);
	token->length = gss.huge ? 65537 : (size_t)snprintf(token->value, 32,
	    "token %u %u", gss.contexts, gss.steps);
	return gss_now("gss_init_sec_context", minor);
}

OM_uint32 __wrap_gss_delete_sec_context(OM_uint32 *, gss_ctx_id_t *,
    gss_buffer_t);
OM_uint32
__wrap_gss_delete_sec_context(OM_uint32 *minor, gss_ctx_id_t *context,
    gss_buffer_t token)
{
	(void)token;
	return gss_take(minor, (void **)context);
}

/* gss_display_status - "no" of the interface, and "7" of the mechanism */
OM_uint32 __wrap_gss_display_status(OM_uint32 *, OM_uint32, int, gss_OID,
    OM_uint32 *, gss_buffer_t);
OM_uint32
__wrap_gss_display_status(OM_uint32 *minor, OM_uint32 code, int type,
    gss_OID mech, OM_uint32 *more, gss_buffer_t out)
{
	OM_uint32 major = GSS_S_COMPLETE;

	(void)mech, (void)more;
	*minor = 0;
	if (gss.fails != NULL && strcmp(gss.fails, "wordless") == 0)
		return GSS_S_FAILURE;
	out->value = calloc(1, 32);
	out->length = (size_t)snprintf(out->value, 32, "%s",
	    type == GSS_C_MECH_CODE ? "a\n7" :
	    code == GSS_S_DEFECTIVE_TOKEN ? "defective" : "no");
	return major;
}

#endif
