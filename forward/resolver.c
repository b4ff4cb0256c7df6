/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"

enum { CLASS_IN = 1, RCODE_NOERROR = 0, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

/* One look-up under way.  Who asked may go away before the answer comes. */
struct question {
	struct resolver	*resolver;
	pthread_cond_t	 answered;
	bool		 done;
	bool		 abandoned;
	int		 failed;
	struct ub_result *result;
	struct question	*next, **back;	/* among those not done */
};

struct resolver {
	struct ub_ctx	*context;
	pthread_t	 thread;	/* hands out answers */
	int		 wake_fd;	/* to end it; -1: not started */
	pthread_mutex_t	 lock;
	bool		 stopped;
	struct question	*open;
};

/* ---- the context ---- */

/* set - options that this version of the library does not know are left */
static void
set(struct ub_ctx *context, const char *name, const char *value)
{
	(void)ub_ctx_set_option(context, name, value);
}

static int
add_servers(struct ub_ctx *context, const char *servers, struct err *err)
{
	own(str) char *copy = mem_text(servers);
	char *rest = copy;
	char *server;
	int failed;

	if (servers[strspn(servers, " \t,")] == '\0') {
		failed = ub_ctx_resolvconf(context, NULL);
		return failed == 0 ? 0 : err_set(err, ERR_NEVER,
		    "/etc/resolv.conf: %s", ub_strerror(failed));
	}
	while ((server = strsep(&rest, " \t,")) != NULL) {
		if (*server == '\0')
			continue;
		failed = ub_ctx_set_fwd(context, server);
		if (failed != 0)
			return err_set(err, ERR_NEVER, "'%.100s' is no "
			    "address or address@port: %s", server,
			    ub_strerror(failed));
	}
	return 0;
}

static int
configure(struct ub_ctx *context, const char *servers, struct err *err)
{
	/* a name server on this host is a common thing */
	set(context, "do-not-query-localhost:", "no");
	/* one that comes back is to be noticed within seconds */
	set(context, "infra-host-ttl:", "5");
	set(context, "infra-keep-probing:", "yes");
	set(context, "infra-cache-max-rtt:", "4000");
	/* "no such domain" is the end of a copy: only fresh answers count */
	set(context, "cache-max-negative-ttl:", "0");
	/* few names are ever asked for */
	set(context, "msg-cache-size:", "256k");
	set(context, "rrset-cache-size:", "512k");
	set(context, "key-cache-size:", "128k");
	set(context, "outgoing-range:", "64");
	set(context, "num-queries-per-thread:", "64");
	if (add_servers(context, servers, err) == -1)
		return -1;
	if (ub_ctx_async(context, 1) != 0)
		return err_set(err, ERR_LATER, "libunbound has no threads");
	return 0;
}

/* ---- answers ---- */

/* question_done - out of the list; the lock is held */
static void
question_done(struct question *question)
{
	*question->back = question->next;
	if (question->next != NULL)
		question->next->back = question->back;
	question->done = true;
}

static void
question_free(struct question *question)
{
	if (question->result != NULL)
		ub_resolve_free(question->result);
	pthread_cond_destroy(&question->answered);
	free(question);
}

/* on_answer - called by ub_process(); takes the result */
static void
on_answer(void *arg, int failed, struct ub_result *result)
{
	struct question *question = arg;
	struct resolver *resolver = question->resolver;
	bool abandoned;

	pthread_mutex_lock(&resolver->lock);
	question->failed = failed;
	question->result = result;
	question_done(question);
	abandoned = question->abandoned;
	if (!abandoned)
		pthread_cond_signal(&question->answered);
	pthread_mutex_unlock(&resolver->lock);
	if (abandoned)
		question_free(question);
}

static void *
hand_out(void *arg)
{
	struct resolver *resolver = arg;
	struct pollfd fds[2] = { { ub_fd(resolver->context), POLLIN, 0 },
	    { resolver->wake_fd, POLLIN, 0 } };

	for (;;) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			return NULL;
		if (fds[1].revents != 0)
			return NULL;
		if (fds[0].revents != 0)
			(void)ub_process(resolver->context);
	}
}

/* resolver_new - no thread yet: the program may still have to fork */
int
resolver_new(const char *servers, struct resolver **out, struct err *err)
{
	struct resolver *resolver = mem_new(sizeof(*resolver));

	pthread_mutex_init(&resolver->lock, NULL);
	resolver->wake_fd = -1;
	resolver->context = ub_ctx_create();
	if (resolver->context == NULL)
		err_set(err, ERR_LATER, "libunbound gives no context");
	else if (configure(resolver->context, servers, err) == 0) {
		*out = resolver;
		return 0;
	}
	resolver_free(resolver);
	return -1;
}

/* resolver_trust - the context reads all its files when the first zone, or
 * question, comes to it */
int
resolver_trust(struct resolver *resolver, const char *path, struct err *err)
{
	int failed = 0;

	if (path != NULL) {
		own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd == -1)
			return err_sys(err, "%s", path);
		failed = ub_ctx_add_ta_file(resolver->context, path);
	}
	/* RFC 6761: who sets up a name server for .test means it */
	(void)ub_ctx_debugout(resolver->context, NULL);
	if (failed == 0)
		failed = ub_ctx_zone_remove(resolver->context, "test.");
	(void)ub_ctx_debugout(resolver->context, stderr);
	if (failed != 0 && path != NULL)
		return err_set(err, ERR_NEVER, "%s: these are no trust "
		    "anchors", path);
	return 0;
}

