/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "base/digits.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "remediate/imap/imap_box_private.h"
#include "remediate/imap/imap_names.h"

/*
 *	host, port	where it is; 993, or 143 with STARTTLS
 *	tls		yes | starttls
 *	user, password	ours
 *	master		what stands between the owner's name and ours; without
 *			it the owner is the authorization identity of SASL
 *	quarantine	an account; folder: in it, or one of the owner's own
 *	probe		an account that is there, to tell an owner who is not
 *			from a login that is refused
 *	ca_file		whom to trust, in place of tls_ca_file
 */
static const char *const words[] = { "host", "port", "tls", "user", "password",
	"master", "authzid", "quarantine", "folder", "probe", "ca_file", NULL };

/* ---- a profile ---- */

static int
missing(const char *word, const char *why, struct err *err)
{
	return err_set(err, ERR_NEVER, "it has no %s=%s", word, why);
}

/* is_folder - a name, and no pattern */
static bool
is_folder(const char *folder)
{
	own(buf) struct buf wire = BUF;

	return *folder != '\0' && *folder != ' ' &&
	    strpbrk(folder, "*%") == NULL && strcasecmp(folder, "INBOX") != 0 &&
	    utf8_is(folder, strlen(folder)) && imap_utf7(folder, &wire);
}

static bool
is_one_of(const char *value, const char *a, const char *b)
{
	return value == NULL || strcmp(value, a) == 0 || strcmp(value, b) == 0;
}

/* check_login - as whom, and how */
static int
check_login(const struct profile *profile, struct err *err)
{
	static const char *const needed[] = { "host", "user", "password" };
	const char *authzid = profile_value(profile, "authzid");
	const char *master = profile_value(profile, "master");

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		const char *value = profile_value(profile, needed[i]);

		if (value == NULL || *value == '\0')
			return missing(needed[i], "", err);
	}
	if (!is_one_of(authzid, "yes", "no"))
		return err_set(err, ERR_NEVER, "authzid= is yes or no");
	if (master != NULL && *master == '\0')
		return err_set(err, ERR_NEVER, "master= is empty; it is what "
		    "stands between two names, as \"*\"");
	if ((master != NULL) == (authzid != NULL && *authzid == 'y'))
		return err_set(err, ERR_NEVER, "it needs one of authzid=yes "
		    "(the server takes an authorization identity) and master= "
		    "(what stands between the owner's name and ours)");
	return 0;
}

/* check - all that needs no network */
static int
check(const struct profile *profile, struct err *err)
{
	const char *port = profile_value(profile, "port");
	const char *account = profile_value(profile, "quarantine");
	const char *folder = profile_value(profile, "folder");
	uint64_t number;

	if (check_login(profile, err) == -1)
		return -1;
	if (port != NULL && (!digits_parse(port, strlen(port), 65535,
	    &number) || number == 0))
		return err_set(err, ERR_NEVER, "port= is no number of a port");
	if (!is_one_of(profile_value(profile, "tls"), "yes", "starttls"))
		return err_set(err, ERR_NEVER, "tls= is yes or starttls");
	if (account == NULL && folder == NULL)
		return missing("quarantine", " (an account for what is removed) "
		    "nor folder= (a folder in each mailbox)", err);
	if (account != NULL && *account == '\0')
		return err_set(err, ERR_NEVER, "quarantine= is no name of an "
		    "account");
	if (folder != NULL && !is_folder(folder))
		return err_set(err, ERR_NEVER, "folder= is no name of a folder "
		    "for the quarantine");
	return 0;
}

/* ---- the table ---- */

static struct imap_box *
of(struct mailbox *mailbox)
{
	return (struct imap_box *)mailbox;
}

static enum mailbox_result
open_box(const struct profile *profile, const char *owner,
    struct mailbox **out, struct err *err)
{
	const char *account = profile_value(profile, "quarantine");
	struct imap_box *box;
	enum mailbox_result result;

	if (account != NULL && strcasecmp(account, owner) == 0) {
		err_set(err, ERR_NEVER, "%s: '%s' is the account of the "
		    "quarantine", profile->where, ESCAPE_INSIDE(owner, '\''));
		return MAILBOX_NEVER;
	}
	result = box_open(profile, owner, &box, err);
	if (result == MAILBOX_DONE)
		*out = &box->box;
	return result;
}

