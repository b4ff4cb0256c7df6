/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api - what the API of Secure Email Threat Defense says of messages
 *
 *	struct api *api;
 *	const struct api_window window = { .from = now - 7200000,
 *	    .to = now - 300000, .threats = true };
 *
 *	api_open(&options, &api, &err);
 *	if (api_search(api, &window, see, arg, &err) == -1)
 *		... err: host and stage; what was seen until then was given ...
 *	api = api_close(api);
 *
 * Message Search API of DevNet: POST /v1/oauth/token for a token of an hour,
 * then POST /v1/messages/search with it, a page at a time: first the data of a
 * page, then its nextPageToken.  A token that has run out is renewed, once a
 * request.  No more than two requests a second, each of them asked of the
 * caller's budget first; after 429 and 5xx it waits as Retry-After says, or ever
 * longer, and gives up after some tries.  When the service asks for a long rest,
 * or does not take our credentials (15 minutes), every call fails at once until
 * that is over, with the words of the first time.
 *
 * All that comes is from outside: fields may be missing or of any type, and texts
 * may hold anything but NUL.  What cannot be JSON because of a text in it (stray
 * bytes, half characters) is read with U+FFFD in their place, so that no sender
 * of mail can keep a page from being read.  One thread at a time.
 */
#ifndef REMEDIATE_API_H
#define REMEDIATE_API_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* 0: a word that we do not know, and never act on. */
enum api_verdict {
	API_UNKNOWN, API_NO_VERDICT, API_NEUTRAL, API_GRAYMAIL, API_SPAM,
	API_SCAM, API_BEC, API_PHISHING, API_MALICIOUS, API_VERDICTS
};

/* One message as a page has it; texts are UTF-8, "" when not told.  It has an id.
 * When the service contradicts itself, the verdict is the harmless one. */
struct api_message {
	const char	*id;			/* of the API */
	const char	*message_id;		/* internetMessageId, with <> */
	int64_t		 timestamp;		/* of the message, ms since 1970;
						   0: not told */
	enum api_verdict verdict;
	const char	*word;			/* as it was spelled; with
						   API_UNKNOWN: worth a line */
	bool		 retro;			/* isRetroVerdict */
	const char	*direction;
	const char	*sender, *subject;	/* fromAddress */
	const char	*return_path;		/* returnPath; "<>" is the null one */
	const char	*const *mailboxes;	/* bare addresses: mailboxes,
						   envelopeTo, deliveredTo; when
						   none is told, toAddresses */
	size_t		 mailbox_count;
	const char	*action;		/* what the service did: "move trash" */
	const char	*client;		/* originalCIP, or else clientIP */
	const char	*header;		/* headerName */
};

typedef void api_each(void *arg, const struct api_message *);

/* How many requests may still be made today; kept by the caller over restarts.
 * take() asks for one; -1: there is none, and why. */
struct api_budget {
	int	(*take)(void *arg, int64_t now, struct err *);
	void	*arg;
};

/* What a person should know, and no caller sees: messages without an id, a verdict
 * of api_verdict_now() that we do not know.  Each text comes once; it is of
 * printable ASCII. */
struct api_notice {
	void	(*say)(void *arg, const char *text);	/* NULL: nobody hears */
	void	*arg;
};

/* All borrowed until api_close(). */
struct api_options {
	const char	*url;			/* "https://api.us.etd.cisco.com" */
	const char	*credentials_file;
	const char	*ca_file, *ca_path;	/* NULL or "": the system's */
	int64_t		 timeout;		/* of a request, ms */
	struct api_budget budget;		/* take NULL: no end of it */
	struct api_notice notice;
	const atomic_bool *stopped;		/* or NULL */
	void		(*alive)(void);		/* called while it waits; or NULL */
};

struct api;

/* api_region - the URL of "us", "de", "au", "in" or "ae"; NULL: no such one. */
const char *api_region(const char *name);
enum api_verdict api_verdict_of(const char *word);
bool	 api_is_threat(enum api_verdict);
/* api_has_moved - does that action of the service's ("move trash") mean that the
 * message is not in the inbox any more? */
bool	 api_has_moved(const char *action);

/* api_check_credentials - whether api_open() could read them. */
int	 api_check_credentials(const char *path, struct err *);

/* api_open - reads the file of credentials; ERR_NEVER with FILE:LINE, and no
 * word of what stands there.  Nothing is asked yet. */
int	 api_open(const struct api_options *, struct api **out, struct err *);
struct api *api_close(struct api *);			/* NULL */

/* api_login - get a token, unless there is one; the clock is known then. */
int	 api_login(struct api *, struct err *);

struct api_window {
	int64_t	 from, to;		/* of the message's time, ms since 1970 */
	bool	 threats;		/* only bec, scam, phishing, malicious */
};

/* api_search - each message of the window.  -1 with ERR_LATER: try again
 * later; ERR_NEVER: the service does not take our credentials or request. */
int	 api_search(struct api *, const struct api_window *, api_each *,
	    void *arg, struct err *);
/* api_verdict_now - of one message, by its id (status API); API_UNKNOWN when the
 * service does not tell, or has a word that we do not know. */
int	 api_verdict_now(struct api *, const char *id, enum api_verdict *out,
	    struct err *);
/* api_skew - by how much the service's clock is ahead of ours, ms; of the last
 * answer, and 0 before there was one.  It is known to a second or so. */
int64_t	 api_skew(const struct api *);
unsigned api_requests(const struct api *);	/* made since api_open() */
const char *api_host(const struct api *);	/* for people */

#endif
