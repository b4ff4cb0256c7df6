/* SPDX-License-Identifier: BSD-2-Clause */
/* A Dovecot, by its doveadm HTTP API: what a profile needs, open and close. */
#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "remediate/mailbox/dovecot_private.h"

#define PATH "/doveadm/v1"
#define FOLDER "Quarantine"	/* in an account of its own */

enum { USER_MAX = 320 };

/* ---- a profile ---- */

static const char *const words[] = { "url", "key", "password", "quarantine",
	"folder", "ca_file", NULL };

/* is_user - doveadm takes "*" and "?" for a pattern, and does what it is told
 * to for everybody whom it matches */
static bool
is_user(const char *user)
{
	size_t n = strlen(user);

	for (const char *p = user; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p) || *p == '*' || *p == '?')
			return false;
	return n > 0 && n <= USER_MAX && utf8_is(user, n);
}

/* is_folder - a name, and no pattern */
static bool
is_folder(const char *folder)
{
	return strpbrk(folder, "*%?") == NULL && *folder != ' ' &&
	    strcasecmp(folder, "INBOX") != 0 &&
	    utf8_is(folder, strlen(folder));
}

static int
check_url(const char *url, struct err *err)
{
	if (url == NULL)
		return err_set(err, ERR_NEVER, "it has no url=");
	if ((strncasecmp(url, "https://", 8) != 0 &&
	    strncasecmp(url, "http://", 7) != 0) ||
	    strpbrk(url, " ?#@") != NULL)
		return err_set(err, ERR_NEVER, "url= is not "
		    "https://HOST:PORT");
	return 0;
}

/* check_quarantine - where deleted mail goes is for the site to say */
static int
check_quarantine(const char *user, const char *folder, struct err *err)
{
	if (user == NULL && folder == NULL)
		return err_set(err, ERR_NEVER, "it has neither quarantine= (an "
		    "account for what is removed) nor folder= (a folder in "
		    "each user's own account)");
	if (user != NULL && !is_user(user))
		return err_set(err, ERR_NEVER, "quarantine= is no name of an "
		    "account");
	if (folder != NULL && !is_folder(folder))
		return err_set(err, ERR_NEVER, "folder= is no name of a folder "
		    "for the quarantine");
	return 0;
}

static int
check(const struct profile *profile, struct err *err)
{
	const char *ca_file = profile_value(profile, "ca_file");
	bool key = profile_value(profile, "key") != NULL;
	bool password = profile_value(profile, "password") != NULL;

	if (check_url(profile_value(profile, "url"), err) == -1)
		return -1;
	if (key == password)
		return err_set(err, ERR_NEVER, "it has %s (doveadm_api_key) "
		    "%s password= (doveadm_password)", key ? "both key=" :
		    "neither key=", key ? "and" : "nor");
	if (ca_file != NULL && *ca_file != '/')
		return err_set(err, ERR_NEVER, "ca_file= is no absolute path");
	return check_quarantine(profile_value(profile, "quarantine"),
	    profile_value(profile, "folder"), err);
}

/* ---- what a mailbox is made of ---- */

/* full_url - with the path of the API, unless it is there; new */
static char *
full_url(const char *url)
{
	size_t n = strlen(url), path = strlen(PATH);

	if (n > path && strcmp(url + n - path, PATH) == 0)
		return mem_text(url);
	while (n > 0 && url[n - 1] == '/')
		n--;
	return mem_format("%.*s" PATH, (int)n, url);
}

/* key_field - Authorization: X-Dovecot-API and the key in base64 */
static void
key_field(const char *key, struct buf *out)
{
	size_t n = strlen(key);

	buf_text(out, "Authorization: X-Dovecot-API ");
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)buf_room(out,
	    (n + 2) / 3 * 4), (const unsigned char *)key, (int)n);
}

/* owners_folder - one for each owner: what is in it belongs to nobody else.  A
 * hierarchy separator in it would make folders of folders; new */
