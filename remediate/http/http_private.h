/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_private - one request on its way
 *
 *	http_head_line("Retry-After: 30\r\n", n, now, &answer);
 */
#ifndef REMEDIATE_HTTP_PRIVATE_H
#define REMEDIATE_HTTP_PRIVATE_H

#include <curl/curl.h>

#include "remediate/http/http.h"

enum { HTTP_HOST = 320 };

struct http {
	CURL		*curl;
	struct http_options options;
	struct buf	 certificate;	/* of the connection that is kept */
	bool		 too_long;	/* the last answer's body */
};

/* One request on its way. */
struct transfer {
	struct http	*http;
	const struct http_request *request;
	struct curl_slist *fields;
	struct http_answer answer;
	size_t		 header;		/* octets of it */
	enum { NOTHING, HEADER, BODY } too_long;
	char		 host[HTTP_HOST];		/* with its port, for errors */
	char		 name[HTTP_HOST];		/* and alone */
	char		 reason[CURL_ERROR_SIZE];
};

/* http_judge_url - may it be asked?  The transfer's host is known then. */
int	http_judge_url(struct transfer *, struct err *);

/* http_add_fields - -1: one is no field; the caller frees the list. */
int	http_add_fields(struct transfer *, struct err *);

/* http_setup - all but the fields and what libcurl calls; patience in ms. */
void	http_setup(struct transfer *, long patience);

/* http_failed - what went wrong, and at which stage; returns -1. */
int	http_failed(const struct transfer *, CURLcode, struct err *);

/* http_head_line - one line of a header, with or without its end.  A status line
 * begins the header of another answer: what an interim one (100) said is gone.
 * now is the time since 1970, in ms, for times of day.  Pure. */
void	http_head_line(const char *, size_t n, int64_t now,
	    struct http_answer *);

#endif
