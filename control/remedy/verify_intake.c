/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl verify-intake: send a test message, and find it again through the API.
 * tdc-forwarder sends, tdc-remediator asks; each has its own keys. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/when.h"

/* Of the documentation's network (RFC 5737), so that it can only come from the
 * field that we wrote. */
#define CLIENT "192.0.2.1"

enum {
	SECOND = 1000, MINUTE = 60 * SECOND,
	USUAL = 15 * MINUTE, MOST = 24 * 60 * MINUTE,
	CLOSED = 5 * MINUTE,	/* the API does not tell of what is younger */
	LOOKS = 30, SLOWEST = 30 * SECOND,
	DAY_MINUTES = 1440
};

static const char verb[] = "verify-intake";

struct verify {
	const struct control *control;
	const char	*to;
	int64_t		 wait;		/* ms */
	bool		 sent;		/* before: it is only to be found */
	char		*message_id;	/* NULL: not known yet */
	int64_t		 began;		/* of clock_now() */
	json_t		*found;		/* a line of tdc-remediator; NULL */
	size_t		 count;		/* how many there were */
	bool		 asked;		/* the API has answered once */
};

/* ---- what is asked ---- */

/* take - one option; EX_OK or EX_USAGE */
static int
take(struct verify *verify, int option, const char *value)
{
	switch (option) {
	case 't':
		verify->to = value;
		return conf_is_address(value) ? EX_OK : complain_value(verb,
		    "--to: not an address (local@domain):", value);
	case 'w':
		verify->wait = when_span(value);
		return verify->wait > 0 && verify->wait <= MOST ? EX_OK :
		    complain_value(verb,
		    "--wait: not a span of up to a day:", value);
	case 'm':
		verify->sent = true;
		free(verify->message_id);
		verify->message_id = *value == '<' ? mem_text(value) :
		    mem_format("<%s>", value);
		return *value != '\0' ? EX_OK : complain_value(verb,
		    "--sent: no Message-ID:", value);
	default:
		return complain_option(verb, option, value);
	}
}

static int
take_options(struct verify *verify, int argc, char **argv)
{
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "wait", required_argument, NULL, 'w' },
		{ "sent", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 }
	};
	int option, code = EX_OK;

	optind = 0;	/* getopt wants a name before the arguments */
	opterr = 0;
	while (code == EX_OK && (option = getopt_long(argc + 1, argv - 1, "+:",
	    options, NULL)) != -1)
		code = take(verify, option, option_word(argv - 1));
	if (code == EX_OK && optind < argc + 1)
		return complain_value(verb, "unexpected argument",
		    argv[optind - 1]);
	return code;
}

/* check_conf - an exit code */
static int
check_conf(const struct verify *verify)
{
	const struct conf *conf = &verify->control->conf;

	if (*verify->to == '\0' && !verify->sent)
		return complain_arguments(verb,
		    "intake_address is not set: give --to");
	if ((*conf->api_region == '\0' && *conf->api_url == '\0') ||
	    *conf->api_credentials_file == '\0')
		return complain(EX_CONFIG, "verify-intake: there is no API: set "
		    "api_region (or api_url) and api_credentials_file");
	return EX_OK;
}

/* ---- the API ---- */

/* take_line - the first counts, which has an id of the API */
static void
take_line(struct verify *verify, const char *text)
{
	json_t *line = json_loads(text, 0, NULL);

	if (json_is_object(line)) {
		verify->count++;
		if (verify->found == NULL)
			verify->found = json_incref(line);
	}
	json_decref(line);
}

/* span - how far back it may be, in minutes */
static long long
span(const struct verify *verify)
{
	int64_t passed = clock_now() - verify->began;

	return verify->sent ? DAY_MINUTES : (passed + verify->wait) / MINUTE +
	    2 * CLOSED / MINUTE;
}

/* look - once; an exit code of tdc-remediator, which has said what is wrong */
static int
look(struct verify *verify, const char *path)
{
	own(str) char *minutes = mem_format("%lld", span(verify));
	const char *const arguments[] = { "tdc-remediator", "-c",
		verify->control->conf_file, "find", verify->message_id, minutes,
		NULL };
	own(str) char *line = NULL;
	size_t size = 0;
	pid_t pid;
	FILE *out = programs_start(path, arguments, STDOUT_FILENO, &pid);

	if (out == NULL)
		return complain(EX_OSERR, "cannot start tdc-remediator");
	while (getline(&line, &size, out) != -1)
		take_line(verify, line);
	fclose(out);
	return programs_end(pid);
}

static void
rest(int64_t ms)
{
	const struct timespec pause = clock_timespec(ms);

	(void)nanosleep(&pause, NULL);
}

/* first_look - nothing can be found before; ms after it was sent */
static int64_t
first_look(const struct verify *verify)
{
	return verify->wait > CLOSED + MINUTE ? CLOSED : 0;
}

/* look_until - it is found, the time is over, or looking makes no sense */
static int
look_until(struct verify *verify, const char *path, int64_t first)
{
	int64_t pause = verify->wait / LOOKS;
	int code;

	if (pause > SLOWEST)
		pause = SLOWEST;
	if (pause < SECOND)
		pause = SECOND;
	if (!verify->control->json && first > 0) {
		printf("looking for it from %lld minutes after that, until it "
		    "is there, for %lld minutes at most\n",
		    (long long)(first / MINUTE),
		    (long long)(verify->wait / MINUTE));
		(void)fflush(stdout);
	}
	rest(first);
	for (;;) {
		code = look(verify, path);
		verify->asked |= code == EX_OK;
		if (verify->found != NULL || (code != EX_OK &&
		    code != EX_TEMPFAIL))
			return verify->found != NULL ? EX_OK : code;
		if (clock_now() - verify->began + pause > verify->wait)
			return EX_TEMPFAIL;
		rest(pause);
	}
}

