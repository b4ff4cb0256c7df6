/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/logs/logline.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "base/digits.h"
#include "control/logs/logline_private.h"

/* Of ours, in the maillog. */
static const char prefix[] = "TDC: ";

/* after_prefix - NULL: it is not there */
static const char *
after_prefix(const char *text)
{
	size_t n = sizeof(prefix) - 1;

	return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* word - ends where a blank stands, which becomes a NUL; where the next one
 * begins, or NULL: it is the last one */
static char *
word(char *text)
{
	char *end = strchr(text, ' ');

	if (end == NULL)
		return NULL;
	*end++ = '\0';
	return end;
}

/* take_pid - "[12]" at the end of a program */
static void
take_pid(char *program, struct logline *out)
{
	size_t n = strlen(program);
	char *open = strrchr(program, '[');

	if (n == 0 || program[n - 1] != ']' || open == NULL)
		return;
	(void)digits_parse(open + 1, (size_t)(program + n - 1 - (open + 1)),
	    UINT32_MAX, &out->pid);
	*open = '\0';
}

/* tagged - "host postfix/smtpd[12]: text"; words in between, as "mail.info" of
 * BusyBox, are passed over */
static bool
tagged(char *text, struct logline *out)
{
	char *rest = word(text), *program;

	for (int words = 0; rest != NULL && words < 3; words++) {
		size_t n;

		program = rest;
		n = strcspn(program, " ");
		rest = word(program);
		if (n < 2 || program[n - 1] != ':')
			continue;
		program[n - 1] = '\0';
		take_pid(program, out);
		out->program = program;
		out->text = rest != NULL ? rest : program + n;
		return true;
	}
	return false;
}

/* structured - after STRUCTURED-DATA of RFC 5424: "-", or "[...]" some times;
 * NULL: it is neither */
static char *
structured(char *text)
{
	if (*text == '-')
		return text[1] == ' ' ? text + 2 : text + 1;
	while (*text == '[') {
		bool quoted = false;

		for (text++; *text != '\0' && (quoted || *text != ']'); text++)
			if (*text == '\\' && text[1] != '\0')
				text++;
			else if (*text == '"')
				quoted = !quoted;
		if (*text++ == '\0')
			return NULL;
	}
	return *text == ' ' ? text + 1 : NULL;
}

/* rfc5424 - "<22>1 TIME HOST PROGRAM PID MSGID DATA TEXT" */
static bool
rfc5424(char *text, struct logline *out)
{
	char *program, *pid, *id, *data;

	text += 1 + strspn(text + 1, "0123456789");
	if (strncmp(text, ">1 ", 3) != 0 ||
	    (text = logline_zoned(text + 3, &out->at)) == NULL ||
	    *text != ' ' || (program = word(text + 1)) == NULL ||
	    (pid = word(program)) == NULL || (id = word(pid)) == NULL ||
	    (data = word(id)) == NULL || (text = structured(data)) == NULL)
		return false;
	(void)digits_parse(pid, strlen(pid), UINT32_MAX, &out->pid);
	out->program = program;
	out->text = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
	return true;
}

/* asyncos - "Info: text" */
static bool
asyncos(char *text, struct logline *out)
{
	const char *colon = strstr(text, ": ");

	if (colon == NULL || memchr(text, ' ', (size_t)(colon - text)) != NULL)
		return false;
	out->program = "mail_logs";
	out->asyncos = true;
	out->text = colon + 2;
	return true;
}

/* parse - by what it begins with */
static bool
parse(struct logline_parser *parser, char *text, size_t n, struct logline *out)
{
	char *rest;

	if (*text == '{')
		return logline_json(parser, text, n, out);
	if (*text == '<')
		return rfc5424(text, out);
	if (isdigit((unsigned char)*text)) {
		rest = logline_zoned(text, &out->at);
		return rest != NULL && *rest == ' ' && tagged(rest + 1, out);
	}
	rest = logline_short(parser, text, &out->at);
	if (rest != NULL)
		return *rest == ' ' && tagged(rest + 1, out);
	rest = logline_long(parser, text, &out->at);
	return rest != NULL && *rest == ' ' && asyncos(rest + 1, out);
}

/* logline_parse - whatever form it has */
bool
logline_parse(struct logline_parser *parser, char *text, size_t n,
    struct logline *out)
{
	struct logline line = { .at = 0 };

	/* A log that was truncated under its writer begins with NULs. */
	while (n > 0 && *text == '\0') {
		text++;
		n--;
	}
	for (char *nul = text; (nul = memchr(nul, '\0', n - (size_t)(nul - text)))
	    != NULL;)
		*nul = '?';
	while (n > 0 && text[n - 1] == '\r')
		n--;
	text[n] = '\0';
	if (!parse(parser, text, n, &line))
		return false;
	line.ours = after_prefix(line.text);
	if (line.ours == NULL && line.asyncos)
		line.ours = line.text;
	*out = line;
	return true;
}

/* logline_drop - what the last line points into */
void
logline_drop(struct logline_parser *parser)
{
	json_decref(parser->json);
	parser->json = NULL;
}