static char *
owners_folder(const char *folder, const char *owner)
{
	own(buf) struct buf out = BUF;

	buf_texts(&out, folder, " ");
	for (const char *p = owner; *p != '\0'; p++) {
		if (isalnum((unsigned char)*p) || strchr("@-_+", *p) != NULL)
			buf_byte(&out, *p);
		else
			buf_format(&out, "=%02X", (unsigned char)*p);
	}
	return buf_give(&out);
}

/* dovecot_make - with a client of HTTP, which has not connected yet */
struct dovecot *
dovecot_make(const struct profile *profile, struct err *err)
{
	const struct profile_settings *settings = profile->settings;
	const char *ca_file = profile_value(profile, "ca_file");
	const char *key = profile_value(profile, "key");
	const struct http_options options = { .timeout = settings->timeout,
	    .ca_file = ca_file != NULL ? ca_file : settings->ca_file,
	    .ca_path = ca_file != NULL ? "" : settings->ca_path,
	    .stopped = settings->stopped, .alive = settings->alive };
	struct dovecot *dovecot = mem_new(sizeof(*dovecot));

	dovecot->authorization = (struct buf)BUF_SECRET;
	if (http_open(&options, &dovecot->http, err) == -1) {
		free(dovecot);
		return NULL;
	}
	dovecot->box = (struct mailbox){ &mailbox_dovecot, profile };
	dovecot->url = full_url(profile_value(profile, "url"));
	dovecot->password = profile_value(profile, "password");
	if (key != NULL)
		key_field(key, &dovecot->authorization);
	return dovecot;
}

/* dovecot_drop - nothing secret is left in memory */
struct dovecot *
dovecot_drop(struct dovecot *dovecot)
{
	if (dovecot == NULL)
		return NULL;
	http_close(dovecot->http);
	buf_drop(&dovecot->authorization);
	free(dovecot->url);
	free(dovecot->owner);
	free(dovecot->store);
	free(dovecot->folder);
	free(dovecot);
	return NULL;
}

/* dovecot_is_own - or somebody else's account */
bool
dovecot_is_own(const struct dovecot *dovecot)
{
	return strcmp(dovecot->store, dovecot->owner) == 0;
}

/* ---- open and close ---- */

static enum mailbox_result
check_owner(const struct profile *profile, const char *owner, struct err *err)
{
	const char *store = profile_value(profile, "quarantine");

	if (is_user(owner) && (store == NULL ||
	    strcasecmp(store, owner) != 0))
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "%s: '%s' %s", profile->where,
	    ESCAPE_INSIDE(owner, '\''), is_user(owner) ?
	    "is the account of the quarantine" :
	    "cannot be the name of one account");
	return MAILBOX_NEVER;
}

/* dovecot_open - asks nothing: each command says whether there is that user */
static enum mailbox_result
dovecot_open(const struct profile *profile, const char *owner,
    struct mailbox **out, struct err *err)
{
	const char *store = profile_value(profile, "quarantine");
	const char *folder = profile_value(profile, "folder");
	enum mailbox_result result = check_owner(profile, owner, err);
	struct dovecot *dovecot;

	if (result != MAILBOX_DONE)
		return result;
	dovecot = dovecot_make(profile, err);
	if (dovecot == NULL)
		return MAILBOX_LATER;
	dovecot->owner = mem_text(owner);
	dovecot->store = mem_text(store != NULL ? store : owner);
	dovecot->folder = store == NULL ? mem_text(folder) :
	    owners_folder(folder != NULL ? folder : FOLDER, owner);
	*out = &dovecot->box;
	return MAILBOX_DONE;
}

static struct mailbox *
dovecot_close(struct mailbox *box)
{
	dovecot_drop((struct dovecot *)box);
	return NULL;
}

const struct mailbox_backend mailbox_dovecot = {
	.name = "dovecot",
	.words = words,
	.check = check,
	.open = dovecot_open,
	.close = dovecot_close,
	.find = dovecot_find,
	.header = dovecot_header,
	.raw = dovecot_raw,
	.quarantine = dovecot_quarantine,
	.moved = dovecot_moved,
	.purge = dovecot_purge,
	.restore = dovecot_restore,
	.test = dovecot_test,
};
