/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mailbox_rig - a profile of one backend, and what is done with a mailbox of it
 *
 *	rig_begin(&mailbox_imap, server_stop);
 *	if (rig_load("host=h user=u ...") == -1)
 *		fail_msg("%s", rig.err.text);
 *	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
 *	rig_find("<1@x.example>");		-- rig.found of them, rig.key
 *	rig_shut();				-- the mailbox
 *	rig_down();				-- and no descriptor is left
 */
#ifndef TESTS_MAILBOX_RIG_H
#define TESTS_MAILBOX_RIG_H

#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "remediate/mailbox/profiles.h"
#include "tests/unit/opened.h"

static struct rig {
	char		*dir;
	int		 before;	/* descriptors */
	const struct mailbox_backend *backends[2];
	void		(*stop)(void);	/* what serves it; or NULL */
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

/* rig_begin - without a profile */
static inline void
rig_begin(const struct mailbox_backend *backend, void (*stop)(void))
{
	rig = (struct rig){ .dir = scratch_new(), .before = opened(),
		.backends = { backend, NULL }, .stop = stop,
		.handle = BUF, .out = BUF, .settings = { .timeout = 5000,
		.ca_file = "", .ca_path = "", .backends = rig.backends } };
}

/* rig_load - a profile of these words; -1: rig.err */
static inline int
rig_load(const char *words)
{
	own(str) char *text = mem_format("profile p type=%s %s\n",
	    rig.backends[0]->name, words);
	own(str) char *path = scratch_file(rig.dir, "profiles", text);
	const struct profile *const *list;

	rig.profiles = profiles_free(rig.profiles);
	rig.profile = NULL;
	assert_int_equal(chmod(path, 0600), 0);
	if (profiles_load(path, &rig.settings, &rig.profiles, &rig.err) == -1)
		return -1;
	assert_int_equal(profiles_chain(rig.profiles, "p", &list), 1);
	rig.profile = list[0];
	return 0;
}

static inline enum mailbox_result
rig_open(const char *owner)
{
	rig.err = (struct err){ 0 };
	return rig.backends[0]->open(rig.profile, owner, &rig.box, &rig.err);
}

static inline void
rig_shut(void)
{
	if (rig.box != NULL)
		rig.box = rig.backends[0]->close(rig.box);
}

static inline void
rig_down(void)
{
	rig_shut();
	rig.profiles = profiles_free(rig.profiles);
	if (rig.stop != NULL)
		rig.stop();
	free(rig.key);
	free(rig.folder);
	buf_drop(&rig.handle);
	buf_drop(&rig.out);
	assert_int_equal(opened(), rig.before);
	scratch_free(rig.dir);
}

static inline int
rig_tear_down(void **state)
{
	(void)state;
	rig_down();
	return 0;
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
	return rig.backends[0]->find(rig.box, &wanted, rig_each, NULL,
	    &rig.err);
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
	return rig.backends[0]->quarantine(rig.box, &found, &rig.handle,
	    &rig.err);
}

static inline enum mailbox_result
rig_moved(void)
{
	const struct found found = rig_found();

	buf_cut(&rig.handle, 0);
	return rig.backends[0]->moved(rig.box, "<1@x.example>", &found,
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
