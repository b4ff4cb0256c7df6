/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api - what the API of Secure Email Threat Defense says of messages
 *
 *	struct api *api;
 *	const struct api_window window = { .from = now - 2 * hour, .to = now - 5 *
 *	    minute, .threats = true };
 *
 *	api_open(&options, &api, &err);
 *	if (api_search(api, &window, see, arg, &err) == -1)
 *		... err: host and stage; what was seen until then was given ...
 *	api = api_close(api);
 *
 * Message Search API of DevNet: POST /v1/oauth/token for a token of an hour,
 * then POST /v1/messages/search with it, a page at a time: first the data of a
 * page, then its nextPageToken.  A token that has run out is renewed, once a
 * request.  No more than two requests a second, and no more than
 * options.daily a day (UTC), counted in the caller's budget; 429 and 5xx rest as
 * Retry-After says, or ever longer.
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

/* One message as a page has it; texts are UTF-8, "" when not told. */
struct api_message {
	const char	*id;			/* of the API */
	const char	*message_id;		/* internetMessageId, with <> */
	int64_t		 timestamp;		/* of the message, ms since 1970 */
	enum api_verdict verdict;
	const char	*word;			/* the verdict as it was spelled */
	bool		 retro;			/* isRetroVerdict */
	const char	*direction;
	const char	*sender, *subject;
	const char	*const *mailboxes;	/* all addresses that are told */
	size_t		 mailbox_count;
	const char	*action;		/* what the service did by itself */
	const char	*client;		/* originalCIP */
	const char	*header;		/* headerName */
};

typedef void api_each(void *arg, const struct api_message *);

/* How many requests may still be made today; kept by the caller over restarts.
 * take() asks for one: false when the day's are used up. */
struct api_budget {
	bool	(*take)(void *arg, int64_t now);
	void	*arg;
};

/* All borrowed until api_close(). */
struct api_options {
	const char	*url;			/* "https://api.us.etd.cisco.com" */
	const char	*credentials_file;
	const char	*ca_file, *ca_path;
	int64_t		 timeout;		/* ms */
	struct api_budget budget;
	const atomic_bool *stopped;
};

struct api;

/* api_region - the URL of "us", "de", "au", "in" or "ae"; NULL: no such one. */
const char *api_region(const char *name);
enum api_verdict api_verdict_of(const char *word);
bool	 api_is_threat(enum api_verdict);

/* api_open - reads the file of credentials; ERR_NEVER with FILE:LINE. */
int	 api_open(const struct api_options *, struct api **out, struct err *);
struct api *api_close(struct api *);			/* NULL */

struct api_window {
	int64_t	 from, to;		/* of the message's time, ms since 1970 */
	bool	 threats;		/* only bec, scam, phishing, malicious */
};

/* api_search - each message of the window.  -1 with ERR_LATER: try again
 * later; ERR_NEVER: the service does not take our credentials or request. */
int	 api_search(struct api *, const struct api_window *, api_each *,
	    void *arg, struct err *);
/* api_verdict_now - of one message, by its id (status API). */
int	 api_verdict_now(struct api *, const char *id, enum api_verdict *out,
	    struct err *);
/* api_skew - by how much the service's clock is ahead of ours, ms; of the last
 * answer. */
int64_t	 api_skew(const struct api *);
unsigned api_requests(const struct api *);	/* made since api_open() */

#endif