/* ---- what it says ---- */

static const char *
text_of(const struct verify *verify, const char *key)
{
	const char *text = json_string_value(json_object_get(verify->found,
	    key));

	return text != NULL ? text : "";
}

/* has_header - does the API know the field with the address of the sender? */
static bool
has_header(const struct verify *verify)
{
	return strcasecmp(text_of(verify, "header"),
	    verify->control->conf.remote_ip_header) == 0;
}

static bool
has_client(const struct verify *verify)
{
	return strcmp(text_of(verify, "client"), CLIENT) == 0;
}

static const char *
or_nothing(const char *text)
{
	return *text != '\0' ? ESCAPE(text) : "nothing";
}

static void
print_text(const struct verify *verify, int64_t took)
{
	const char *field = verify->control->conf.remote_ip_header;

	printf("found after %lld s: id %s, verdict %s\n",
	    (long long)(took / SECOND), ESCAPE(text_of(verify, "id")),
	    or_nothing(text_of(verify, "verdict")));
	printf("header       %s%s%s\n", has_header(verify) ? "" : "FAILED: ",
	    or_nothing(text_of(verify, "header")),
	    has_header(verify) ? "" : " is told");
	printf("sender's IP  %s%s%s\n", has_client(verify) ? "" : "FAILED: ",
	    or_nothing(text_of(verify, "client")),
	    has_client(verify) ? "" : " is told, and " CLIENT " was written");
	if (!has_header(verify) || !has_client(verify))
		printf("what to do: in the portal of Secure Email Threat "
		    "Defense, set the header of the sender's IP address to "
		    "%s (remote_ip_header)\n", field);
	if (verify->count > 1)
		printf("it is there %zu times: more than one intake got it, or "
		    "the intake got it more than once\n", verify->count);
}

static void
print_json(const struct verify *verify, bool delivered, int64_t took, int code)
{
	json_t *object = json_pack("{s:s, s:o, s:b, s:b, s:o}",
	    "intake", verify->to,
	    "message_id", verify->message_id != NULL ?
	    json_string(verify->message_id) : json_null(),
	    "delivered", delivered, "found", verify->found != NULL,
	    "seconds", json_real((double)took / SECOND));
	static const char *const keys[] = { "id", "verdict", "client",
		"header" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		json_object_set_new(object, keys[i], verify->found != NULL ?
		    json_string(text_of(verify, keys[i])) : json_null());
	json_object_set_new(object, "client_matches", json_boolean(
	    verify->found != NULL && has_client(verify)));
	json_object_set_new(object, "header_matches", json_boolean(
	    verify->found != NULL && has_header(verify)));
	json_object_set_new(object, "copies",
	    json_integer((json_int_t)verify->count));
	json_object_set_new(object, "exit", json_integer(code));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(object);
}

/* explain - what it means that it was not found; what is wrong with the API, its
 * own program has said */
static void
explain(const struct verify *verify)
{
	own(str) char *text = mem_format("verify-intake: %s %s; look again with "
	    "--sent '%s'", ESCAPE(verify->message_id), verify->asked ?
	    "was not found: it takes longer, or the intake belongs to another "
	    "tenant than the credentials" :
	    "was not found: the API cannot be asked",
	    ESCAPE_INSIDE(verify->message_id, '\''));

	(void)complain(EX_OK, text);
}

/* ---- all of it ---- */

/* find - an exit code */
static int
find(struct verify *verify, int64_t first)
{
	own(str) char *path = programs_beside("tdc-remediator");
	int64_t took;
	int code;

	if (path == NULL)
		return complain(EX_UNAVAILABLE, "tdc-remediator is not in the "
		    "directory of tdcctl, and nobody else asks the API");
	verify->began = clock_now();
	code = look_until(verify, path, first);
	took = clock_now() - verify->began;
	if (code == EX_OK && (!has_header(verify) || !has_client(verify)))
		code = EX_DATAERR;
	if (verify->control->json)
		print_json(verify, true, took, code);
	else if (verify->found != NULL)
		print_text(verify, took);
	(void)fflush(stdout);	/* before a complaint */
	if (verify->found == NULL)
		explain(verify);
	else if (code != EX_OK)
		(void)complain(code, "verify-intake: the API has another header "
		    "or sender's IP address than was written");
	return code;
}

/* send - and then find it; an exit code */
static int
send(struct verify *verify)
{
	bool json = verify->control->json;
	int code = test_send(verify->control, verify->to, CLIENT, json,
	    &verify->message_id);

	if (code == EX_OK && verify->message_id != NULL)
		return find(verify, first_look(verify));
	if (json)
		print_json(verify, false, 0, code);
	return complain(code != EX_OK ? code : EX_SOFTWARE, "verify-intake: "
	    "the test message was not delivered, so it cannot be found");
}

/* do_verify_intake - is what we send seen, and seen rightly? */
int
do_verify_intake(struct control *control, int argc, char **argv)
{
	struct verify verify = { .control = control,
	    .to = control->conf.intake_address, .wait = USUAL };
	int code = take_options(&verify, argc, argv);

	if (code == EX_OK)
		code = check_conf(&verify);
	if (code == EX_OK)
		code = verify.sent ? find(&verify, 0) : send(&verify);
	free(verify.message_id);
	json_decref(verify.found);
	return code;
}
