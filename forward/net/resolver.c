/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/resolver_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/regular.h"

/* ---- a context ---- */

/* set - options that this version of the library does not know are left */
static void
set(struct ub_ctx *library, const char *name, const char *value)
{
	(void)ub_ctx_set_option(library, name, value);
}

static void
set_all(struct ub_ctx *library)
{
	/* a name server on this host is a common thing */
	set(library, "do-not-query-localhost:", "no");
	/* one that comes back is to be noticed within seconds */
	set(library, "infra-host-ttl:", "5");
	set(library, "infra-keep-probing:", "yes");
	set(library, "infra-cache-max-rtt:", "4000");
	/* "no such domain" is the end of a copy: only fresh answers count */
	set(library, "cache-max-negative-ttl:", "0");
	/* few names are ever asked for */
	set(library, "msg-cache-size:", "256k");
	set(library, "rrset-cache-size:", "512k");
	set(library, "key-cache-size:", "128k");
	/* of one question, and those that it leads to; made for each */
	set(library, "outgoing-range:", "16");
	set(library, "outgoing-num-tcp:", "2");
	set(library, "num-queries-per-thread:", "16");
	set(library, "msg-buffer-size:", "16384");
}

static int
add_servers(struct ub_ctx *library, const char *servers, struct err *err)
{
	own(str) char *copy = mem_text(servers);
	char *rest = copy;
	char *server;
	int failed;

	while ((server = strsep(&rest, " \t,")) != NULL) {
		if (*server == '\0')
			continue;
		failed = ub_ctx_set_fwd(library, server);
		if (failed != 0)
			return err_set(err, failed == UB_SYNTAX ? ERR_NEVER :
			    ERR_LATER, "'%.100s' is no address or "
			    "address@port: %s", server, ub_strerror(failed));
	}
	return 0;
}

static struct context *
context_free(struct context *context)
{
	if (context->library != NULL)
		ub_ctx_delete(context->library);
	finding_forget(context, INT64_MAX);
	free(context->servers);
	free(context);
	return NULL;
}

static int
context_new(const char *servers, struct context **out, struct err *err)
{
	struct context *context = mem_new(sizeof(*context));

	context->users = 1;
	context->servers = mem_text(servers);
	context->library = ub_ctx_create();
	if (context->library == NULL) {
		context_free(context);
		return err_set(err, ERR_LATER, "libunbound gives no context");
	}
	set_all(context->library);
	if (add_servers(context->library, servers, err) == -1) {
		context_free(context);
		return -1;
	}
	*out = context;
	return 0;
}

/* context_trust - it reads all its files when the first zone, or question,
 * comes to it */
static int
context_trust(struct context *context, const char *path, struct err *err)
{
	int failed = 0;

	if (path != NULL) {
		if (regular_check(path, err) == -1)
			return err_wrap(err, "%s", path);
		failed = ub_ctx_add_ta_file(context->library, path);
	}
	/* RFC 6761: a name server for .test is there on purpose */
	(void)ub_ctx_debugout(context->library, NULL);
	if (failed == 0)
		failed = ub_ctx_zone_remove(context->library, "test.");
	(void)ub_ctx_debugout(context->library, stderr);
	if (failed == UB_NOMEM)
		return err_set(err, ERR_LATER, "%s", ub_strerror(failed));
	if (failed != 0 && path != NULL)
		return err_set(err, ERR_NEVER, "%s: these are no trust "
		    "anchors", path);
	return 0;
}

/* ---- the one in force ---- */

/* by_system - dns_servers is empty */
static bool
by_system(const struct resolver *resolver)
{
	return resolver->servers[strspn(resolver->servers, " \t,")] == '\0';
}

/* resolver_say - what is waiting to be reported is reported once */
void
resolver_say(struct resolver *resolver, enum resolver_news news,
    const char *format, ...)
{
	va_list args;

	resolver->news = news;
	va_start(args, format);
	vsnprintf(resolver->news_text, sizeof(resolver->news_text), format,
	    args);
	va_end(args);
}

/* resolver_new - no thread yet: the program may still have to fork */
int
resolver_new(const char *servers, struct resolver **out, struct err *err)
{
	struct resolver *resolver = mem_new(sizeof(*resolver));

	pthread_mutex_init(&resolver->lock, NULL);
	resolver->users = 1;
	resolver->servers = mem_text(servers);
	if (by_system(resolver)) {
		(void)nameservers_look(&resolver->seen, RESOLV_CONF);
		servers = resolver->seen.list;
	}
	if (resolver->seen.error != 0)
		resolver_say(resolver, RESOLVER_TROUBLE, "%s: %s, so %s is "
		    "asked until it is there", RESOLV_CONF,
		    strerror(resolver->seen.error), servers);
	if (context_new(servers, &resolver->context, err) == -1) {
		resolver_free(resolver);
		return -1;
	}
	*out = resolver;
	return 0;
}

/* resolver_trust - of this context, and those that will follow it */
int
resolver_trust(struct resolver *resolver, const char *path, struct err *err)
{
	free(resolver->anchors);
	resolver->anchors = path != NULL ? mem_text(path) : NULL;
	return context_trust(resolver->context, path, err);
}

