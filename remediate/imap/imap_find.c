/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/imap/imap_box_private.h"
#include "remediate/imap/imap_names.h"

enum { FOLDERS_MAX = 20000, MESSAGE_ID_MAX = 998 };

/* ---- folders ---- */

/* add_folder - the inbox first */
static bool
add_folder(struct folders *folders, struct buf *name)
{
	if (folders->count == FOLDERS_MAX)
		return false;
	folders->names = mem_grow(folders->names, folders->count + 1,
	    sizeof(*folders->names));
	folders->names[folders->count] = buf_give(name);
	if (strcasecmp(folders->names[folders->count], "INBOX") == 0) {
		char *first = folders->names[0];

		folders->names[0] = folders->names[folders->count];
		folders->names[folders->count] = first;
	}
	folders->count++;
	return true;
}

/* is_wire_name - a name that a command can have: no line ends, no NUL */
static bool
is_wire_name(const struct buf *name)
{
	return strlen(name->data) == name->len && name->len > 0 &&
	    name->len <= 4096 && strpbrk(name->data, "\r\n") == NULL;
}

static bool
heed_list(void *arg, const struct imap_answer *answer)
{
	struct folders *folders = arg;
	struct imap_folder folder = { .name = BUF };
	bool good = true;

	if (!imap_span_is(&answer->name, "LIST"))
		return true;
	good = imap_data_folder(answer, &folder);
	if (good && folder.selectable && is_wire_name(&folder.name) &&
	    box_mine(folders->box, folder.name.data))
		good = add_folder(folders, &folder.name);
	buf_drop(&folder.name);
	return good;
}

/* folders_named - those of that name, or whose names are like a pattern */
static enum mailbox_result
folders_named(struct imap_box *box, const char *name, struct folders *out,
    struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	*out = (struct folders){ .box = box };
	imap_line_text(&line, "LIST \"\" ");
	imap_line_name(&line, name);
	line.heed = heed_list;
	line.arg = out;
	return box_ask(box, &line, "LIST", &reply, err);
}

/* folders_list - that may hold mail of the owner's */
enum mailbox_result
folders_list(struct imap_box *box, struct folders *out, struct err *err)
{
	enum mailbox_result result = folders_named(box, "*", out, err);

	if (result != MAILBOX_DONE || out->count > 0)
		return result;
	err_set(err, ERR_NEVER, "%s: %s has no folder at all",
	    ESCAPE(box->login.peer.host), ESCAPE(box->owner));
	return MAILBOX_NOBODY;
}

/* folders_drop - all of them */
void
folders_drop(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		free(folders->names[i]);
	free(folders->names);
	*folders = (struct folders){ 0 };
}

/* ---- messages ---- */

struct finding {
	struct imap_box	*box;
	const char	*folder;
	uint32_t	 validity;	/* each() may leave the folder */
	mailbox_each	*each;
	void		*arg;
	bool		 enough;
};

/* show - one that was found */
static enum mailbox_result
show(void *arg, const struct imap_hit *hit, struct err *err)
{
	struct finding *finding = arg;
	struct imap_box *box = finding->box;
	own(imap_ticket) struct imap_ticket ticket = IMAP_TICKET;
	own(buf) struct buf name = BUF, key = BUF;

	(void)err;
	if (finding->enough)
		return MAILBOX_DONE;
	if (!imap_utf8(finding->folder, &name)) {
		buf_cut(&name, 0);
		buf_text(&name, finding->folder);
	}
	ticket.validity = finding->validity;
	ticket.uid = hit->uid;
	ticket.size = hit->size;
	strcpy(ticket.digest, hit->digest);
	buf_text(&ticket.folder, finding->folder);
	imap_ticket_print(&ticket, &key);
	box->shown_key = key.data;
	box->shown_header = &hit->header;
	finding->enough = !finding->each(finding->arg, &(const struct found){
	    name.data, key.data, hit->size, hit->received });
	box->shown_key = NULL;
	box->shown_header = NULL;
	return MAILBOX_DONE;
}

/* is_id - one that can be looked for: what is in a Message-ID that we know */
static bool
is_id(const char *id)
{
	size_t n = strlen(id);

	if (n == 0 || n > MESSAGE_ID_MAX || *id == ' ' || id[n - 1] == ' ')
		return false;
	for (; *id != '\0'; id++)
		if (*id < ' ' || *id > '~')
			return false;
	return true;
}

