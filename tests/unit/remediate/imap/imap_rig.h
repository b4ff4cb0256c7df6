/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_rig - a profile for imap_server, and what is done with it
 *
 *	rig_up("master=* folder=Quarantine", true);
 *	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
 *	rig_find("<1@x.example>");		-- rig.found of them, rig.key
 *	rig_shut();				-- the mailbox
 *	rig_down();				-- and no descriptor is left
 */
#ifndef TESTS_IMAP_RIG_H
#define TESTS_IMAP_RIG_H

#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "remediate/mailbox/profiles.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/imap/imap_server.h"

#define HEAD	"Received: by gw.example id 4Q1; Tue, 14 Nov 2023 22:13:20 " \
		"+0000\r\nMessage-ID: <1@x.example>\r\nSubject: one\r\n\r\n"
#define ONE	HEAD "The first.\r\n"
#define OTHER	"Message-ID: <2@x.example>\r\n\r\nThe other.\r\n"

static struct rig {
	char		*dir;
	int		 before;	/* descriptors */
	struct profile_settings settings;
	struct profiles	*profiles;
	const struct profile *profile;
	struct mailbox	*box;
	unsigned	 found;
	bool		 enough;	/* each() says after the first one */
	char		*key, *folder;	/* of the last that was found */
	struct buf	 handle, out;
	struct err	 err;
} rig;

static const struct mailbox_backend *const rig_backends[] = { &mailbox_imap,
	NULL };

/* rig_load - a profile of these words; -1: rig.err */
static inline int
rig_load(const char *words)
{
	own(str) char *text = mem_format("profile p type=imap %s\n", words);
	own(str) char *path = scratch_file(rig.dir, "profiles", text);
	const struct profile *const *list;

	rig.profiles = profiles_free(rig.profiles);
	rig.profile = NULL;
	must(chmod(path, 0600) == 0);
	if (profiles_load(path, &rig.settings, &rig.profiles, &rig.err) == -1)
		return -1;
	assert_int_equal(profiles_chain(rig.profiles, "p", &list), 1);
	rig.profile = list[0];
	return 0;
}

/* rig_words - for the server as whom the test wants */
static inline void
rig_words(const char *words)
{
	own(str) char *all = mem_format("host=127.0.0.1 port=%s user=tdc "
	    "password=secret ca_file=%s/ca.pem %s", server.port, rig.dir,
	    words);

	if (rig_load(all) == -1)
		fail_msg("%s", rig.err.text);
}

static inline void
rig_up(const char *words)
{
	signal(SIGPIPE, SIG_IGN);
	rig = (struct rig){ .dir = scratch_new(), .before = opened(),
		.handle = BUF, .out = BUF, .settings = { .timeout = 5000,
		.ca_file = "", .ca_path = "", .backends = rig_backends } };
	server_start(rig.dir);
	rig_words(words);
}

static inline enum mailbox_result
rig_open(const char *owner)
{
	rig.err = (struct err){ 0 };
	return mailbox_imap.open(rig.profile, owner, &rig.box, &rig.err);
}

static inline void
rig_shut(void)
{
	if (rig.box != NULL)
		rig.box = mailbox_imap.close(rig.box);
}

static inline void
rig_down(void)
{
	rig_shut();
	rig.profiles = profiles_free(rig.profiles);
	server_stop();
	free(rig.key);
	free(rig.folder);
	buf_drop(&rig.handle);
	buf_drop(&rig.out);
	assert_int_equal(opened(), rig.before);
	scratch_free(rig.dir);
}

static inline bool
rig_each(void *arg, const struct found *found)
{
	(void)arg;
	free(rig.key);
	free(rig.folder);
	rig.key = mem_text(found->key);
	rig.folder = mem_text(found->folder);
	rig.found++;
	return !rig.enough;
}

static inline enum mailbox_result
rig_find(const char *message_id)
{
	const struct sought wanted = { .message_id = message_id };

	rig.found = 0;
	return mailbox_imap.find(rig.box, &wanted, rig_each, NULL, &rig.err);
}

/* rig_found - the last one that was found */
static inline struct found
rig_found(void)
{
	return (struct found){ .folder = rig.folder, .key = rig.key,
		.size = -1 };
}

static inline enum mailbox_result
rig_quarantine(void)
{
	const struct found found = rig_found();

	buf_cut(&rig.handle, 0);
	return mailbox_imap.quarantine(rig.box, &found, &rig.handle, &rig.err);
}

static inline enum mailbox_result
rig_moved(void)
{
	const struct found found = rig_found();

	buf_cut(&rig.handle, 0);
	return mailbox_imap.moved(rig.box, "<1@x.example>", &found,
	    &rig.handle, &rig.err);
}

/* rig_says - and whether it may pass */
static inline void
rig_says(const char *text, enum err_kind kind)
{
	if (strstr(rig.err.text, text) == NULL || rig.err.kind != kind)
		fail_msg("not '%s' but '%s' (%d)", text, rig.err.text,
		    rig.err.kind);
}

#endif
