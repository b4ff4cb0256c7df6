/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * path - the mailbox that Postfix understood MAIL FROM or RCPT TO to name
 *
 *	mailbox = path_mailbox("<@relay.example:U@Corp.Example >",
 *	    "u@corp.example", &arena);
 *
 * A client may write one mailbox in many ways: with a source route, comments,
 * blanks, too many quotes, "user%domain", "domain!user", without a domain.
 * The milter protocol hands on the client's own token.  What Postfix made of
 * it, looks up in its access(5) tables and delivers to, stands in the macros
 * {mail_addr} and {rcpt_addr}; that is what a policy has to see, or a sender
 * could choose a form that no table knows.
 *
 * Postfix folds the case of what it tells, so the client's own writing is kept
 * where it differs in nothing else: reports name "Bob@Corp.Example" as it came.
 */
#ifndef MILTER_PATH_H
#define MILTER_PATH_H

#include "base/mem.h"

/*
 * path_mailbox - token: a reverse-path or forward-path (RFC 5321 4.1.2) as the
 * client gave it, with or without its angle brackets; understood: the macro,
 * or NULL when the MTA gave none, and then the token has to be a Mailbox
 * itself.  Returns what a policy is to see, "" for the null reverse-path, or
 * NULL when it cannot be told which mailbox is meant; it lives in the arena.
 * Postfix takes control characters in a local part, and looks them up, too.
 */
const char *path_mailbox(const char *token, const char *understood,
	    struct arena *);

/*
 * path_rewritten - understood, for path_mailbox(), where the MTA is one that tells
 * by the macro whom it delivers to: after its tables, and without a domain where
 * that is its own (Sendmail).  NULL where the token is a Mailbox that has but one
 * meaning; else the argument.
 */
const char *path_rewritten(const char *token, const char *understood);

/*
 * path_plain - the same for a report, where it has to be a Mailbox of RFC 5321:
 * itself, as nearly always; else the local part in quotation marks, with '?'
 * for what must not stand there.  It lives in the arena, or is the argument.
 */
const char *path_plain(const char *mailbox, struct arena *);

/*
 * path_quoted - a Mailbox that stands for a token which names none: the token
 * as a quoted local part of host, control characters left out, cut at 128
 * octets.  It lives in the arena.
 */
const char *path_quoted(const char *token, const char *host, struct arena *);

#endif