/* move - a question that waits, and so was never put to the old one */
static void
move(struct question *question, struct context *old, struct context *context)
{
	question->context = context;
	old->users--;
	old->open--;
	context->users++;
	context->open++;
}

/* replace - by another context; the old one stays in force when there can be
 * none */
static void
replace(struct resolver *resolver, bool deaf)
{
	const char *servers = by_system(resolver) ? resolver->seen.list :
	    resolver->servers;
	struct context *old, *context = NULL;
	struct err err;
	bool last;

	if (context_new(servers, &context, &err) == -1 ||
	    context_trust(context, resolver->anchors, &err) == -1) {
		pthread_mutex_lock(&resolver->lock);
		resolver_say(resolver, RESOLVER_TROUBLE, "%.200s", err.text);
		pthread_mutex_unlock(&resolver->lock);
		if (context != NULL)
			context_free(context);
		return;
	}
	pthread_mutex_lock(&resolver->lock);
	old = resolver->context;
	resolver->context = context;
	for (struct question *question = resolver->waiting; question != NULL;
	    question = question->after)
		move(question, old, context);
	resolver->stale = false;
	if (deaf) {
		old->deaf = true;
		resolver->deaf++;
		resolver_say(resolver, RESOLVER_TROUBLE, "none of %u questions "
		    "has come to an end, begun again (%u of %d such)",
		    old->open, resolver->deaf, DEAF_MAX);
	} else {
		resolver_say(resolver, RESOLVER_SERVERS, "%.200s", servers);
	}
	last = --old->users == 0;
	pthread_mutex_unlock(&resolver->lock);
	if (last)
		context_free(old);
}

/* is_deaf - the lock is held */
static bool
is_deaf(const struct resolver *resolver, int64_t now)
{
	const struct context *context = resolver->context;

	return context->unheard >= DEAF_QUESTIONS &&
	    now - context->heard >= DEAF_AFTER && resolver->deaf < DEAF_MAX;
}

/* resolver_look - one thread at a time */
void
resolver_look(struct resolver *resolver)
{
	int64_t now = clock_now();
	bool mine, deaf;

	pthread_mutex_lock(&resolver->lock);
	mine = !resolver->looking && !resolver->stopped &&
	    now >= resolver->next_look;
	deaf = mine && is_deaf(resolver, now);
	if (mine) {
		resolver->looking = true;
		resolver->next_look = now + LOOK_EVERY;
	}
	pthread_mutex_unlock(&resolver->lock);
	if (!mine)
		return;
	if (by_system(resolver) && nameservers_look(&resolver->seen,
	    RESOLV_CONF))
		resolver->stale = true;
	if (resolver->stale || deaf)
		replace(resolver, deaf);
	pthread_mutex_lock(&resolver->lock);
	resolver->looking = false;
	pthread_mutex_unlock(&resolver->lock);
}

/* ---- coming and going ---- */

/* resolver_hold - one more user of both */
struct context *
resolver_hold(struct resolver *resolver)
{
	struct context *context = resolver->context;

	if (context->open == CONTEXT_QUESTIONS)
		return NULL;
	/* from the first that was not answered, silence counts */
	if (context->unheard++ == 0)
		context->heard = clock_now();
	context->open++;
	context->users++;
	resolver->users++;
	return context;
}

/* leave - the last one frees; the lock is held, and is not afterwards */
static void
leave(struct resolver *resolver, struct context *context)
{
	bool last_of_context = --context->users == 0;
	bool last = --resolver->users == 0;

	if (last_of_context && context->deaf)
		resolver->deaf--;
	pthread_mutex_unlock(&resolver->lock);
	if (last_of_context)
		context_free(context);
	if (!last)
		return;
	pthread_mutex_destroy(&resolver->lock);
	nameservers_drop(&resolver->seen);
	free(resolver->servers);
	free(resolver->anchors);
	free(resolver);
}

/* resolver_leave - whatever came of the question, it came to an end */
void
resolver_leave(struct resolver *resolver, struct context *context)
{
	context->open--;
	leave(resolver, context);
}

/* resolver_free - questions without an answer go on, and are forgotten */
struct resolver *
resolver_free(struct resolver *resolver)
{
	struct context *context;

	if (resolver == NULL)
		return NULL;
	pthread_mutex_lock(&resolver->lock);
	resolver->stopped = true;
	context = resolver->context;
	if (context == NULL) {		/* there never was one */
		context = mem_new(sizeof(*context));
		context->users = 1;
	}
	leave(resolver, context);
	return NULL;
}

/* resolver_news - and then there are none */
enum resolver_news
resolver_news(struct resolver *resolver, char out[RESOLVER_NEWS])
{
	enum resolver_news news;

	pthread_mutex_lock(&resolver->lock);
	news = resolver->news;
	strcpy(out, resolver->news_text);
	resolver->news = RESOLVER_NO_NEWS;
	resolver->news_text[0] = '\0';
	pthread_mutex_unlock(&resolver->lock);
	return news;
}

/* resolver_version - of the library */
const char *
resolver_version(void)
{
	return ub_version();
}
