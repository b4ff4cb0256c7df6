/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http - one request of HTTP(S), and its answer (libcurl)
 *
 *	struct http *http;
 *	struct http_answer answer = HTTP_ANSWER;
 *	const struct http_request request = { .method = "POST",
 *	    .url = "https://api.example.com/v1/messages/search",
 *	    .body = json, .length = strlen(json), .max = 16 << 20 };
 *
 *	http_open(&options, &http, &err);
 *	if (http_ask(http, &request, &answer, &err) == -1)
 *		... no answer: err.text names the host and the stage ...
 *	else if (answer.status == 429)
 *		... answer.retry_after ...
 *	http_answer_drop(&answer);
 *	http = http_close(http);
 *
 * HTTPS alone, but for loopback addresses.  The certificate must be trusted and
 * name the host; TLS 1.2 at least; no redirection is followed, no proxy of the
 * environment used, no cookie kept.
 * A header field that is sent may hold a secret: neither errors nor the log
 * ever have any of them, and libcurl wipes what it frees.  One thread at a time.
 *
 * One connection at most is kept, for the next request to the same host.  When
 * its other end has closed it meanwhile, without a word, the request goes out
 * once more over a new one.
 */
#ifndef REMEDIATE_HTTP_H
#define REMEDIATE_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct http;

/* All borrowed until http_close(); of the texts, NULL is "". */
struct http_options {
	const char	*ca_file, *ca_path;	/* both "": the system's */
	const char	*cert_file, *key_file;	/* our certificate; "": none */
	int64_t		 timeout;		/* of a request, ms; 0: 30 s */
	const atomic_bool *stopped;		/* true: come to an end; or NULL */
	void		(*alive)(void);		/* called every second at least,
						   while it waits; or NULL */
};

struct http_request {
	const char	*method;
	const char	*url;
	const char	*const *fields;	/* "Name: value", then NULL; or NULL */
	const char	*user, *password; /* Basic; NULL: none */
	const char	*body;		/* NULL: none */
	size_t		 length;
	size_t		 max;		/* octets of the answer's body */
	bool		 secret;	/* that body is a BUF_SECRET */
};

/* Headers of more octets are an error. */
enum { HTTP_HEADERS = 65536 };

struct http_answer {
	unsigned	 status;	/* 200, 429, ... */
	struct buf	 body;
	int64_t		 retry_after;	/* ms, a day at most; -1: not told */
	int64_t		 date;		/* of the answer, ms since 1970; 0: none */
	char		 type[64];	/* media type, lower case, no parameters */
	struct buf	 challenges;	/* WWW-Authenticate, a NUL after each */
	bool		 fresh;		/* a connection was made for it */
};
#define HTTP_ANSWER { .body = BUF, .retry_after = -1, .challenges = BUF }

/* http_open - -1: the library gives no handle. */
int	 http_open(const struct http_options *, struct http **out,
	    struct err *);
struct http *http_close(struct http *);		/* NULL */

/* http_check_url - -1: it would never be asked. */
int	 http_check_url(const char *url, struct err *);

/* http_ask - 0 for any answer that is whole, whatever its status; what out held
 * before is freed.  -1: none, and out is untouched; ERR_LATER for the network, a
 * time-out or our end, ERR_NEVER for a wrong URL, a certificate that is not
 * accepted and a body larger than max. */
int	 http_ask(struct http *, const struct http_request *,
	    struct http_answer *out, struct err *);
void	 http_answer_drop(struct http_answer *);
/* http_was_too_long - did the last one fail for a body larger than max? */
bool	 http_was_too_long(const struct http *);

/* http_challenge - what the server says of a scheme of authentication, such as
 * "Negotiate": the text after its name, up to the end of the field, "" when there
 * is none; NULL: it does not offer the scheme. */
const char *http_challenge(const struct http_answer *, const char *scheme);

/* http_certificate - the certificate (PEM) of the server that answered last, for
 * channel binding (RFC 5929); "": none.  Valid until the next http_ask(). */
const char *http_certificate(const struct http *);

const char *http_version(void);			/* of the library */

static inline void
own_http_answer(struct http_answer *answer)
{
	http_answer_drop(answer);
}

#endif
