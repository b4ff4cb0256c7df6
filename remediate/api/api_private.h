/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api_private - one session with the service, and what its answers say
 *
 *	struct api_page page;
 *
 *	if (api_page_read(bytes, n, &page, &err) == 0)
 *		api_page_drop(&page);
 */
#ifndef REMEDIATE_API_PRIVATE_H
#define REMEDIATE_API_PRIVATE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret_file.h"
#include "remediate/api/api.h"
#include "remediate/http/http.h"

struct json_t;

enum {
	API_RATE = 2,			/* requests a second */
	API_ANSWER_MAX = 16 << 20,	/* octets */
	API_PAGE = 100,			/* messages */
	API_PAGES_MAX = 1000,
	API_TOKEN_MAX = 16384,
	API_ID_MAX = 512,
	API_SAID_MAX = 64		/* notices that are remembered */
};

/* ---- credentials ---- */

struct api_credentials {
	struct secret_file file;	/* holds the texts */
	const char	*client_id, *password, *api_key;
};

int	 api_credentials_load(const char *path, struct api_credentials *out,
	    struct err *);
void	 api_credentials_drop(struct api_credentials *);

/* ---- a session ---- */

struct api {
	struct api_options options;
	struct api_credentials credentials;
	struct http	*http;
	char		*url, *host;
	struct buf	 key_field;	/* "x-api-key: ..." */
	struct buf	 token_field;	/* "Authorization: Bearer ..."; "": none */
	int64_t		 token_until;	/* by clock_boot() */
	int64_t		 last[API_RATE];	/* requests, by clock_now(); 0: none */
	int64_t		 rest_until;	/* by clock_boot(); 0: none */
	struct err	 rest_why;
	int64_t		 skew;
	unsigned	 requests;
	unsigned	 busy;		/* times in succession that we gave up */
	char		*said[API_SAID_MAX];
	size_t		 said_count;
};

/* api_say - a notice, once */
void	 api_say(struct api *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* api_wait - so many ms, unless we stop; false: we do. */
bool	 api_wait(const struct api *, int64_t ms);
/* api_back_off - after the nth (0...) answer that said "later": how long to wait,
 * ms; -1: no more tries.  told: by Retry-After, ms; -1: it was not.  Pure. */
int64_t	 api_back_off(unsigned n, int64_t told);
/* api_rests - does the service want to be left alone? -1: yes, and why. */
int	 api_rests(const struct api *, struct err *);
/* api_rest - leave it alone for so long, because of err.  Returns -1. */
int	 api_rest(struct api *, int64_t ms, const struct err *);

/* api_post - JSON, with our token; 0 for 200 and 404. */
int	 api_post(struct api *, const char *path, const char *json,
	    struct http_answer *out, struct err *);
/* api_refused - what is said of a status that is no success.  Returns -1. */
int	 api_refused(const struct api *, const char *path,
	    const struct http_answer *, struct err *);

/* ---- answers: pure ---- */

struct api_page {
	struct arena	 arena;
	struct api_message *messages;
	size_t		 count;
	size_t		 nameless;	/* messages without an id: left out */
	const char	*next;		/* token of the next page; "": the last */
};
int	 api_page_read(const char *, size_t, struct api_page *out,
	    struct err *);
void	 api_page_drop(struct api_page *);

/* api_status_read - the latest verdict */
int	 api_status_read(const char *, size_t, enum api_verdict *out,
	    char word[64], struct err *);
/* api_token_read - and for how long it is told to be good, ms; -1: not told */
int	 api_token_read(const char *, size_t, struct buf *out,
	    int64_t *out_life, struct err *);
/* api_complaint - "message" or "error" of an answer that is none; "" */
void	 api_complaint(const char *, size_t, char out[256]);

/* api_json - the value, or NULL and err. */
struct json_t *api_json(const char *, size_t, struct err *);
/* api_clean - JSON whose texts have U+FFFD for what may not be in them */
void	 api_clean(const char *, size_t, struct buf *out);
/* api_text - a text, whatever the type; "" */
const char *api_text(struct arena *, const struct json_t *);
/* api_verdict_read - the value of "verdict"; *out_word "": none */
enum api_verdict api_verdict_read(struct arena *, const struct json_t *,
	    const char **out_word);

/* api_time_parse - of RFC 3339, ms since 1970; 0: it is none */
int64_t	 api_time_parse(const char *);
#define API_TIME 32
const char *api_time_format(int64_t ms, char out[API_TIME]);

#endif
