/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_moves - a mailbox of Exchange that is open, and what it is asked when
 * messages are taken away and brought back
 *
 *	cmocka_unit_test_setup_teardown(name, with_purges, tear_down)
 *
 *	PEER_SAYS(SEEKS(PURGES_PLACE, AWAY("NEW")), DELETES("NEW", DONE));
 *	assert_int_equal(ews_purge(box, HANDLE, &err), MAILBOX_DONE);
 */
#ifndef TESTS_EWS_MOVES_H
#define TESTS_EWS_MOVES_H

#include "tests/unit/remediate/ews/ews_peer.h"

static struct mailbox *box;
static struct buf handle = BUF;

static inline void
start(const char *more)
{
	ews_peer_start(more);
	PEER_SAYS(EWS_OPENS);
	box = ews_peer_open(BOB);
}

static inline void
stop(void)
{
	buf_drop(&handle);
	box = ews_peer_close(box);
	ews_peer_stop();
}

static inline int
with_purges(void **state)
{
	(void)state;
	start("archive=no");
	return 0;
}

static inline int
with_archive(void **state)
{
	(void)state;
	start("quarantine=purges archive=yes");
	return 0;
}

static inline int
with_folder(void **state)
{
	(void)state;
	start("quarantine=ours");
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	stop();
	return 0;
}

/* became - and no handle is given of what was not done */
static inline void
became(enum mailbox_result result, enum mailbox_result wanted,
    enum err_kind kind, const char *why)
{
	peer_heard();
	if (result != wanted)
		fail_msg("%d: %s", result, err.text);
	says(why, kind);
	assert_int_equal(handle.len, 0);
}

#define DELETES(id, answer) EWS_SAYS("HardDelete\" SendMeetingCancellations=" \
	"\"SendToNone\" SuppressReadReceipts=\"true\"><m:ItemIds><t:ItemId Id=\"" \
	id "\"/></", answer)
#define MOVES(to, id, answer) EWS_SAYS("<m:ToFolderId>" to "</m:ToFolderId>" \
	"<m:ItemIds><t:ItemId Id=\"" id "\"/></", answer)
#define TO(id) "<t:FolderId Id=\"" id "\"/>"
#define DONE EWS_DONE("")
#define GONE EWS_NO("ErrorItemNotFound")
#define SEEKS(places, answers) EWS_SAYS("<m:ParentFolderIds>" places \
	"</m:ParentFolderIds></m:FindItem>", answers)
#define NAMED(id) "<t:DistinguishedFolderId Id=\"" id "\"/>"
#define PURGES_PLACE NAMED("recoverableitemspurges")
#define OTHERS PURGES_PLACE NAMED("recoverableitemsdeletions")
#define ARCHIVE NAMED("archiverecoverableitemspurges")
#define ITEMS(items) EWS_PAGE_OF("Items", items)
#define AWAY(id) ITEMS(EWS_ITEM("OTHER", "OTHERKEY", "true") \
	EWS_ITEM(id, "KEY", "true"))
#define NONE ITEMS("")

#define HANDLE "purges INBOX KEY unread <a@b>"
#define READ "purges INBOX KEY read <a@b>"

/* our folder */
#define HIDDEN(more) EWS_SAYS("Traversal=\"Shallow\"", \
	EWS_PAGE_OF("Folders", EWS_FOLDER("X", "ROOT", "Ours") more))
#define OURS EWS_FOLDER("OURS", "ROOT", "ours")
#define IN_OURS "hidden INBOX KEY unread <a@b>"

#endif
