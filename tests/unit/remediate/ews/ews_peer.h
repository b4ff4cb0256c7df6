/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_peer - an Exchange that answers as it is told to, and a profile for it
 *
 *	ews_peer_start("quarantine=ours");
 *	PEER_SAYS(EWS_OPENS, EWS_SAYS(EWS_DONE("<m:Items/>")));
 *	box = ews_peer_open(BOB);
 *	...
 *	box = ews_peer_close(box);
 *	ews_peer_stop();			-- all was asked, nothing is open
 *
 * What the server says is in the last macros; says() compares an error with
 * what stands after the name of the server.
 */
#ifndef TESTS_EWS_PEER_H
#define TESTS_EWS_PEER_H

#include "remediate/ews/ews_private.h"
#include "remediate/ews/ews_xml.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/http/http_peer.h"

#define BOB "bob@corp.example"
#define ALICE "alice@corp.example"

static struct profiles *profiles;
static const struct profile *profile;
static atomic_bool stopped;
static struct err err;
static int opened_before;

/* what is the same for all profiles */
static const struct mailbox_backend *const backends[] = { &mailbox_ews, NULL };
static struct profile_settings settings = { .timeout = 5000, .ca_file = "",
	.ca_path = "", .backends = backends, .stopped = &stopped };

/* load - a profile of these words; -1 */
static inline int
load(const char *words)
{
	own(str) char *line = mem_format("profile exchange type=ews %s\n",
	    words);
	char *dir = scratch_new(), *path = scratch_file(dir, "file", line);
	int result;

	assert_int_equal(chmod(path, 0600), 0);
	err.text[0] = '\0';
	profile = NULL;
	result = profiles_load(path, &settings, &profiles, &err);
	free(path);
	scratch_free(dir);
	if (result == 0)
		profile = profiles_at(profiles, 0);
	return result;
}

static inline void
unload(void)
{
	profiles = profiles_free(profiles);
	profile = NULL;
}

/* ews_peer_start - and more of the profile's words */
static inline void
ews_peer_start(const char *more)
{
	own(str) char *words = NULL;

	opened_before = opened();
	atomic_store(&stopped, false);
	peer_start(true);
	words = mem_format("host=127.0.0.1:%s ca_file=%s %s%s", peer.port,
	    peer.ca, strstr(more, "auth=") != NULL ? "" :
	    "user=tdc password=secret ", more);
	if (load(words) == -1)
		fail_msg("%s", err.text);
}

static inline void
ews_peer_stop(void)
{
	peer_heard();
	peer_stop();
	unload();
	assert_int_equal(opened(), opened_before);
}

static inline enum mailbox_result
ews_peer_try(const char *owner, struct mailbox **out)
{
	*out = NULL;
	err.text[0] = '\0';
	return ews_open(profile, owner, out, &err);
}

/* ews_peer_open - it must be possible */
static inline struct mailbox *
ews_peer_open(const char *owner)
{
	struct mailbox *box;

	if (ews_peer_try(owner, &box) != MAILBOX_DONE)
		fail_msg("%s", err.text);
	return box;
}

/* fails - so, and nothing is open then */
static inline void
fails(const char *owner, enum mailbox_result result)
{
	struct mailbox *box;
	enum mailbox_result became = ews_peer_try(owner, &box);

	peer_heard();
	if (became != result)
		fail_msg("%d: %s", became, err.text);
	assert_null(box);
}

static inline struct mailbox *
ews_peer_close(struct mailbox *box)
{
	return mailbox_ews.close(box);
}

/* says - of this server, and what it means */
static inline void
says(const char *why, enum err_kind kind)
{
	own(str) char *wanted = mem_format("127.0.0.1:%s: %s", peer.port, why);

	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, kind);
}

/* ---- what it may say ---- */

