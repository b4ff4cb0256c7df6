/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_talk - commands to an IMAP server, and its answers (RFC 9051)
 *
 *	enum imap_refusal refused;
 *	struct imap_talk *talk;
 *	own(imap_line) struct imap_line line = IMAP_LINE;
 *	struct imap_reply reply;
 *
 *	imap_talk_open(&login, &talk, &refused, &err); -- TLS, and logged in
 *	imap_line_text(&line, "EXAMINE ");
 *	imap_line_name(&line, folder);
 *	if (imap_talk_ask(talk, &line, &reply, &err) == -1)
 *		... no connection any more ...
 *	else if (reply.status == IMAP_NO)
 *		... reply.code, reply.text ...
 *	talk = imap_talk_close(talk);
 *
 * One command at a time.  Every tag is new, and cannot be foretold.  While its
 * answers come, each that has no tag goes to line.heed.  A server that says what
 * is no answer, too much, or answers what nobody asked, has lost the connection:
 * everything that it said for that command counts for nothing.
 */
#ifndef REMEDIATE_IMAP_TALK_H
#define REMEDIATE_IMAP_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "remediate/imap/imap_answer.h"
#include "remediate/imap/imap_data.h"
#include "remediate/imap/imap_link.h"

/* How to get in; all borrowed until imap_talk_close(). */
struct imap_login {
	struct imap_peer peer;
	bool		 starttls;
	const char	*user, *password;	/* ours */
	const char	*owner;			/* as whom */
	const char	*master;	/* "*": owner*user logs in; NULL: authzid */
};

/* What the server can. */
struct imap_can {
	bool	move, uidplus, sasl_ir, namespaces, plain, starttls,
		login_disabled;
};

struct imap_talk;

/* imap_talk_open - connect, TLS, log in.  *out_refused: what was refused; with
 * it, or for a certificate, err->kind is ERR_NEVER.  LOGIN_NO_OWNER: our password
 * is good, but that we act for this owner was refused (RFC 5530,
 * AUTHORIZATIONFAILED).  LOGIN_NOT_NOW, with ERR_LATER: neither taken nor
 * refused, or the connection has ended there. */
enum imap_refusal {
	LOGIN_NOT_REFUSED, LOGIN_REFUSED, LOGIN_NO_OWNER, LOGIN_NOT_NOW
};
int	 imap_talk_open(const struct imap_login *, struct imap_talk **out,
	    enum imap_refusal *out_refused, struct err *);
struct imap_talk *imap_talk_close(struct imap_talk *);	/* NULL */
const struct imap_can *imap_talk_can(const struct imap_talk *);

/* ---- a command ---- */

/* imap_heed - each answer without a tag; false: it is not as it must be. */
typedef bool imap_heed(void *arg, const struct imap_answer *);

enum { IMAP_CUTS = 4 };

struct imap_line {
	struct buf	 bytes;
	size_t		 cuts[IMAP_CUTS];	/* where the server is to say
						   "+" first */
	size_t		 count;
	size_t		 literals_max;		/* of an answer; 0: 1 MB */
	imap_heed	*heed;			/* or NULL */
	void		*arg;
};
#define IMAP_LINE { .bytes = BUF }

void	 imap_line_text(struct imap_line *, const char *);
void	 imap_line_number(struct imap_line *, uint64_t);
/* imap_line_name - a folder's name or another string, as the wire needs it. */
void	 imap_line_name(struct imap_line *, const char *);
/* imap_line_literal - of any octets. */
void	 imap_line_literal(struct imap_line *, const char *, size_t);
void	 imap_line_drop(struct imap_line *);

static inline void
own_imap_line(struct imap_line *line)
{
	imap_line_drop(line);
}

/* The answer with our tag; texts are ESCAPE()d. */
struct imap_reply {
	enum imap_status status;		/* IMAP_OK, IMAP_NO, IMAP_BAD */
	char		 code[64];		/* its first word, or "" */
	char		 text[256];
	bool		 has_copied;	/* COPYUID or APPENDUID, in any answer */
	struct imap_copied copied;
};

int	 imap_talk_ask(struct imap_talk *, const struct imap_line *,
	    struct imap_reply *, struct err *);
/* imap_is_passing - a code that says "not now" (RFC 5530). */
bool	 imap_is_passing(const char *code);

#endif
