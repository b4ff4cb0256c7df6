/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl send-test: tdc-forwarder sends a message, and tells how; here it is
 * shown.  What it tells is in forward/trial/trial.h. */
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"

static const char program[] = "tdc-forwarder";

struct test {
	const char	*to, *from;	/* from: NULL: the forwarder's choice */
	const char	*client;	/* NULL: this host */
	bool		 json;
	bool		 quiet;		/* with json: print nothing */
	json_t		*stages;	/* so far */
	json_t		*result;	/* NULL: it has not come */
};

/* ---- what is asked ---- */

/* check_address - an exit code */
static int
check_address(const char *option, const char *text)
{
	own(str) char *reason = NULL;

	if (conf_is_address(text))
		return EX_OK;
	reason = mem_format("%s: '%s' is not an address (local@domain)",
	    option, ESCAPE(text));
	return complain_arguments("send-test", reason);
}

/* take_options - an exit code */
static int
take_options(int argc, char **argv, struct test *out)
{
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "from", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	own(str) char *reason = NULL;
	int c, result = EX_OK;

	optind = 0;
	opterr = 0;
	argv--;			/* in place of a program's name */
	while (result == EX_OK &&
	    (c = getopt_long(argc + 1, argv, "+:", options, NULL)) != -1)
		if (c == 'j')
			out->json = true;
		else if (c == 't')
			result = check_address("--to", out->to = optarg);
		else if (c == 'f')
			result = check_address("--from", out->from = optarg);
		else
			return complain_option("send-test", c,
			    option_word(argv));
	if (result != EX_OK || optind == argc + 1)
		return result;
	reason = mem_format("unexpected argument '%s'", ESCAPE(argv[optind]));
	return complain_arguments("send-test", reason);
}

/* ---- what is told ---- */

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static long long
number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* print_stage - in columns; what is said stands further to the right */
static void
print_stage(const json_t *line)
{
	const char *name = text_of(line, "stage"), *mark = "";

	if (strcmp(name, "said") == 0)
		mark = "  > ";
	else if (strcmp(name, "heard") == 0)
		mark = "  < ";
	printf("%6lld  %-11s  %s%s%s\n", number_of(line, "ms"),
	    *mark != '\0' ? "" : name,
	    json_is_false(json_object_get(line, "ok")) ? "FAILED: " : "", mark,
	    text_of(line, "text"));
}

/* print_words - in lines that a terminal has room for */
static void
print_words(const char *head, const char *text)
{
	own(str) char *words = mem_format("%s%s%s", head, *text != '\0' ?
	    ": " : "", text);

	help_words(stdout, words, 0);
}

/* print_result - what it means */
static void
print_result(const json_t *result)
{
	if (json_is_true(json_object_get(result, "delivered"))) {
		printf("delivered in %lld ms: %lld until the connection was "
		    "ready, which copies share, and %lld for the message "
		    "(%lld octets)\n%s\n", number_of(result, "total_ms"),
		    number_of(result, "connection_ms"),
		    number_of(result, "message_ms"),
		    number_of(result, "octets"), text_of(result, "message_id"));
		return;
	}
	printf("not delivered, after %lld ms, at %s: %s\n",
	    number_of(result, "total_ms"), text_of(result, "step"),
	    text_of(result, "reply"));
	print_words(text_of(result, "copy"), "");
	print_words(text_of(result, "kind"), text_of(result, "means"));
	print_words("what to do", text_of(result, "remedy"));
}

/* print_json - all of it, as one object */
static void
print_json(struct test *test)
{
	json_t *whole = json_object();

	json_object_set_new(whole, "intake", json_string(test->to));
	json_object_update(whole, test->result);
	json_object_set(whole, "stages", test->stages);
	json_dumpf(whole, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(whole);
}

/* take_line - one of the forwarder's */
static void
take_line(struct test *test, const char *text)
{
	json_t *line = json_loads(text, 0, NULL);
	json_t *result = json_object_get(line, "result");

	if (result != NULL) {
		json_decref(test->result);
		test->result = json_incref(result);
	} else if (json_object_get(line, "stage") != NULL && test->json) {
		json_array_append(test->stages, line);
	} else if (line != NULL) {
		print_stage(line);
		fflush(stdout);
	}
	json_decref(line);
}

/* ---- the forwarder ---- */

/* start - it, or NULL after a complaint */
static FILE *
start(const struct control *control, const struct test *test, pid_t *out_pid)
{
	own(str) char *path = programs_beside(program);
	const char *arguments[11] = { program, "-c", control->conf_file, "-t",
	    test->to };
	size_t n = 5;
	FILE *out;

	if (test->from != NULL) {
		arguments[n++] = "-s";
		arguments[n++] = test->from;
	}
	if (test->client != NULL) {
		arguments[n++] = "-i";
		arguments[n++] = test->client;
	}
	if (control->verbose)
		arguments[n++] = "-v";
	if (path == NULL) {
		(void)complain(EX_UNAVAILABLE, "tdc-forwarder is not in the "
		    "directory of tdcctl, and nobody else sends");
		return NULL;
	}
	out = programs_start(path, arguments, STDOUT_FILENO, out_pid);
	if (out == NULL)
		(void)complain(EX_OSERR, "cannot start tdc-forwarder");
	return out;
}

/* run - the test; an exit code */
static int
run(const struct control *control, struct test *test)
{
	own(str) char *line = NULL;
	size_t size = 0;
	pid_t pid;
	FILE *out = start(control, test, &pid);
	int code;

	if (out == NULL)
		return EX_UNAVAILABLE;
	while (getline(&line, &size, out) != -1)
		take_line(test, line);
	fclose(out);
	code = programs_end(pid);
	if (test->result == NULL)	/* it has said why, if it could */
		return code != EX_OK ? code : EX_SOFTWARE;
	if (test->quiet)
		return code;
	if (test->json)
		print_json(test);
	else
		print_result(test->result);
	return code;
}

/* do_send_test - to one intake */
int
do_send_test(struct control *control, int argc, char **argv)
{
	struct test test = { .to = control->conf.intake_address };
	int result = take_options(argc, argv, &test);

	if (result != EX_OK)
		return result;
	if (*test.to == '\0')
		return complain_arguments("send-test",
		    "intake_address is not set: give --to");
	test.stages = json_array();
	result = run(control, &test);
	json_decref(test.stages);
	json_decref(test.result);
	return result;
}

/* test_send - for who wants to know what becomes of it */
int
test_send(const struct control *control, const char *to, const char *client,
    bool quiet, char **out_message_id)
{
	struct test test = { .to = to, .client = client, .json = quiet,
	    .quiet = quiet, .stages = json_array() };
	int code = run(control, &test);
	const char *id = text_of(test.result, "message_id");

	(void)fflush(stdout);	/* before a complaint of whoever called us */
	*out_message_id = *id != '\0' ? mem_text(id) : NULL;
	json_decref(test.stages);
	json_decref(test.result);
	return code;
}
