/* SPDX-License-Identifier: BSD-2-Clause */
/* Which milter of a list is tdc-milter, and is it there as it should be? */
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/buf.h"
#include "base/mem.h"
#include "control/doctor/milterlist.h"
#include "control/doctor/sockname.h"
#include "control/postfix/wiring_private.h"

static bool
is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0 ||
	    strcmp(host, "localhost") == 0;
}

/* same_host - as far as names tell: the port alone, which is enough for a
 * warning, may be that of a filter elsewhere */
static bool
same_host(const char *socket, const char *endpoint)
{
	own(str) char *ours = sockname_host(socket);
	own(str) char *theirs = sockname_host(endpoint);

	return strcmp(ours, theirs) == 0 ||
	    (is_loopback(ours) && is_loopback(theirs));
}

static bool
is_socket(const struct postfix *postfix, const char *socket,
    const char *endpoint)
{
	return (sockname_leads(postfix, socket, endpoint, true) ||
	    sockname_leads(postfix, socket, endpoint, false)) &&
	    (sockname_path(socket) != NULL || same_host(socket, endpoint));
}

/* wiring_is_ours - by the socket as it is or will be, seen from the chroot or not */
bool
wiring_is_ours(const void *arg, const char *endpoint)
{
	const struct work *work = arg;

	return is_socket(work->postfix, work->conf->milter_socket, endpoint) ||
	    is_socket(work->postfix, work->socket, endpoint);
}

/* ---- on what terms? ---- */

static bool
is_good_action(const struct conf *conf, const char *action)
{
	return strcmp(action, "accept") == 0 ||
	    (conf->milter_failure_action == CONF_TEMPFAIL &&
	    strcmp(action, "tempfail") == 0);
}

/* leads - smtpd to the socket, wherever the list is used */
static bool
leads(const struct work *work, const struct use *use, const char *endpoint)
{
	return (!use->inside || sockname_leads(work->postfix, work->socket,
	    endpoint, true)) && (!use->outside ||
	    sockname_leads(work->postfix, work->socket, endpoint, false));
}

static bool
is_good(const struct work *work, const struct use *use,
    const struct milter *milter)
{
	const struct postfix_settings *settings = use->settings;
	const char *action = milter->action != NULL ? milter->action :
	    settings->action;
	const char *protocol = milter->protocol != NULL ? milter->protocol :
	    settings->protocol;

	return leads(work, use, milter->endpoint) &&
	    is_good_action(work->conf, action) &&
	    strtol(protocol, NULL, 10) >= 6;
}

/* wiring_is_done - once, last, and well */
bool
wiring_is_done(const struct work *work, const struct use *use)
{
	own(milter) struct milter milter = MILTER;
	const char *at = use->settings->milters;
	size_t ours = 0;
	bool good = false;

	while (milter_next(&at, &milter)) {
		good = wiring_is_ours(work, milter.endpoint) &&
		    is_good(work, use, &milter);
		ours += wiring_is_ours(work, milter.endpoint);
	}
	return good && ours == 1;
}

/* keep_options - what the milter has of its own, but what has to change */
static void
keep_options(const struct work *work, const struct milter *milter,
    struct buf *out)
{
	const char *at = milter->options;
	struct list_span span;
	struct err unused;

	while (list_next(&at, &span, &unused) == 1) {
		own(str) char *name = NULL, *value = NULL;

		if (milter_option(span, &name, &value) &&
		    ((strcmp(name, "default_action") == 0 &&
		    !is_good_action(work->conf, value)) ||
		    (strcmp(name, "protocol") == 0 &&
		    strtol(value, NULL, 10) < 6)))
			continue;
		buf_text(out, ", ");
		buf_bytes(out, span.text, span.length);
	}
}

/* wiring_compose - ours, as the list shall have it; new */
char *
wiring_compose(const struct work *work, const struct use *use)
{
	own(str) char *endpoint = sockname_advice(work->postfix, work->socket);
	own(milter) struct milter milter = MILTER;
	const char *at = use->settings->milters;
	own(buf) struct buf out = BUF;
	bool found = false;

	buf_texts(&out, "{ ", endpoint);
	while (!found && milter_next(&at, &milter))
		found = wiring_is_ours(work, milter.endpoint);
	if (found)
		keep_options(work, &milter, &out);
	if (!found || milter.action == NULL ||
	    !is_good_action(work->conf, milter.action))
		buf_text(&out, ", default_action=accept");
	if (strtol(use->settings->protocol, NULL, 10) < 6 && (!found ||
	    milter.protocol == NULL || strtol(milter.protocol, NULL, 10) < 6))
		buf_text(&out, ", protocol=6");
	buf_text(&out, " }");
	return buf_give(&out);
}

static bool
is_empty(const char *list)
{
	return list[strspn(list, BLANKS ",")] == '\0';
}

/* wiring_stays_out - one that has taken back its milters mostly gets its mail
 * from a content filter, after another service that has them; and what takes
 * mail in may leave them to that one, if trusted_relays tells us of the filter */
bool
wiring_stays_out(const struct conf *conf, const struct postfix_service *service)
{
	const struct postfix_settings *settings = &service->settings;

	return postfix_ignores_milters(settings->overrides) ||
	    (service->own_milters && is_empty(settings->milters) &&
	    (!postfix_is_front(service) || *conf->trusted_relays != '\0'));
}
