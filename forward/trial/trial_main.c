/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log/log.h"
#include "forward/trial/trial.h"

/* prepare - as a forwarder, but for all that it opens; what is wrong is said on
 * stderr alone */
static struct forward_settings *
prepare(struct daemon *daemon)
{
	struct forward_settings *settings;
	struct err err;

	daemon->check_only = true;
	if (forward_settings_load(daemon->conf_file, &settings, &err) == -1)
		daemon_refuse(daemon, err.kind == ERR_NEVER ? EX_CONFIG :
		    EX_TEMPFAIL, err.text);
	daemon->conf = &settings->conf;
	if (daemon_check(&settings->conf, &err) == -1)
		daemon_refuse(daemon, EX_CONFIG, err.text);
	if (daemon_drop(&settings->conf, &err) == -1)
		daemon_refuse(daemon, EX_NOPERM, err.text);
	return settings;
}

/* is_address - of IPv4 or IPv6 */
static bool
is_address(const char *text)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, bytes) == 1 ||
	    inet_pton(AF_INET6, text, bytes) == 1;
}

/* trial_main - from the configuration to the end */
void
trial_main(struct trial_order *order, struct daemon *daemon)
{
	struct forward_settings *settings;
	int code;

	if (!conf_is_address(order->intake) ||
	    (order->sender != NULL && !conf_is_address(order->sender)))
		daemon_refuse(daemon, EX_USAGE,
		    "-t and -s want addresses (local@domain)");
	if (order->client != NULL && !is_address(order->client))
		daemon_refuse(daemon, EX_USAGE, "-i wants an IP address");
	settings = prepare(daemon);
	order->verbose = daemon->verbose;
	code = trial_run(order, settings);
	/* look-ups still under way use what exit() takes down */
	if (resolver_under_way() > 0) {
		log_flush();
		_exit(code);
	}
	forward_settings_leave(settings);
	exit(code);
}
