/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/postfix.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "control/doctor/postconf.h"

/* next_line - of a text, which it cuts into lines; NULL: the end */
static char *
next_line(char **rest)
{
	char *line;

	do
		line = strsep(rest, "\n");
	while (line != NULL && *line == '\0');
	return line;
}

/* value_of - of "name = value", which becomes the name; NULL: it is none */
static char *
value_of(char *line)
{
	char *equals = strchr(line, '=');

	if (equals == NULL || equals == line || equals[-1] != ' ')
		return NULL;
	equals[-1] = '\0';
	return equals + 1 + (equals[1] == ' ');
}

/* setting - the place of that name; NULL: it is not one of these */
static const char **
setting(struct postfix_settings *settings, const char *name)
{
	const struct { const char *name; const char **place; } places[] = {
		{ "smtpd_milters", &settings->milters },
		{ "milter_default_action", &settings->action },
		{ "milter_protocol", &settings->protocol },
		{ "receive_override_options", &settings->overrides },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (strcmp(name, places[i].name) == 0)
			return places[i].place;
	return NULL;
}

/* ---- main.cf ---- */

/* place_of - of a parameter of main.cf */
static const char **
place_of(struct postfix *postfix, const char *name)
{
	const struct { const char *name; const char **place; } places[] = {
		{ "mynetworks", &postfix->mynetworks },
		{ "queue_directory", &postfix->queue_directory },
		{ "mail_owner", &postfix->mail_owner },
		{ "smtpd_milter_maps", &postfix->milter_maps },
		{ "non_smtpd_milters", &postfix->local.milters },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (strcmp(name, places[i].name) == 0)
			return places[i].place;
	return setting(&postfix->settings, name);
}

/* take_main - out_chroots: whether "-" in master.cf means yes, as it did before
 * there were levels of compatibility */
static int
take_main(struct postfix *postfix, bool *out_chroots, struct err *err)
{
	static const char *const arguments[] = { "-x", "smtpd_milters",
		"milter_default_action", "milter_protocol",
		"receive_override_options", "smtpd_milter_maps", "mynetworks",
		"queue_directory", "mail_owner", "message_size_limit",
		"compatibility_level", "default_process_limit",
		"non_smtpd_milters", NULL };
	own(buf) struct buf out = BUF;
	char *rest, *line;

	*out_chroots = false;
	if (postconf_run(arguments, &out, err) == -1)
		return -1;
	rest = arena_text(&postfix->arena, out.data);
	while ((line = next_line(&rest)) != NULL) {
		const char *value = value_of(line);
		const char **place = place_of(postfix, line);

		if (value == NULL)
			continue;
		if (place != NULL)
			*place = value;
		else if (strcmp(line, "message_size_limit") == 0)
			postfix->message_size_limit = strtoll(value, NULL, 10);
		else if (strcmp(line, "compatibility_level") == 0)
			*out_chroots = strtol(value, NULL, 10) < 1;
		else if (strcmp(line, "default_process_limit") == 0)
			postfix->process_limit = (unsigned)strtoul(value, NULL,
			    10);
	}
	return 0;
}

/* ---- master.cf ---- */

enum { NAME, TYPE, CHROOT = 4, PROCESSES = 6, COMMAND, COLUMNS };

static bool
is_chrooted(char *const column[COLUMNS], bool chroots)
{
	return *column[CHROOT] == 'y' || (*column[CHROOT] == '-' && chroots);
}

static void
add_service(struct postfix *postfix, char *const column[COLUMNS], bool chroots)
{
	const char *most = column[PROCESSES];

	postfix->services = mem_grow(postfix->services, postfix->count + 1,
	    sizeof(*postfix->services));
	postfix->services[postfix->count++] = (struct postfix_service){
		.name = arena_format(&postfix->arena, "%s/%s", column[NAME],
		    column[TYPE]),
		.chrooted = is_chrooted(column, chroots),
		.processes = *most == '-' ? postfix->process_limit :
		    (unsigned)strtoul(most, NULL, 10),
		.settings = postfix->settings,
	};
}

/* take_service - one line of "postconf -M", if it is an smtpd(8), or the
 * cleanup(8) of pickup(8) */
static void
take_service(struct postfix *postfix, char *line, bool chroots)
{
	char *column[COLUMNS], *word, *slash;
	size_t n = 0;

	while (n < COLUMNS && (word = strsep(&line, " \t")) != NULL)
		if (*word != '\0')
			column[n++] = word;
	if (n < COLUMNS)
		return;
	slash = strrchr(column[COMMAND], '/');
	word = slash != NULL ? slash + 1 : column[COMMAND];
	if (strcmp(word, "smtpd") == 0)
		add_service(postfix, column, chroots);
	else if (strcmp(column[NAME], "cleanup") == 0)
		postfix->local.chrooted = is_chrooted(column, chroots);
}

/* take_local - what concerns sendmail(1), where that stands in master.cf */
static void
take_local(struct postfix_local *local, const char *service, const char *name,
    const char *value)
{
	if (strncmp(service, "cleanup/", 8) == 0 &&
	    strcmp(name, "non_smtpd_milters") == 0)
		local->milters = value;
	if (strncmp(service, "pickup/", 7) == 0 &&
	    strcmp(name, "receive_override_options") == 0)
		local->overrides = value;
}

/* take_override - one line of "postconf -P": service/type/name = value */
static void
take_override(struct postfix *postfix, char *line)
{
	const char *value = value_of(line);
	char *slash = strrchr(line, '/');

	if (value == NULL || slash == NULL)
		return;
	*slash++ = '\0';
	take_local(&postfix->local, line, slash, value);
	if (postfix->services == NULL)
		return;
	for (size_t i = 0; i < postfix->count; i++) {
		struct postfix_service *service = &postfix->services[i];
		const char **place = setting(&service->settings, slash);

		if (place == NULL || strcmp(service->name, line) != 0)
			continue;
		*place = value;
		if (place == &service->settings.milters)
			service->own_milters = true;
	}
}

/* take_master - all of it or nothing */
static void
take_master(struct postfix *postfix, bool chroots)
{
	own(buf) struct buf services = BUF, overrides = BUF;
	struct err ignored;
	char *rest, *line;

	if (postconf_run((const char *[]){ "-M", NULL }, &services,
	    &ignored) == -1 ||
	    postconf_run((const char *[]){ "-xP", NULL }, &overrides,
	    &ignored) == -1)
		return;
	postfix->has_master = true;
	rest = arena_text(&postfix->arena, services.data);
	while ((line = next_line(&rest)) != NULL)
		take_service(postfix, line, chroots);
	rest = arena_text(&postfix->arena, overrides.data);
	while ((line = next_line(&rest)) != NULL)
		take_override(postfix, line);
}

/* postfix_ask - all that concerns us */
int
postfix_ask(struct postfix *out, struct err *err)
{
	bool chroots;

	*out = (struct postfix){
		.settings = { "", "tempfail", "6", "" },
		.mynetworks = "", .queue_directory = "", .mail_owner = "",
		.milter_maps = "", .local = { "", "", false },
	};
	if (take_main(out, &chroots, err) == -1)
		return -1;
	out->known = true;
	out->local.overrides = out->settings.overrides;
	take_master(out, chroots);
	return 0;
}

/* postfix_drop - all of it */
void
postfix_drop(struct postfix *postfix)
{
	free(postfix->services);
	arena_drop(&postfix->arena);
}

/* postfix_ignores_milters - is it told to? */
bool
postfix_ignores_milters(const char *overrides)
{
	return strstr(overrides, "no_milters") != NULL;
}

/* postfix_is_front - by its port */
bool
postfix_is_front(const struct postfix_service *service)
{
	static const char *const fronts[] = { "smtp/inet", "25/inet",
		":smtp/inet", ":25/inet", "/pass" };
	size_t n = strlen(service->name);

	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		size_t m = strlen(fronts[i]);

		if (*fronts[i] != ':' && *fronts[i] != '/' ?
		    strcmp(service->name, fronts[i]) == 0 :
		    n > m && strcmp(service->name + n - m, fronts[i]) == 0)
			return true;
	}
	return false;
}
