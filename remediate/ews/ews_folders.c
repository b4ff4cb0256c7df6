/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/mem.h"
#include "remediate/ews/ews_item.h"

enum { FOLDERS = 50000, LEVELS = 32 };

static const char *const first[EWS_FIRST] = { "inbox", "junkemail",
	"deleteditems" };

/* ---- one folder ---- */

static void
drop_folder(struct ews_folder *folder)
{
	free((char *)folder->place.id);
	free(folder->parent);
	free(folder->name);
}

/* add - takes all three */
static void
add(struct ews_folders *folders, struct ews_folder folder)
{
	folders->list = mem_grow(folders->list, folders->count + 1,
	    sizeof(*folders->list));
	folders->list[folders->count++] = folder;
}

/* read_folder - whatever kind it is; false: it has no id */
static bool
read_folder(const xmlNode *node, struct ews_folder *out)
{
	char *id = ews_item_id(ews_xml_child(node, EWS_TYPES, "FolderId"),
	    "Id");
	char *name;

	if (id == NULL)
		return false;
	name = ews_xml_text(ews_xml_child(node, EWS_TYPES, "DisplayName"));
	*out = (struct ews_folder){ .place = { id, false },
	    .parent = ews_item_id(ews_xml_child(node, EWS_TYPES,
	    "ParentFolderId"), "Id"),
	    .name = name != NULL ? name : mem_text("") };
	return true;
}

/* ews_folders_drop - and their texts */
void
ews_folders_drop(struct ews_folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		drop_folder(&folders->list[i]);
	free(folders->list);
	*folders = (struct ews_folders){ 0 };
}

/* ---- those that are looked at first ---- */

/* take_first - the i-th of them; a mailbox need not have all */
static enum mailbox_result
take_first(struct ews *ews, const struct ews_answer *answer, size_t i,
    struct err *err)
{
	struct ews_folder folder;
	struct ews_part part;
	enum mailbox_result result;

	if (!ews_answer_part(answer, i, &part))
		return ews_strange(ews, "an answer with too few folders", err);
	result = ews_judge(ews, &part, err);
	if (result == MAILBOX_GONE)
		return i > 0 ? MAILBOX_DONE : MAILBOX_NOBODY;
	if (result != MAILBOX_DONE)
		return result;
	if (!read_folder(ews_xml_child(ews_xml_child(part.node, EWS_MESSAGES,
	    "Folders"), EWS_TYPES, NULL), &folder))
		return ews_strange(ews, "a folder without an id", err);
	free(ews->first_id[i]);
	free(ews->first_name[i]);
	ews->first_id[i] = mem_text(folder.place.id);
	ews->first_name[i] = mem_text(folder.name);
	drop_folder(&folder);
	return MAILBOX_DONE;
}

/* ews_folders_first - open it */
enum mailbox_result
ews_folders_first(struct ews *ews, struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	own(buf) struct buf body = BUF;
	struct ews_place places[EWS_FIRST];
	enum mailbox_result result;

	for (size_t i = 0; i < EWS_FIRST; i++)
		places[i] = (struct ews_place){ first[i], true };
	ews_begin(ews, &body);
	ews_body_get_folders(&body, places, EWS_FIRST);
	result = ews_ask(ews, &body, &answer, err);
	for (size_t i = 0; result == MAILBOX_DONE && i < EWS_FIRST; i++)
		result = take_first(ews, &answer, i, err);
	return result;
}

/* ---- all that are below a root ---- */

/* take_page - its folders, and where the next page begins; 0: there is none */
static enum mailbox_result
take_page(const struct ews *ews, const struct ews_part *part,
    struct ews_folders *out, unsigned *offset, struct err *err)
{
	const xmlNode *root = ews_xml_child(part->node, EWS_MESSAGES,
	    "RootFolder");
	const xmlNode *node = ews_xml_child(ews_xml_child(root, EWS_TYPES,
	    "Folders"), EWS_TYPES, NULL);
	own(str) char *last = ews_xml_attribute(root,
	    "IncludesLastItemInRange");
	own(str) char *next = ews_xml_attribute(root, "IndexedPagingOffset");
	struct ews_folder folder;
	uint64_t number = 0;

	for (; node != NULL; node = ews_xml_next(node, EWS_TYPES, NULL)) {
		if (out->count >= FOLDERS || !read_folder(node, &folder))
			return ews_strange(ews, "too many folders, or one "
			    "without an id", err);
		add(out, folder);
	}
	if (last != NULL && strcmp(last, "true") == 0)
		*offset = 0;
	else if (next == NULL || !digits_parse(next, strlen(next), FOLDERS,
	    &number) || number <= *offset)
		return ews_strange(ews, "a page of folders that does not lead "
		    "on", err);
	else
		*offset = (unsigned)number;
	return MAILBOX_DONE;
}

static enum mailbox_result
list_below(struct ews *ews, const char *root, bool deep,
    struct ews_folders *out, struct err *err)
{
	unsigned offset = 0;

	do {
		__attribute__((cleanup(own_ews_answer)))
		    struct ews_answer answer = { 0 };
		own(buf) struct buf body = BUF;
		struct ews_part part;
		enum mailbox_result result;

		ews_begin(ews, &body);
		ews_body_find_folders(&body, root, deep, offset);
		result = ews_ask_one(ews, &body, &answer, &part, err);
		if (result == MAILBOX_DONE)
			result = take_page(ews, &part, out, &offset, err);
		if (result != MAILBOX_DONE)
			return result;
	} while (offset > 0);
	return MAILBOX_DONE;
}