#define EWS_HEAD "<s:Envelope xmlns:s=\"" EWS_SOAP "\" xmlns:t=\"" EWS_TYPES \
	"\" xmlns:m=\"" EWS_MESSAGES "\">"
#define EWS_VERSION "<s:Header><t:ServerVersionInfo MajorVersion=\"15\" " \
	"MinorVersion=\"2\"/></s:Header>"
#define EWS_BODY(body) EWS_HEAD EWS_VERSION "<s:Body>" body \
	"</s:Body></s:Envelope>"
#define EWS_PARTS(parts) EWS_BODY("<m:XResponse><m:ResponseMessages>" parts \
	"</m:ResponseMessages></m:XResponse>")
#define EWS_PART(class, code, more) "<m:XResponseMessage ResponseClass=\"" \
	class "\"><m:ResponseCode>" code "</m:ResponseCode>" more \
	"</m:XResponseMessage>"
#define EWS_DONE(more) EWS_PART("Success", "NoError", more)
#define EWS_NO(code) EWS_PART("Error", code, "")
#define EWS_FAULT(code, more) EWS_BODY("<s:Fault><detail><ResponseCode>" code \
	"</ResponseCode>" more "</detail></s:Fault>")
#define EWS_BACK_OFF(ms) "<MessageXml><Value Name=\"BackOffMilliseconds\">" ms \
	"</Value></MessageXml>"

/* replies: to a request that has this */
#define EWS_WANTS(text) .wants = (text)
#define EWS_OK .status = "200 OK\r\nContent-Type: text/xml; charset=utf-8"
#define EWS_SAYS(wanted, parts) { EWS_WANTS(wanted), EWS_OK, \
	.body = EWS_PARTS(parts) }
#define EWS_FAILS(wanted, code) { EWS_WANTS(wanted), .status = \
	"500 Server Error\r\nContent-Type: text/xml", .body = \
	EWS_FAULT(code, "") }

#define EWS_FOLDER(id, parent, name) "<t:Folder><t:FolderId Id=\"" id "\"/>" \
	"<t:ParentFolderId Id=\"" parent "\"/><t:DisplayName>" name \
	"</t:DisplayName></t:Folder>"
#define EWS_FIRST_FOLDER(id, name) EWS_DONE("<m:Folders>" \
	EWS_FOLDER(id, "ROOT", name) "</m:Folders>")
/* the answer that opens a mailbox */
#define EWS_OPENS EWS_SAYS("<m:GetFolder>", EWS_FIRST_FOLDER("INBOX", "Inbox") \
	EWS_FIRST_FOLDER("JUNK", "Junk") EWS_NO("ErrorFolderNotFound"))

#define EWS_LIST(root, more) EWS_SAYS("<m:ParentFolderIds>" \
	"<t:DistinguishedFolderId Id=\"" root "\"/>", more)

/* a page, the last one */
#define EWS_PAGE_OF(kind, more) EWS_DONE("<m:RootFolder " \
	"IncludesLastItemInRange=\"true\"><t:" kind ">" more "</t:" kind \
	"></m:RootFolder>")
#define EWS_NEXT_PAGE(kind, next, more) EWS_DONE("<m:RootFolder " \
	"IncludesLastItemInRange=\"false\" IndexedPagingOffset=\"" next \
	"\"><t:" kind ">" more "</t:" kind "></m:RootFolder>")

/* a message, whose search key is its own */
#define EWS_ITEM(id, key, read) "<t:Message><t:ItemId Id=\"" id "\" ChangeKey" \
	"=\"CQ==\"/><t:ParentFolderId Id=\"INBOX\"/><t:InternetMessageId>&lt;a@b" \
	"&gt;</t:InternetMessageId><t:IsRead>" read "</t:IsRead>" \
	"<t:ExtendedProperty><t:Value>" key "</t:Value></t:ExtendedProperty>" \
	"</t:Message>"
#define EWS_KEY "ITEM INBOX KEY unread <a@b>"

#endif
