/* SPDX-License-Identifier: BSD-2-Clause */
/* Postfix's lists of milters: are we in them, where, and on what terms? */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "control/doctor/doctor.h"
#include "control/doctor/milterlist.h"
#include "control/doctor/sockname.h"

/* What is looked at. */
struct scene {
	const struct conf *conf;
	const struct postfix *postfix;
	struct findings	*findings;
	bool		 used;		/* by one smtpd, at least */
};

/* is_ours - does the endpoint lead smtpd to milter_socket? */
static bool
is_ours(const struct scene *scene, const char *endpoint, bool chrooted)
{
	return sockname_leads(scene->postfix, scene->conf->milter_socket,
	    endpoint, chrooted);
}

/* ---- one smtpd ---- */

/* wants_tempfail - a site that must not miss any message says so here, too */
static bool
wants_tempfail(const struct scene *scene, const char *action)
{
	return scene->conf->milter_failure_action == CONF_TEMPFAIL &&
	    strcmp(action, "tempfail") == 0;
}

/* look_at_terms - on which it uses us */
static void
look_at_terms(struct scene *scene, const struct postfix_settings *settings,
    const char *where, const struct milter *milter)
{
	const char *action = milter->action != NULL ? milter->action :
	    settings->action;
	const char *protocol = milter->protocol != NULL ? milter->protocol :
	    settings->protocol;

	if (strcmp(action, "accept") != 0 && !wants_tempfail(scene, action))
		finding_warn(scene->findings, "Postfix: %s: while tdc-milter "
		    "is stopped mail is not accepted (default_action is %s): "
		    "write { %s, default_action=accept }", where,
		    ESCAPE(action), ESCAPE(milter->endpoint));
	if (strtol(protocol, NULL, 10) < 6)
		finding_warn(scene->findings, "Postfix: milter_protocol = %s: "
		    "a copy may differ from its message in the blank after the "
		    "name of a field, which breaks signatures: use 6",
		    ESCAPE(protocol));
}

/* look_before - who comes before us may mark mail, and let it pass */
static void
look_before(const struct scene *scene, const struct postfix_settings *settings,
    const char *where, bool chrooted)
{
	own(milter) struct milter milter = MILTER;
	const char *at = settings->milters;

	if (*scene->conf->unclean_header_checks != '\0')
		return;
	while (milter_next(&at, &milter) &&
	    !is_ours(scene, milter.endpoint, chrooted))
		finding_note(scene->findings, "Postfix: %s: %s comes before "
		    "tdc-milter: mail that it only marks as unclean, by a "
		    "header field, is journaled: if it does so, name that "
		    "field in unclean_header_checks", where,
		    ESCAPE(milter.endpoint));
}

/* look_at_list - whether it names us; if so, on what terms, and who comes
 * before or after us */
static bool
look_at_list(struct scene *scene, const struct postfix_settings *settings,
    const char *where, bool chrooted)
{
	own(milter) struct milter milter = MILTER;
	const char *at = settings->milters;
	bool found = false;

	while (milter_next(&at, &milter)) {
		if (found)
			finding_warn(scene->findings, "Postfix: %s: %s comes "
			    "after tdc-milter: copies do not have what it "
			    "changes, and what it refuses is journaled: put "
			    "tdc-milter last", where, ESCAPE(milter.endpoint));
		else if ((found = is_ours(scene, milter.endpoint, chrooted)))
			look_at_terms(scene, settings, where, &milter);
	}
	if (found)
		look_before(scene, settings, where, chrooted);
	return found;
}

/* list_where - what the list is called; new */
static char *
list_where(const struct postfix_service *service)
{
	return service->own_milters ?
	    mem_format("%s/smtpd_milters (master.cf)", service->name) :
	    mem_text("smtpd_milters");
}

static bool
look_at_service(struct scene *scene, const struct postfix_service *service)
{
	own(str) char *where = list_where(service);

	return !postfix_ignores_milters(service->settings.overrides) &&
	    look_at_list(scene, &service->settings, where, service->chrooted);
}

/* ---- what is wrong with the others ---- */

/* misses - the endpoint that leads to us from outside the chroot alone, or
 * inside alone; new; NULL: there is none */
