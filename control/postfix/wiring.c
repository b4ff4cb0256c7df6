/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/wiring.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "control/doctor/postconf.h"
#include "control/postfix/milteredit.h"
#include "control/postfix/wiring_private.h"
#include "control/postfix/wiring_socket.h"

static char *
name_of(const struct use *use)
{
	return use->service == NULL ? mem_text("smtpd_milters") :
	    mem_format("%s/smtpd_milters", use->service);
}

/* read_raw - the list as the file has it, on one line; new; NULL */
static char *
read_raw(const struct use *use, const char *where, struct err *err)
{
	const char *arguments[] = { use->service != NULL ? "-P" : "-p", where,
		NULL };
	own(buf) struct buf out = BUF;
	const char *equals;

	if (postconf_run(arguments, &out, err) == -1)
		return NULL;
	equals = strchr(out.data, '=');
	if (equals == NULL) {
		err_set(err, ERR_LATER, "postconf %s %s says nothing",
		    arguments[0], where);
		return NULL;
	}
	equals++;
	return mem_bytes(equals + strspn(equals, " "),
	    strcspn(equals + strspn(equals, " "), "\n"));
}

/* edit_list - give it this milter as its last, or none */
static int
edit_list(struct work *work, const struct use *use, const char *ours,
    struct err *err)
{
	own(str) char *where = name_of(use), *raw = read_raw(use, where, err);
	own(str) char *value = NULL, *tight = NULL;
	struct wiring *out = work->out;
	struct milteredit edit = { .raw = raw, .value = use->settings->milters,
		.is_ours = wiring_is_ours, .arg = work };

	if (raw == NULL)
		return -1;
	value = ours != NULL ? milteredit_with(&edit, ours, err) :
	    milteredit_without(&edit, err);
	if (value != NULL && use->service != NULL)
		tight = milteredit_tight(value, err);
	if (value == NULL || (use->service != NULL && tight == NULL))
		return err_wrap(err, "%s", where);
	out->edits = mem_grow(out->edits, out->count + 1, sizeof(*out->edits));
	out->edits[out->count++] = (struct wiring_edit){
		.where = str_give(&where), .in_master = use->service != NULL,
		.value = use->service != NULL ? str_give(&tight) :
		    str_give(&value) };
	return 0;
}

static int
add_to(struct work *work, const struct use *use, struct err *err)
{
	struct milteredit edit = { .value = use->settings->milters,
		.is_ours = wiring_is_ours, .arg = work };
	own(str) char *ours = NULL;

	work->out->named += milteredit_count(&edit) > 0;
	if (wiring_is_done(work, use))
		return 0;
	ours = wiring_compose(work, use);
	return edit_list(work, use, ours, err);
}

static int
remove_from(struct work *work, const struct use *use, struct err *err)
{
	struct milteredit edit = { .value = use->settings->milters,
		.is_ours = wiring_is_ours, .arg = work };

	if (milteredit_count(&edit) == 0)
		return 0;
	work->out->named++;
	return edit_list(work, use, NULL, err);
}

/* ---- services ---- */

/* tell - why a service stays as it is */
static void
tell(const struct work *work, const struct postfix_service *service)
{
	buf_format(&work->out->notes, "note: %s (master.cf) has %s: left as it "
	    "is\n", ESCAPE(service->name),
	    postfix_ignores_milters(service->settings.overrides) ?
	    "receive_override_options=no_milters" : "an empty smtpd_milters, "
	    "as for mail that a content filter gives back");
}

/* plan_lists - those of services, then that of main.cf, for the rest */
static int
plan_lists(struct work *work, struct err *err)
{
	const struct postfix *postfix = work->postfix;
	struct use rest = { .settings = &postfix->settings };

	for (size_t i = 0; i < postfix->count; i++) {
		const struct postfix_service *service = &postfix->services[i];
		struct use use = { service->name, &service->settings,
			service->chrooted, !service->chrooted };

		if (wiring_stays_out(work->conf, service)) {
			tell(work, service);
		} else if (!service->own_milters) {
			rest.inside |= use.inside;
			rest.outside |= use.outside;
		} else if (add_to(work, &use, err) == -1) {
			return -1;
		}
	}
	return rest.inside || rest.outside ? add_to(work, &rest, err) : 0;
}

