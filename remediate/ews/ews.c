/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/ews/ews_body.h"
#include "remediate/ews/ews_folders.h"
#include "remediate/ews/ews_private.h"
#include "remediate/mailbox/known.h"

/* ---- profiles ---- */

static const char *const words[] = { "host", "user", "password", "auth",
	"keytab", "quarantine", "archive", "version", "ca_file", NULL };

static bool
is_one_of(const char *value, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(value, *list) == 0)
			return true;
	return false;
}

/* choice - a word that may only have one of these values, if any */
static int
choice(const struct profile *profile, const char *word,
    const char *const *values, struct err *err)
{
	const char *value = ews_value(profile, word);
	own(buf) struct buf list = BUF;

	if (value == NULL || is_one_of(value, values))
		return 0;
	for (; *values != NULL; values++)
		buf_texts(&list, list.len > 0 ? ", " : "", *values);
	return err_set(err, ERR_NEVER, "%s= must be one of: %s", word,
	    list.data);
}

static int
check_host(const struct profile *profile, struct err *err)
{
	const char *host = ews_value(profile, "host");

	if (host == NULL)
		return err_set(err, ERR_NEVER, "it has no host=");
	if (strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789.-:[]") != strlen(host))
		return err_set(err, ERR_NEVER, "host= must be a name, and "
		    "\":port\" where that is not 443");
	return 0;
}

static int
check_login(const struct profile *profile, struct err *err)
{
	const char *auth = ews_value(profile, "auth");
	bool negotiate = auth != NULL && strcmp(auth, "negotiate") == 0;

	if (!negotiate && ews_value(profile, "keytab") != NULL)
		return err_set(err, ERR_NEVER, "keytab= needs auth=negotiate");
	if (!negotiate && (ews_value(profile, "user") == NULL ||
	    ews_value(profile, "password") == NULL))
		return err_set(err, ERR_NEVER, "it needs user= and password=, "
		    "or auth=negotiate");
	if (negotiate && ews_value(profile, "password") != NULL &&
	    ews_value(profile, "user") == NULL)
		return err_set(err, ERR_NEVER, "password= needs user=");
	if (negotiate && !ews_login_can())
		return err_set(err, ERR_NEVER, "auth=negotiate: this program "
		    "was built without GSSAPI");
	return 0;
}

static int
check(const struct profile *profile, struct err *err)
{
	static const char *const auths[] = { "basic", "negotiate", NULL };
	static const char *const yes_no[] = { "yes", "no", NULL };
	static const char *const versions[] = { "Exchange2013",
		"Exchange2013_SP1", "Exchange2016", NULL };

	if (check_host(profile, err) == -1 ||
	    choice(profile, "auth", auths, err) == -1 ||
	    choice(profile, "archive", yes_no, err) == -1 ||
	    choice(profile, "version", versions, err) == -1)
		return -1;
	return check_login(profile, err);
}

/* ---- open and close ---- */

/* only_mailbox - the address of the one that was found, new; NULL: it is not
 * one, or no mailbox */
static char *
only_mailbox(const struct ews_part *part)
{
	const xmlNode *one = ews_xml_child(ews_xml_child(part->node,
	    EWS_MESSAGES, "ResolutionSet"), EWS_TYPES, "Resolution");
	const xmlNode *box = ews_xml_child(one, EWS_TYPES, "Mailbox");
	own(str) char *type = ews_xml_text(ews_xml_child(box, EWS_TYPES,
	    "MailboxType"));
	own(str) char *address = ews_xml_text(ews_xml_child(box, EWS_TYPES,
	    "EmailAddress"));

	if (type == NULL || strcmp(type, "Mailbox") != 0 || address == NULL ||
	    strchr(address, '@') == NULL || !ews_xml_can(address) ||
	    ews_xml_next(one, EWS_TYPES, "Resolution") != NULL)
		return NULL;
	return str_give(&address);
}

/* resolve - whose alias is this?  The owner is then the primary address.  The
 * server matches the beginnings of addresses, too: more than one answer is
 * none. */
static enum mailbox_result
resolve(struct ews *ews, const char *alias, struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	own(buf) struct buf body = BUF;
	enum mailbox_result result;
	struct ews_part part;
	char *address;

	free(ews->owner);
	ews->owner = NULL;
	ews_begin(ews, &body);
	ews_body_resolve(&body, alias);
	result = ews_ask_one(ews, &body, &answer, &part, err);
	if (result != MAILBOX_DONE)
		return result;
	address = only_mailbox(&part);
	if (address == NULL) {
		err_set(err, ERR_NEVER, "%s: %s is not the address of exactly "
		    "one mailbox", ews->host, ESCAPE(alias));
		return MAILBOX_NOBODY;
	}
	ews->owner = address;
	return MAILBOX_DONE;
}

static enum mailbox_result
open_as(struct ews *ews, const char *owner, struct err *err)
{
	enum mailbox_result result;

	ews->owner = mem_text(owner);
	result = ews_folders_first(ews, err);
	if (result != MAILBOX_NOBODY)
		return result;
	result = resolve(ews, owner, err);
	if (result != MAILBOX_DONE)
		return result;
	if (strcasecmp(ews->owner, owner) == 0) {
		err_set(err, ERR_NEVER, "%s: %s has no mailbox here",
		    ews->host, ESCAPE(owner));
		return MAILBOX_NOBODY;
	}
	return ews_folders_first(ews, err);
}

/* gets_in - as somebody else: then only this owner is denied to us */
static bool
gets_in(const struct profile *profile, const char *owner)
{
	own(str) char *other = known_owner(profile->name);
	enum mailbox_result result;
	struct ews *ews;
	struct err ignored;

	if (other == NULL || strcmp(other, owner) == 0 ||
	    ews_connect(profile, &ews, &ignored) != MAILBOX_DONE)
		return false;
	result = open_as(ews, other, &ignored);
	if (result == MAILBOX_NOBODY || (result == MAILBOX_LOCKED_OUT &&
	    ews->denied))
		known_forget(profile->name, other);
	ews_close(ews);
	return result == MAILBOX_DONE;
}

/* judge_denial - an owner outside of the account's scope is his own trouble; that
 * all are denied is the account's, and those who mend it are told how */
static enum mailbox_result
judge_denial(const struct ews *ews, const char *owner, struct err *err)
{
	struct err why = *err;

	if (gets_in(ews->box.profile, owner)) {
		err->kind = ERR_NEVER;
		return MAILBOX_NEVER;
	}
	err_set(err, ERR_LATER, "%.140s; nobody else's mailbox is known to be "
	    "open to us: has the account the role ApplicationImpersonation?",
	    why.text);
	return MAILBOX_LOCKED_OUT;
}

/* ews_open - the mailbox of that address, which may be an alias */
enum mailbox_result
ews_open(const struct profile *profile, const char *owner,
    struct mailbox **out, struct err *err)
{
	struct ews *ews;
	enum mailbox_result result;

	if (strchr(owner, '@') == NULL || !ews_xml_can(owner)) {
		err_set(err, ERR_NEVER, "%s is no address of a mailbox",
		    ESCAPE(owner));
		return MAILBOX_NOBODY;
	}
	result = ews_connect(profile, &ews, err);
	if (result != MAILBOX_DONE)
		return result;
	ews->box.backend = &mailbox_ews;
	result = open_as(ews, owner, err);
	if (result == MAILBOX_LOCKED_OUT && ews->denied)
		result = judge_denial(ews, owner, err);
	if (result != MAILBOX_DONE) {
		ews_close(ews);
		return result;
	}
	known_note(profile->name, owner);
	ews->opened = true;
	*out = &ews->box;
	return MAILBOX_DONE;
}

static struct mailbox *
close_box(struct mailbox *box)
{
	if (box != NULL)
		ews_close(ews_of(box));
	return NULL;
}

/* ews_test - log in, look, touch nothing */
enum mailbox_result
ews_test(const struct profile *profile, const char *owner, struct buf *said,
    struct err *err)
{
	__attribute__((cleanup(own_ews_folders)))
	    struct ews_folders folders = { 0 };
	struct mailbox *box;
	enum mailbox_result result = ews_open(profile, owner, &box, err);
	size_t count = 0;

	if (result != MAILBOX_DONE)
		return result;
	result = ews_folders_list(ews_of(box), &folders, err);
	for (size_t i = 0; i < folders.count; i++)
		count += !folders.list[i].skip;
	if (result == MAILBOX_DONE)
		buf_format(said, "Exchange %s, mailbox %s, %zu folders%s",
		    ews_of(box)->server, ews_of(box)->owner, count,
		    folders.archive < folders.count ? ", with an archive" : "");
	box = close_box(box);
	return result;
}

const struct mailbox_backend mailbox_ews = {
	.name = "ews",
	.words = words,
	.check = check,
	.open = ews_open,
	.close = close_box,
	.find = ews_find,
	.header = ews_header,
	.raw = ews_raw,
	.quarantine = ews_quarantine,
	.moved = ews_moved,
	.purge = ews_purge,
	.restore = ews_restore,
	.test = ews_test,
};
