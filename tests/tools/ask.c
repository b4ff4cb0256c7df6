/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask - one request after the other, by remediate/http
 *
 *	ask [-a CA] [-c CERT] [-k KEY] [-t MS] [-x OCTETS] [-m METHOD] [-b BODY]
 *	    [-u USER -p PASSWORD] [-f FIELD]... URL...
 *
 * For each URL a line: "STATUS TYPE RETRY-AFTER fresh|kept LENGTH", then the
 * body and a line end; or "LATER: text", "NEVER: text".  SIGTERM stops it.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "remediate/http/http.h"

enum { FIELDS = 8 };

static atomic_bool stopped;

static void
on_term(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

struct wanted {
	struct http_options options;
	struct http_request request;
	const char	*fields[FIELDS + 1];
	size_t		 count;
};

static void
take(struct wanted *wanted, int option)
{
	switch (option) {
	case 'a': wanted->options.ca_file = optarg; break;
	case 'c': wanted->options.cert_file = optarg; break;
	case 'k': wanted->options.key_file = optarg; break;
	case 't': wanted->options.timeout = atoi(optarg); break;
	case 'x': wanted->request.max = (size_t)atol(optarg); break;
	case 'm': wanted->request.method = optarg; break;
	case 'b': wanted->request.body = optarg; break;
	case 'u': wanted->request.user = optarg; break;
	case 'p': wanted->request.password = optarg; break;
	case 'f':
		if (wanted->count < FIELDS)
			wanted->fields[wanted->count++] = optarg;
		break;
	default: exit(64);
	}
}

static void
ask(struct http *http, struct http_request *request, const char *url)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	const char *says;
	struct err err;

	request->url = url;
	if (http_ask(http, request, &answer, &err) == -1) {
		printf("%s: %s\n", err.kind == ERR_NEVER ? "NEVER" : "LATER",
		    err.text);
		return;
	}
	printf("%u %s %" PRId64 " %s %zu\n", answer.status, answer.type,
	    answer.retry_after, answer.fresh ? "fresh" : "kept",
	    answer.body.len);
	says = http_challenge(&answer, "Negotiate");
	if (says != NULL)
		printf("Negotiate '%s'\n", says);
	if (strstr(http_certificate(http), "END CERTIFICATE") != NULL)
		puts("certificate");
	printf("%.2000s\n", answer.body.data);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct wanted wanted = { .options = { .timeout = 5000,
	    .stopped = &stopped }, .request = { .method = "GET",
	    .max = 100000 } };
	struct http *http;
	struct err err;
	int option;

	while ((option = getopt(argc, argv, "a:c:k:t:x:m:b:u:p:f:")) != -1)
		take(&wanted, option);
	wanted.request.fields = wanted.fields;
	if (wanted.request.body != NULL)
		wanted.request.length = strlen(wanted.request.body);
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (http_open(&wanted.options, &http, &err) == -1)
		return 1;
	for (; optind < argc; optind++)
		ask(http, &wanted.request, argv[optind]);
	http_close(http);
	return 0;
}