/* check - can a server look for it? */
static int
check(const struct sought *wanted, struct err *err)
{
	if (wanted->message_id == NULL || is_id(wanted->message_id))
		return sought_check(wanted, err);
	return err_set(err, ERR_NEVER, "'%.60s' is no Message-ID to look for",
	    ESCAPE_INSIDE(wanted->message_id, '\''));
}

/* is_inbox - which its owner may read, so that we must, too */
static bool
is_inbox(const char *folder)
{
	return strcasecmp(folder, "INBOX") == 0;
}

/* still_there - does the server list it, as one that can be selected?  Most say
 * NO, without a code, to a folder that was deleted a moment ago, and to one that
 * they cannot open, alike. */
static enum mailbox_result
still_there(struct imap_box *box, const char *folder, bool *out,
    struct err *err)
{
	enum mailbox_result result;
	struct folders folders;

	result = folders_named(box, folder, &folders, err);
	*out = folders.count > 0;
	folders_drop(&folders);
	return result;
}

/* not_entered - the server has not let us in: what of that means that there is
 * nothing to be found?  Not that it is in trouble, and why stays why. */
static enum mailbox_result
not_entered(struct imap_box *box, const char *folder,
    enum mailbox_result result)
{
	struct err ignored;
	bool there = true;

	if (!box->refused || box->passing)
		return box->refused && result == MAILBOX_LATER ?
		    MAILBOX_UNFINISHED : result;
	if (strcasecmp(box->code, "NOPERM") == 0)
		return is_inbox(folder) ? MAILBOX_NEVER : MAILBOX_DONE;
	/* no name that anybody could select, although it is listed */
	if (result == MAILBOX_GONE || strcasecmp(box->code, "CANNOT") == 0)
		return MAILBOX_DONE;
	if (result == MAILBOX_NEVER)
		return result;
	result = still_there(box, folder, &there, &ignored);
	if (result != MAILBOX_DONE)
		return result;
	return there || is_inbox(folder) ? MAILBOX_UNFINISHED : MAILBOX_DONE;
}

/* find_in - one folder */
static enum mailbox_result
find_in(struct finding *finding, const struct hits_wish *wish,
    struct err *err)
{
	enum mailbox_result result = box_enter(finding->box, wish->folder,
	    false, err);

	if (result != MAILBOX_DONE) {
		err_wrap(err, "%s", ESCAPE(wish->folder));
		return not_entered(finding->box, wish->folder, result);
	}
	if (finding->box->exists == 0)
		return MAILBOX_DONE;
	finding->validity = finding->box->validity;
	result = hits_all(finding->box, wish, show, finding, err);
	return result == MAILBOX_LATER && finding->box->refused ?
	    MAILBOX_UNFINISHED : result;
}

/* find_each - folder but that of the quarantine.  One that fails does not keep
 * the others from being searched, but then there may be more than was found. */
static enum mailbox_result
find_each(struct finding *finding, const struct folders *folders,
    struct hits_wish *hits, struct err *err)
{
	enum mailbox_result result, worst = MAILBOX_DONE;
	struct err why;

	for (size_t i = 0; i < folders->count && !finding->enough; i++) {
		finding->folder = hits->folder = folders->names[i];
		if (!box_has_vault(finding->box) && strcmp(hits->folder,
		    finding->box->quarantine.data) == 0)
			continue;
		result = find_in(finding, hits, &why);
		if (result != MAILBOX_DONE && (worst == MAILBOX_DONE ||
		    (worst == MAILBOX_NEVER && result != MAILBOX_NEVER))) {
			worst = result;
			*err = why;
		}
	}
	return worst;
}

/* find_all - in every folder */
enum mailbox_result
find_all(struct imap_box *box, const struct find_wish *wish, struct err *err)
{
	const struct imap_can *can = imap_talk_can(box->talk);
	struct finding finding = { .box = box, .each = wish->each,
	    .arg = wish->arg };
	/* where messages can only be marked, those that are may be ours */
	struct hits_wish hits = { .wanted = wish->wanted,
	    .deleted_too = can->move || can->uidplus };
	enum mailbox_result result;
	struct folders folders;

	if (check(wish->wanted, err) == -1)
		return MAILBOX_NEVER;
	result = folders_list(box, &folders, err);
	if (result == MAILBOX_DONE)
		result = find_each(&finding, &folders, &hits, err);
	folders_drop(&folders);
	return result;
}
