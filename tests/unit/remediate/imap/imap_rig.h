/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_rig - a profile for imap_server
 *
 *	rig_up("master=* folder=Quarantine");
 *	assert_int_equal(rig_open("bob"), MAILBOX_DONE);
 *	rig_find("<1@x.example>");
 *	rig_down();
 */
#ifndef TESTS_IMAP_RIG_H
#define TESTS_IMAP_RIG_H

#include <signal.h>

#include "tests/unit/remediate/imap/imap_server.h"
#include "tests/unit/remediate/mailbox/mailbox_rig.h"

#define OWN	"master=* folder=Quarantine"
#define HEAD	"Received: by gw.example id 4Q1; Tue, 14 Nov 2023 22:13:20 " \
		"+0000\r\nMessage-ID: <1@x.example>\r\nSubject: one\r\n\r\n"
#define ONE	HEAD "The first.\r\n"
#define OTHER	"Message-ID: <2@x.example>\r\n\r\nThe other.\r\n"

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
	rig_begin(&mailbox_imap, server_stop);
	server_start(rig.dir);
	rig_words(words);
}

#endif