static char *
misses(const struct scene *scene, const struct postfix_service *service)
{
	own(milter) struct milter milter = MILTER;
	const char *at = service->settings.milters;
	char *found = NULL;

	while (found == NULL && milter_next(&at, &milter))
		if (is_ours(scene, milter.endpoint, !service->chrooted))
			found = mem_text(milter.endpoint);
	return found;
}

/* why_not - why it does not use us, and what to do; new */
static char *
why_not(const struct scene *scene, const struct postfix_service *service)
{
	own(str) char *where = list_where(service);
	own(str) char *endpoint = misses(scene, service);
	own(str) char *below = sockname_below(scene->postfix,
	    sockname_path(scene->conf->milter_socket));
	own(str) char *right = sockname_advice(scene->postfix,
	    scene->conf->milter_socket);
	own(str) char *seen = NULL;
	const char *queue = scene->postfix->queue_directory;
	bool is_unix = sockname_path(scene->conf->milter_socket) != NULL;

	if (postfix_ignores_milters(service->settings.overrides))
		return mem_format("%s has receive_override_options=no_milters",
		    service->name);
	if (is_unix && service->chrooted && below == NULL)
		return mem_format("smtpd is chrooted (%s), so milter_socket "
		    "must be below %s: see contrib/debian.txt", service->name,
		    queue);
	if (endpoint == NULL)
		return mem_format("%s does not name milter_socket (%s): add "
		    "{ %s, default_action=accept } as its last", where,
		    scene->conf->milter_socket, right);
	seen = sockname_seen(scene->postfix, sockname_path(endpoint),
	    service->chrooted);
	return mem_format("%s: %s leads smtpd to %s, as %s is %schrooted: "
	    "write %s", where, ESCAPE(endpoint), seen, service->name,
	    service->chrooted ? "" : "not ", right);
}

/* tell_unused - of one that does not use us, while others do, or none does.
 * Behind trusted_relays there may be a content filter that gives back to one of
 * the others what this one takes. */
static void
tell_unused(struct scene *scene, const struct postfix_service *service)
{
	own(str) char *why = why_not(scene, service);

	if (!scene->used)
		finding_stop(scene->findings, "Postfix: %s", why);
	else if (postfix_is_front(service) && *scene->conf->trusted_relays == '\0')
		finding_warn(scene->findings, "Postfix: what %s (master.cf) "
		    "takes has no copy: %s", service->name, why);
	else
		finding_note(scene->findings, "Postfix: what %s (master.cf) "
		    "takes has no copy: %s", service->name, why);
}

/* look_at_services - when none uses us, those that take mail from everywhere
 * are to blame, if there are any */
static void
look_at_services(struct scene *scene)
{
	const struct postfix *postfix = scene->postfix;
	bool *uses = mem_new(postfix->count * sizeof(*uses) + 1);
	bool has_front = false;

	for (size_t i = 0; i < postfix->count; i++) {
		uses[i] = look_at_service(scene, &postfix->services[i]);
		scene->used |= uses[i];
		has_front |= postfix_is_front(&postfix->services[i]);
	}
	for (size_t i = 0; i < postfix->count; i++)
		if (!uses[i] && (scene->used || !has_front ||
		    postfix_is_front(&postfix->services[i])))
			tell_unused(scene, &postfix->services[i]);
	free(uses);
	if (postfix->count == 0)
		finding_stop(scene->findings, "Postfix: master.cf has no "
		    "smtpd, so no mail comes in that tdc-milter could see");
}

/* look_at_main - without a master.cf; chrooted or not is not known then */
static void
look_at_main(struct scene *scene)
{
	const struct postfix_service some = { .name = "smtpd",
		.settings = scene->postfix->settings };
	struct postfix_service other = some;

	finding_note(scene->findings, "Postfix: postconf -M fails, so the "
	    "services of master.cf are not looked at");
	other.chrooted = true;
	if (!look_at_service(scene, &some) && !look_at_service(scene, &other))
		tell_unused(scene, &some);
}

/* doctor_milters - do the smtpd(8)s of Postfix use milter_socket, and how? */
void
doctor_milters(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	struct scene scene = { .conf = conf, .postfix = postfix,
		.findings = findings };

	if (postfix->has_master)
		look_at_services(&scene);
	else
		look_at_main(&scene);
	if (*postfix->milter_maps != '\0')
		finding_note(findings, "Postfix: smtpd_milter_maps may have "
		    "other milters for some clients, and is not looked at");
}