/* ---- names for people ---- */

static const struct ews_folder *
parent_of(const struct ews_folders *folders, const struct ews_folder *folder)
{
	for (size_t i = 0; folder->parent != NULL && i < folders->count; i++)
		if (!folders->list[i].place.distinguished &&
		    strcmp(folders->list[i].place.id, folder->parent) == 0)
			return &folders->list[i];
	return NULL;
}

/* path_of - "Projects/2026", new.  The server's tree may have a ring. */
static char *
path_of(const struct ews_folders *folders, const struct ews_folder *folder)
{
	char *path = mem_text(folder->name);

	for (int level = 0; level < LEVELS; level++) {
		own(str) char *below = path;

		folder = parent_of(folders, folder);
		if (folder == NULL)
			return str_give(&below);
		path = mem_format("%s/%s", folder->name, below);
	}
	return path;
}

/* ews_folders_path - with those that it is in */
char *
ews_folders_path(const struct ews_folders *folders, size_t i)
{
	own(str) char *path = path_of(folders, &folders->list[i]);

	return mem_format("%s%s", i >= folders->archive ? "Archive/" : "",
	    path);
}

/* ---- all of them ---- */

static void
add_distinguished(struct ews_folders *folders, const char *id,
    const char *name)
{
	add(folders, (struct ews_folder){ .place = { mem_text(id), true },
	    .name = mem_text(name) });
}

/* mark_first - from this one on, those that stand in front already */
static void
mark_first(const struct ews *ews, struct ews_folders *folders, size_t from)
{
	for (size_t i = from; i < folders->count; i++)
		for (size_t j = 0; j < EWS_FIRST; j++)
			if (ews->first_id[j] != NULL && strcmp(ews->first_id[j],
			    folders->list[i].place.id) == 0)
				folders->list[i].skip = true;
}

/* ews_wants_archive - unless the profile says no */
bool
ews_wants_archive(const struct ews *ews)
{
	const char *wanted = ews_value(ews->box.profile, "archive");

	return wanted == NULL || strcmp(wanted, "no") != 0;
}

/* list_archive - most mailboxes have none */
static enum mailbox_result
list_archive(struct ews *ews, struct ews_folders *out, struct err *err)
{
	enum mailbox_result result;

	out->archive = out->count;
	if (!ews_wants_archive(ews))
		return MAILBOX_DONE;
	result = list_below(ews, "archivemsgfolderroot", true, out, err);
	if (result == MAILBOX_DONE)
		add_distinguished(out, "archiverecoverableitemsdeletions",
		    "Recoverable Items/Deletions");
	return result == MAILBOX_GONE || result == MAILBOX_NOBODY ?
	    MAILBOX_DONE : result;
}

/* ews_folders_list - those first that are the likely ones */
enum mailbox_result
ews_folders_list(struct ews *ews, struct ews_folders *out, struct err *err)
{
	enum mailbox_result result;
	size_t from;

	for (size_t i = 0; i < EWS_FIRST; i++)
		if (ews->first_id[i] != NULL)
			add_distinguished(out, first[i], ews->first_name[i]);
	add_distinguished(out, "recoverableitemsdeletions",
	    "Recoverable Items/Deletions");
	from = out->count;
	result = list_below(ews, "msgfolderroot", true, out, err);
	if (result != MAILBOX_DONE)
		return result;
	mark_first(ews, out, from);
	return list_archive(ews, out, err);
}

/* ---- our own ---- */

static enum mailbox_result
make_hidden(struct ews *ews, const char *name, struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	own(buf) struct buf body = BUF;
	struct ews_folder folder;
	struct ews_part part;
	enum mailbox_result result;

	ews_begin(ews, &body);
	ews_body_create_folder(&body, "root", name);
	result = ews_ask_one(ews, &body, &answer, &part, err);
	if (result != MAILBOX_DONE)
		return result;
	if (!read_folder(ews_xml_child(ews_xml_child(part.node, EWS_MESSAGES,
	    "Folders"), EWS_TYPES, NULL), &folder))
		return ews_strange(ews, "a folder without an id", err);
	ews->hidden = mem_text(folder.place.id);
	drop_folder(&folder);
	return MAILBOX_DONE;
}

/* ews_folders_hidden - find it, or make it */
enum mailbox_result
ews_folders_hidden(struct ews *ews, const char *name, bool make,
    struct err *err)
{
	__attribute__((cleanup(own_ews_folders)))
	    struct ews_folders folders = { 0 };
	enum mailbox_result result = MAILBOX_DONE;

	if (ews->hidden == NULL)
		result = list_below(ews, "root", false, &folders, err);
	for (size_t i = 0; ews->hidden == NULL && i < folders.count; i++)
		if (strcmp(folders.list[i].name, name) == 0)
			ews->hidden = mem_text(folders.list[i].place.id);
	if (result != MAILBOX_DONE || ews->hidden != NULL)
		return result;
	if (make)
		return make_hidden(ews, name, err);
	err_set(err, ERR_NEVER, "%s: there is no quarantine folder in that "
	    "mailbox", ews->host);
	return MAILBOX_GONE;
}
