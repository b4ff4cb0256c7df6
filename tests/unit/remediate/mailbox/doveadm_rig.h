/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doveadm_rig - a profile for doveadm.h, and what is done with it
 *
 *	rig_up("quarantine=quarantine");
 *	assert_int_equal(rig_find("<1@x.example>"), MAILBOX_DONE);
 *	rig_down();
 */
#ifndef TESTS_DOVEADM_RIG_H
#define TESTS_DOVEADM_RIG_H

#include <sys/stat.h>

#include "base/own.h"
#include "remediate/mailbox/profiles.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/mailbox/doveadm.h"

static struct rig {
	char		*dir;
	int		 before;	/* descriptors */
	struct profile_settings settings;
	struct profiles	*profiles;
	const struct profile *profile;
	struct mailbox	*box;
	unsigned	 found;
	char		*key, *folder;	/* of the last that was found */
	struct buf	 handle, out;
	struct err	 err;
} rig;

static const struct mailbox_backend *const rig_backends[] = {
	&mailbox_dovecot, NULL };

/* rig_load - a profile of these words; -1: rig.err */
static inline int
rig_load(const char *words)
{
	own(str) char *text = mem_format("profile p type=dovecot %s\n", words);
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

/* rig_begin - without a profile */
static inline void
rig_begin(void)
{
	doveadm_clear();
	rig = (struct rig){ .dir = scratch_new(), .before = opened(),
		.handle = BUF, .out = BUF, .settings = { .timeout = 5000,
		.ca_file = "", .ca_path = "", .backends = rig_backends } };
}

static inline enum mailbox_result
rig_open(const char *owner)
{
	rig.err = (struct err){ 0 };
	return mailbox_dovecot.open(rig.profile, owner, &rig.box, &rig.err);
}

/* rig_up - and opened for bob */
static inline void
rig_up(const char *words)
{
	own(str) char *all = mem_format("url=https://d.example:8080 "
	    "password=secret %s", words);

	rig_begin();
	if (rig_load(all) == -1)
		fail_msg("%s", rig.err.text);
	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
}

static inline void
rig_shut(void)
{
	if (rig.box != NULL)
		rig.box = mailbox_dovecot.close(rig.box);
}

static inline void
rig_down(void)
{
	rig_shut();
	rig.profiles = profiles_free(rig.profiles);
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
	return true;
}

static inline enum mailbox_result
rig_find(const char *message_id)
{
	const struct sought wanted = { .message_id = message_id };

	rig.found = 0;
	return mailbox_dovecot.find(rig.box, &wanted, rig_each, NULL,
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
	return mailbox_dovecot.quarantine(rig.box, &found, &rig.handle,
	    &rig.err);
}

static inline enum mailbox_result
rig_moved(void)
{
	const struct found found = rig_found();

	buf_cut(&rig.handle, 0);
	return mailbox_dovecot.moved(rig.box, "<1@x.example>", &found,
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