static struct mailbox *
close_box(struct mailbox *mailbox)
{
	if (mailbox != NULL)
		box_close(of(mailbox));
	return NULL;
}

static enum mailbox_result
find(struct mailbox *mailbox, const struct sought *wanted,
    mailbox_each *each, void *arg, struct err *err)
{
	const struct find_wish wish = { wanted, each, arg };

	return find_all(of(mailbox), &wish, err);
}

/* parse - a key or a handle of ours */
static enum mailbox_result
parse(const char *text, bool is_key, struct imap_ticket *out,
    struct err *err)
{
	if (imap_ticket_parse(text, out) && (out->kind == IMAP_KEY) == is_key)
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "'%s' is no %s of this back end",
	    ESCAPE_INSIDE(text, '\''), is_key ? "key" : "handle");
	return MAILBOX_NEVER;
}

/* look_up - the message that was found */
static enum mailbox_result
look_up(struct mailbox *mailbox, const struct found *found, bool writable,
    struct imap_hit *out, struct err *err)
{
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	enum mailbox_result result = parse(found->key, true, &ticket, err);

	return result != MAILBOX_DONE ? result :
	    hits_ticket(of(mailbox), &ticket, writable, out, err);
}

static enum mailbox_result
header(struct mailbox *mailbox, const struct found *found, struct buf *out,
    struct err *err)
{
	const struct imap_box *box = of(mailbox);
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result;

	if (box->shown_key == found->key && box->shown_key != NULL) {
		buf_bytes(out, box->shown_header->data, box->shown_header->len);
		return MAILBOX_DONE;
	}
	result = look_up(mailbox, found, false, &hit, err);
	if (result == MAILBOX_DONE)
		buf_bytes(out, hit.header.data, hit.header.len);
	return result;
}

static enum mailbox_result
raw(struct mailbox *mailbox, const struct found *found, size_t max,
    struct buf *out, struct err *err)
{
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = look_up(mailbox, found, false, &hit, err);

	return result != MAILBOX_DONE ? result :
	    hits_raw(of(mailbox), &hit, max, out, err);
}

/* fill - a handle with what is known of the message where it is */
static void
fill(const struct imap_box *box, const struct imap_hit *hit,
    const char *home, struct imap_ticket *out)
{
	out->kind = box_has_vault(box) ? IMAP_OTHER : IMAP_OWN;
	out->size = hit->size;
	strcpy(out->digest, hit->digest);
	buf_text(&out->home, home);
	buf_text(&out->flags, hit->flags);
	buf_text(&out->date, hit->date);
	if (!imap_message_id(hit->header.data, hit->header.len, &out->id) ||
	    strlen(out->id.data) != out->id.len)
		buf_cut(&out->id, 0);
}

static enum mailbox_result
quarantine(struct mailbox *mailbox, const struct found *found,
    struct buf *handle, struct err *err)
{
	struct imap_box *box = of(mailbox);
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = look_up(mailbox, found, true, &hit, err);

	if (result != MAILBOX_DONE)
		return result;
	fill(box, &hit, box->folder.data, &ticket);
	result = (box_has_vault(box) ? vault_quarantine : own_quarantine)(box,
	    &hit, &ticket, err);
	if (result == MAILBOX_DONE)
		imap_ticket_print(&ticket, handle);
	return result;
}

/* moved_to - the handle of what is in the quarantine of this box */
static enum mailbox_result
moved_to(struct imap_box *box, const struct imap_ticket *key,
    struct buf *handle, struct err *err)
{
	own(imap_ticket) struct imap_ticket there = IMAP_TICKET;
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result;

	there.size = key->size;
	strcpy(there.digest, key->digest);
	result = hits_twin(box, box->quarantine.data, &there, err);
	if (result == MAILBOX_DONE)
		result = hits_one(box, there.uid, &hit, err);
	if (result != MAILBOX_DONE)
		return result;
	fill(box, &hit, key->folder.data, &ticket);
	buf_text(&ticket.folder, there.folder.data);
	ticket.validity = there.validity;
	ticket.uid = there.uid;
	imap_ticket_print(&ticket, handle);
	return MAILBOX_DONE;
}