/* start - the thread, with the first question; the lock is held */
static bool
start(struct resolver *resolver)
{
	if (resolver->wake_fd != -1)
		return true;
	resolver->wake_fd = eventfd(0, EFD_CLOEXEC);
	if (resolver->wake_fd == -1)
		return false;
	if (pthread_create(&resolver->thread, NULL, hand_out, resolver) == 0)
		return true;
	close(resolver->wake_fd);
	resolver->wake_fd = -1;
	return false;
}

/* resolver_free - questions without an answer are forgotten */
struct resolver *
resolver_free(struct resolver *resolver)
{
	struct question *question, *next;

	if (resolver == NULL)
		return NULL;
	if (resolver->wake_fd != -1) {
		(void)eventfd_write(resolver->wake_fd, 1);
		pthread_join(resolver->thread, NULL);
		close(resolver->wake_fd);
	}
	if (resolver->context != NULL)
		ub_ctx_delete(resolver->context);
	for (question = resolver->open; question != NULL; question = next) {
		next = question->next;
		question_free(question);
	}
	pthread_mutex_destroy(&resolver->lock);
	free(resolver);
	return NULL;
}

/* resolver_stop - nobody waits any longer */
void
resolver_stop(struct resolver *resolver)
{
	struct question *question;

	pthread_mutex_lock(&resolver->lock);
	resolver->stopped = true;
	for (question = resolver->open; question != NULL;
	    question = question->next)
		pthread_cond_signal(&question->answered);
	pthread_mutex_unlock(&resolver->lock);
}

/* ---- questions ---- */

/* question_new - among those under way; NULL: there can be none */
static struct question *
question_new(struct resolver *resolver)
{
	struct question *question = NULL;
	pthread_condattr_t attr;

	pthread_mutex_lock(&resolver->lock);
	if (start(resolver)) {
		question = mem_new(sizeof(*question));
		question->resolver = resolver;
		pthread_condattr_init(&attr);
		pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
		pthread_cond_init(&question->answered, &attr);
		pthread_condattr_destroy(&attr);
		question->next = resolver->open;
		question->back = &resolver->open;
		if (resolver->open != NULL)
			resolver->open->back = &question->next;
		resolver->open = question;
	}
	pthread_mutex_unlock(&resolver->lock);
	return question;
}

/* wait_for - the answer, or the deadline; then the question is abandoned */
static bool
wait_for(struct question *question, int64_t deadline)
{
	struct resolver *resolver = question->resolver;
	struct timespec until = { .tv_sec = deadline / 1000,
	    .tv_nsec = deadline % 1000 * 1000000 };
	bool done;

	pthread_mutex_lock(&resolver->lock);
	while (!question->done && !resolver->stopped &&
	    clock_now() < deadline)
		pthread_cond_timedwait(&question->answered, &resolver->lock,
		    &until);
	done = question->done;
	question->abandoned = !done;
	pthread_mutex_unlock(&resolver->lock);
	return done;
}

static enum dns_status
status_of(const struct ub_result *result, const char **why)
{
	if (result->havedata && !result->bogus)
		return DNS_FOUND;
	if (result->bogus)
		*why = "DNSSEC validation failed";
	else if (result->nxdomain || result->rcode == RCODE_NXDOMAIN)
		*why = "NXDomain";
	else if (result->rcode == RCODE_NOERROR)
		*why = "NoData";
	else
		*why = result->rcode == RCODE_REFUSED ? "REFUSED" : "SERVFAIL";
	if (result->bogus || (result->rcode != RCODE_NOERROR &&
	    result->rcode != RCODE_NXDOMAIN))
		return DNS_LATER;
	return result->nxdomain ? DNS_NO_NAME : DNS_NO_DATA;
}

/* answer_of - what a question came to */
static enum dns_status
answer_of(struct question *question, struct resolver_answer *out)
{
	enum dns_status status;

	if (question->failed != 0) {
		out->why = ub_strerror(question->failed);
		/* a name that cannot be asked for exists nowhere */
		return question->failed == UB_SYNTAX ? DNS_NO_NAME : DNS_LATER;
	}
	out->secure = question->result->secure;
	status = status_of(question->result, &out->why);
	if (status == DNS_FOUND) {
		out->result = question->result;
		question->result = NULL;
	}
	return status;
}

/* resolver_ask - one look-up */
enum dns_status
resolver_ask(struct resolver *resolver, const char *name, int type,
    int64_t deadline, struct resolver_answer *out)
{
	struct question *question = question_new(resolver);
	enum dns_status status;
	int failed;

	*out = (struct resolver_answer){ .why = "no thread" };
	if (question == NULL)
		return DNS_LATER;
	failed = ub_resolve_async(resolver->context, name, type, CLASS_IN,
	    question, on_answer, NULL);
	if (failed != 0) {
		pthread_mutex_lock(&resolver->lock);
		question_done(question);
		pthread_mutex_unlock(&resolver->lock);
		question->failed = failed;
	} else if (!wait_for(question, deadline)) {
		out->why = "timeout";
		return DNS_LATER;
	}
	status = answer_of(question, out);
	question_free(question);
	return status;
}

/* resolver_version - of the library */
const char *
resolver_version(void)
{
	return ub_version();
}
