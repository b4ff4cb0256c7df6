/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/resolver_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"

/* ---- the thread ---- */

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

/* resolver_start - with the first question */
bool
resolver_start(struct resolver *resolver)
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

/* resolver_free - questions without an answer are forgotten */
struct resolver *
resolver_free(struct resolver *resolver)
{
	if (resolver == NULL)
		return NULL;
	if (resolver->wake_fd != -1) {
		(void)eventfd_write(resolver->wake_fd, 1);
		pthread_join(resolver->thread, NULL);
		close(resolver->wake_fd);
	}
	if (resolver->context != NULL)
		ub_ctx_delete(resolver->context);
	resolver_forget(resolver);
	pthread_mutex_destroy(&resolver->lock);
	free(resolver);
	return NULL;
}

/* resolver_version - of the library */
const char *
resolver_version(void)
{
	return ub_version();
}
