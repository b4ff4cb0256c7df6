/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gmime - reports as GMime reads them
 *
 *	gmime [-b | -m] FILE.eml...
 *
 * It keeps no bytes of an attached message but a tree, and writes that out
 * again; so what it writes of a message in a report must be what it writes of
 * the same message alone.  See found.py for the lines it prints.
 */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* parsed - the message of a file */
static GMimeMessage *
parsed(const char *path)
{
	GMimeStream *stream = g_mime_stream_fs_open(path, O_RDONLY, 0, NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	if (stream == NULL) {
		perror(path);
		exit(EX_NOINPUT);
	}
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

/* digest - of what is written for an entity, but for its first fields */
static json_t *
digest(GMimeObject *entity, int without)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;
	char *text;
	json_t *out;

	while (without-- > 0)
		g_mime_header_list_remove_at(
		    g_mime_object_get_header_list(entity), 0);
	g_mime_object_write_to_stream(entity, NULL, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	text = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data,
	    bytes->len);
	out = json_string(text);
	g_free(text);
	g_object_unref(stream);
	return out;
}

/* refuse - with a reason, unless there is one */
static void
refuse(json_t *found, const char *why)
{
	if (json_object_get(found, "refused") == NULL)
		json_object_set_new(found, "refused", json_string(why));
}

/* add_once - a field that must not be there twice */
static void
add_once(json_t *found, const char *key, const char *value)
{
	if (json_object_get(found, key) != NULL)
		refuse(found, "a field is there twice");
	else
		json_object_set_new(found, key, json_string(value));
}

static void
add_line(json_t *found, char *line)
{
	char *value = strchr(line, ':');

	if (value == NULL) {
		refuse(found, "a line without a colon");
		return;
	}
	*value++ = '\0';
	value = g_strstrip(value);
	if (strcmp(line, "Sender") == 0)
		add_once(found, "sender", value);
	else if (strcmp(line, "Subject") == 0)
		add_once(found, "subject", value);
	else if (strcmp(line, "Message-Id") == 0)
		add_once(found, "message-id", value);
	else if (strcmp(line, "Recipient") == 0)
		json_array_append_new(json_object_get(found, "recipients"),
		    json_string(value));
	else
		refuse(found, "another line");
}

static void
add_text(json_t *found, GMimeObject *part)
{
	char *text, *rest, *line;

	if (!GMIME_IS_TEXT_PART(part)) {
		refuse(found, "the first part is no text");
		return;
	}
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	for (rest = text; (line = strsep(&rest, "\n")) != NULL; )
		if (*g_strchomp(line) != '\0')
			add_line(found, line);
	g_free(text);
}

/* add_part - the first is the report's text, the others messages */
static void
add_part(json_t *found, int number, GMimeObject *part)
{
	if (number == 0)
		add_text(found, part);
	else if (GMIME_IS_MESSAGE_PART(part))
		json_array_append_new(json_object_get(found, "attached"),
		    digest(GMIME_OBJECT(g_mime_message_part_get_message(
		    GMIME_MESSAGE_PART(part))), 0));
	else
		refuse(found, "a part that is no message");
}

static void
report(GMimeMessage *message, json_t *found)
{
	GMimeObject *root = g_mime_message_get_mime_part(message);

	json_object_set_new(found, "attached", json_array());
	json_object_set_new(found, "recipients", json_array());
	json_object_set_new(found, "as", json_string("alone"));
	if (!GMIME_IS_MULTIPART(root)) {
		refuse(found, "no multipart");
		return;
	}
	for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(root));
	    i++)
		add_part(found, i, g_mime_multipart_get_part(
		    GMIME_MULTIPART(root), i));
}

/* add_listed - the addresses of X-CSE-RcptTo, which commas separate */
static void
add_listed(json_t *found, const char *value)
{
	json_t *recipients = json_array();
	bool quoted = false;
	const char *start = value, *p = value;

	for (;; p++) {
		if (*p == '\\' && quoted && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		if (*p != '\0' && (*p != ',' || quoted))
			continue;
		json_array_append_new(recipients, json_stringn(start,
		    (size_t)(p - start)));
		if (*p == '\0')
			break;
		start = p + 1 + strspn(p + 1, " ");
	}
	json_object_set_new(found, "recipients", recipients);
}

static void
add_header(json_t *found, const char *key, GMimeObject *entity,
    const char *name)
{
	const char *value = g_mime_object_get_header(entity, name);

	json_object_set_new(found, key,
	    json_string(value != NULL ? value : ""));
}

/* ours - how many fields stand on top of the message */
static int
ours(GMimeObject *entity)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(entity);
	int i = 0;

	while (g_ascii_strcasecmp(g_mime_header_get_name(
	    g_mime_header_list_get_header_at(list, i)), "Received") != 0)
		i++;
	return i + 1;
}

/* plain - a message, below fields of ours or alone */
static void
plain(GMimeMessage *message, bool alone, json_t *found)
{
	GMimeObject *entity = GMIME_OBJECT(message);

	add_header(found, "subject", entity, "Subject");
	if (!alone) {
		add_header(found, "sender", entity, "X-CSE-MailFrom");
		add_listed(found, g_mime_object_get_header(entity,
		    "X-CSE-RcptTo"));
	}
	json_object_set_new(found, "message",
	    digest(entity, alone ? 0 : ours(entity)));
}

static void
tell(const char *path, int mode)
{
	json_t *found = json_object();
	char *name = g_path_get_basename(path);
	GMimeMessage *message = parsed(path);

	json_object_set_new(found, "reader", json_string("gmime"));
	json_object_set_new(found, "case", json_stringn(name,
	    strlen(name) - strlen(".eml")));
	if (mode == '\0')
		report(message, found);
	else
		plain(message, mode == 'm', found);
	json_dumpf(found, stdout, JSON_COMPACT);
	puts("");
	json_decref(found);
	g_object_unref(message);
	g_free(name);
}

int
main(int argc, char **argv)
{
	int mode = '\0', option;

	while ((option = getopt(argc, argv, "bm")) != -1)
		mode = option;
	g_mime_init();
	for (int i = optind; i < argc; i++)
		tell(argv[i], mode);
	g_mime_shutdown();
	return 0;
}