/* refers - does a text have $smtpd_milters? */
static bool
refers(const char *text)
{
	return strstr(text, "$smtpd_milters") != NULL ||
	    strstr(text, "${smtpd_milters") != NULL ||
	    strstr(text, "$(smtpd_milters") != NULL;
}

/* note_others - what else uses milters */
static void
note_others(const struct work *work)
{
	static const char *const arguments[] = { "-p", "non_smtpd_milters",
		NULL };
	own(buf) struct buf out = BUF;
	struct err unused;

	if (*work->postfix->milter_maps != '\0')
		buf_text(&work->out->notes, "note: smtpd_milter_maps may have "
		    "other milters for some clients, and is left as it is\n");
	if (postconf_run(arguments, &out, &unused) == 0 && refers(out.data))
		buf_text(&work->out->notes, "note: non_smtpd_milters "
		    "has $smtpd_milters, so tdc-milter sees local mail, too; "
		    "that is not inbound\n");
}

/* wiring_plan - the socket first: how lists name it depends on it */
int
wiring_plan(const struct conf *conf, const struct postfix *postfix,
    struct wiring *out, struct err *err)
{
	struct work work = { conf, postfix, conf->milter_socket, out };

	if (!postfix->has_master)
		return err_set(err, ERR_NEVER, "postconf -M fails: mend "
		    "master.cf first");
	if (postfix->count == 0)
		return err_set(err, ERR_NEVER, "master.cf has no smtpd, so no "
		    "mail comes in that tdc-milter could see");
	if (wiring_socket(conf, postfix, out, err) == -1)
		return -1;
	if (out->socket != NULL)
		work.socket = out->socket;
	if (plan_lists(&work, err) == -1)
		return -1;
	note_others(&work);
	return 0;
}

/* wiring_removal - also where a service ignores its milters */
int
wiring_removal(const struct conf *conf, const struct postfix *postfix,
    struct wiring *out, struct err *err)
{
	struct work work = { conf, postfix, conf->milter_socket, out };
	struct use rest = { .settings = &postfix->settings };

	for (size_t i = 0; i < postfix->count; i++) {
		const struct postfix_service *service = &postfix->services[i];
		struct use use = { .service = service->name,
			.settings = &service->settings };

		if (service->own_milters &&
		    remove_from(&work, &use, err) == -1)
			return -1;
	}
	return remove_from(&work, &rest, err);
}

/* wiring_names - in whichever form */
bool
wiring_names(const struct conf *conf, const struct postfix *postfix)
{
	const struct work work = { .conf = conf, .postfix = postfix,
		.socket = conf->milter_socket };
	struct milteredit edit = { .value = postfix->settings.milters,
		.is_ours = wiring_is_ours, .arg = &work };
	size_t count = milteredit_count(&edit);

	for (size_t i = 0; i < postfix->count; i++) {
		edit.value = postfix->services[i].settings.milters;
		count += milteredit_count(&edit);
	}
	return count > 0;
}

/* wiring_keep - the others go */
void
wiring_keep(struct wiring *wiring, bool main_cf, bool master_cf)
{
	size_t kept = 0;

	for (size_t i = 0; i < wiring->count; i++) {
		struct wiring_edit *edit = &wiring->edits[i];

		if (edit->in_master ? master_cf : main_cf) {
			wiring->edits[kept++] = *edit;
		} else {
			free(edit->where);
			free(edit->value);
		}
	}
	wiring->count = kept;
}

/* wiring_changes - in any of the files */
bool
wiring_changes(const struct wiring *wiring)
{
	return wiring->count > 0 || wiring->socket != NULL ||
	    wiring->group != NULL || wiring->mode != NULL;
}

/* wiring_drop - all of it */
void
wiring_drop(struct wiring *wiring)
{
	for (size_t i = 0; i < wiring->count; i++) {
		free(wiring->edits[i].where);
		free(wiring->edits[i].value);
	}
	free(wiring->edits);
	free(wiring->socket);
	free(wiring->group);
	free(wiring->mode);
	buf_drop(&wiring->notes);
}