static enum mailbox_result
moved(struct mailbox *mailbox, const char *message_id,
    const struct found *found, struct buf *handle, struct err *err)
{
	struct imap_box *box = of(mailbox);
	own(imap_ticket) struct imap_ticket key = IMAP_TICKET;
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = parse(found->key, true, &key, err);

	(void)message_id;	/* it is known by its header */
	if (result == MAILBOX_DONE)
		result = hits_ticket(box, &key, false, &hit, err);
	if (result == MAILBOX_DONE) {
		err_set(err, ERR_LATER, "%s: it is in %s still",
		    ESCAPE(box->login.peer.host), ESCAPE(key.folder.data));
		return MAILBOX_GONE;
	}
	if (result == MAILBOX_GONE && box_has_vault(box)) {
		result = vault_open(box, err);
		return result != MAILBOX_DONE ? result : moved_to(box->vault,
		    &key, handle, err);
	}
	return result != MAILBOX_GONE ? result :
	    moved_to(box, &key, handle, err);
}

static enum mailbox_result
purge(struct mailbox *mailbox, const char *handle, struct err *err)
{
	struct imap_box *box = of(mailbox);
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = parse(handle, false, &ticket, err);
	bool marked;

	if (result == MAILBOX_DONE && ticket.kind == IMAP_OTHER) {
		result = vault_open(box, err);
		box = box->vault;
	}
	if (result == MAILBOX_DONE)
		result = own_find(box, &ticket, &hit, err);
	if (result == MAILBOX_DONE)
		result = remove_one(box, hit.uid, &marked, err);
	if (result != MAILBOX_DONE || !marked)
		return result;
	err_set(err, ERR_NEVER, "%s: no UIDPLUS: message %u in %s is only "
	    "marked as deleted", ESCAPE(box->login.peer.host), hit.uid,
	    ESCAPE(box->folder.data));
	return MAILBOX_NEVER;
}

static enum mailbox_result
restore(struct mailbox *mailbox, const char *handle, struct err *err)
{
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	enum mailbox_result result = parse(handle, false, &ticket, err);

	if (result != MAILBOX_DONE)
		return result;
	return ticket.kind == IMAP_OTHER ?
	    vault_restore(of(mailbox), &ticket, err) :
	    own_restore(of(mailbox), &ticket, err);
}

/* describe - for "Test Connection" */
static void
describe(const struct imap_box *box, size_t folders, struct buf *said)
{
	const struct imap_can *can = imap_talk_can(box->talk);
	const struct imap_box *to = box->vault != NULL ? box->vault : box;

	buf_format(said, "%s port %s: logged in as %s, folders: %zu",
	    ESCAPE(box->login.peer.host), box->login.peer.port,
	    ESCAPE(box->owner), folders);
	buf_format(said, ", quarantine: %s%s%s", ESCAPE(to->quarantine.data),
	    to != box ? " of " : "", to != box ? ESCAPE(to->owner) : "");
	if (!can->uidplus)
		buf_format(said, ", no UIDPLUS: what is %s is only marked as "
		    "deleted", can->move && to == box ? "purged" : "removed");
}

static enum mailbox_result
test(const struct profile *profile, const char *owner, struct buf *said,
    struct err *err)
{
	struct mailbox *mailbox;
	struct folders folders;
	enum mailbox_result result = open_box(profile, owner, &mailbox, err);

	if (result != MAILBOX_DONE)
		return result;
	result = folders_list(of(mailbox), &folders, err);
	if (result == MAILBOX_DONE && box_has_vault(of(mailbox)))
		result = vault_open(of(mailbox), err);
	if (result == MAILBOX_DONE)
		describe(of(mailbox), folders.count, said);
	folders_drop(&folders);
	close_box(mailbox);
	return result;
}

const struct mailbox_backend mailbox_imap = {
	.name = "imap",
	.words = words,
	.check = check,
	.open = open_box,
	.close = close_box,
	.find = find,
	.header = header,
	.raw = raw,
	.quarantine = quarantine,
	.moved = moved,
	.purge = purge,
	.restore = restore,
	.test = test,
};
