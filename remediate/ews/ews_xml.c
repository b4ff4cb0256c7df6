/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Answers have a dozen levels. */
enum { LEVELS = 256 };

/* ---- writing ---- */

/* one_character - of n octets that are UTF-8 */
static bool
one_character(const char *text, size_t n)
{
	int length = (int)n;
	int c = xmlGetUTF8Char((const unsigned char *)text, &length);

	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && IS_CHAR(c);
}

/* ews_xml_can - one line that comes to its end as it was sent? */
bool
ews_xml_can(const char *text)
{
	size_t left = strlen(text), n;

	for (; left > 0; text += n, left -= n) {
		n = utf8_length(text, left);
		if (n == 0 || !one_character(text, n))
			return false;
	}
	return true;
}

/* ews_xml_add - escaped */
void
ews_xml_add(struct buf *out, const char *text)
{
	static const char *const escaped[] = { ['<'] = "&lt;", ['>'] = "&gt;",
	    ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&apos;" };

	for (; *text != '\0'; text++) {
		size_t n = strcspn(text, "<>&\"'");

		buf_bytes(out, text, n);
		text += n;
		if (*text == '\0')
			break;
		buf_text(out, escaped[(unsigned char)*text]);
	}
}

/* ---- reading ---- */

/* What the parser's _private points to. */
struct reading {
	struct ews_mime	*mime;		/* or NULL */
	bool		 inside;	/* of its element */
	bool		 doctype;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start_library(void)
{
	xmlInitParser();
}

/* on_doctype - before anything in it is looked at */
static void
on_doctype(void *arg, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	xmlParserCtxt *parser = arg;
	struct reading *reading = parser->_private;

	(void)name, (void)external, (void)system;
	reading->doctype = true;
	xmlStopParser(parser);
}

static bool
is_mime(const struct reading *reading, const xmlChar *name,
    const xmlChar *space)
{
	return reading->mime != NULL && space != NULL &&
	    strcmp((const char *)name, EWS_MIME_ELEMENT) == 0 &&
	    strcmp((const char *)space, EWS_TYPES) == 0;
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *space, int spaces, const xmlChar **of_spaces,
    int attributes, int defaulted, const xmlChar **of_attributes)
{
	xmlParserCtxt *parser = arg;
	struct reading *reading = parser->_private;

	if (parser->nodeNr >= LEVELS) {
		xmlStopParser(parser);
		return;
	}
	/* what is in it besides text is one too many */
	if (reading->inside || is_mime(reading, name, space)) {
		ews_mime_begin(reading->mime);
		reading->inside = true;
	}
	xmlSAX2StartElementNs(arg, name, prefix, space, spaces, of_spaces,
	    attributes, defaulted, of_attributes);
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *space)
{
	const xmlParserCtxt *parser = arg;
	struct reading *reading = parser->_private;

	if (is_mime(reading, name, space)) {
		ews_mime_end(reading->mime);
		reading->inside = false;
	}
	xmlSAX2EndElementNs(arg, name, prefix, space);
}

static void
on_text(void *arg, const xmlChar *text, int n)
{
	const xmlParserCtxt *parser = arg;
	const struct reading *reading = parser->_private;

	if (reading->inside)
		ews_mime_take(reading->mime, (const char *)text, (size_t)n);
	else
		xmlSAX2Characters(arg, text, n);
}

/* refuse - why it was not taken */
static int
refuse(xmlParserCtxt *parser, struct err *err)
{
	const struct reading *reading = parser->_private;
	const xmlError *last = xmlCtxtGetLastError(parser);
	own(str) char *text = mem_text(last != NULL && last->message != NULL ?
	    last->message : "incomplete, or too deep");

	if (reading->doctype)
		return err_set(err, ERR_LATER, "the answer has a DOCTYPE");
	text[strcspn(text, "\r\n")] = '\0';
	return err_set(err, ERR_LATER, "the answer is no XML: line %d: %s",
	    last != NULL ? last->line : 0, ESCAPE(text));
}

/* start - a parser that is given its bytes piece by piece: it keeps none of them */
static xmlParserCtxt *
start(struct reading *reading)
{
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR |
	    XML_PARSE_NOWARNING | XML_PARSE_COMPACT |
	    (reading->mime != NULL ? XML_PARSE_HUGE : 0);
	xmlParserCtxt *parser;

	pthread_once(&once, start_library);
	parser = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
	if (parser == NULL)
		mem_none();
	(void)xmlCtxtUseOptions(parser, options);
	parser->_private = reading;
	parser->sax->internalSubset = on_doctype;
	parser->sax->startElementNs = on_start;
	parser->sax->endElementNs = on_end;
	if (reading->mime != NULL) {
		parser->sax->characters = on_text;
		parser->sax->ignorableWhitespace = on_text;
		parser->sax->cdataBlock = on_text;
	}
	return parser;
}

/* feed - all of it, up to what is wrong */
static void
feed(xmlParserCtxt *parser, const char *bytes, size_t n)
{
	enum { PIECE = 1 << 16 };
	int failed = 0;

	for (; n > PIECE && failed == 0; bytes += PIECE, n -= PIECE)
		failed = xmlParseChunk(parser, bytes, PIECE, 0);
	if (failed == 0)
		(void)xmlParseChunk(parser, bytes, (int)n, 1);
}

/* ews_xml_parse - the document, when it is one of this kind */
int
ews_xml_parse(const char *bytes, size_t n, struct ews_mime *mime,
    xmlDoc **out, struct err *err)
{
	struct reading reading = { .mime = mime };
	xmlParserCtxt *parser;
	bool good;

	if (n == 0 || n > INT_MAX)
		return err_set(err, ERR_LATER, "the answer is no XML: %zu "
		    "octets", n);
	parser = start(&reading);
	feed(parser, bytes, n);
	good = parser->myDoc != NULL && !reading.doctype &&
	    parser->wellFormed && xmlDocGetRootElement(parser->myDoc) != NULL;
	if (good)
		*out = parser->myDoc;
	else {
		(void)refuse(parser, err);
		xmlFreeDoc(parser->myDoc);
	}
	parser->myDoc = NULL;
	xmlFreeParserCtxt(parser);
	return good ? 0 : -1;
}

static bool
is_element(const xmlNode *node, const char *space, const char *name)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	if (name != NULL && strcmp((const char *)node->name, name) != 0)
		return false;
	return space == NULL || (node->ns != NULL && node->ns->href != NULL &&
	    strcmp((const char *)node->ns->href, space) == 0);
}

static const xmlNode *
seek(const xmlNode *node, const char *space, const char *name)
{
	while (node != NULL && !is_element(node, space, name))
		node = node->next;
	return node;
}

/* ews_xml_child - the first of that name in this one */
const xmlNode *
ews_xml_child(const xmlNode *node, const char *space, const char *name)
{
	return node == NULL ? NULL : seek(node->children, space, name);
}

/* ews_xml_next - the first of that name after this one */
const xmlNode *
ews_xml_next(const xmlNode *node, const char *space, const char *name)
{
	return node == NULL ? NULL : seek(node->next, space, name);
}

/* ours - a text of libxml2's as one that free() takes */
static char *
ours(xmlChar *text)
{
	char *copy = text == NULL ? NULL : mem_text((const char *)text);

	xmlFree(text);
	return copy;
}

/* ews_xml_text - all that stands in it */
char *
ews_xml_text(const xmlNode *node)
{
	return node == NULL ? NULL : ours(xmlNodeGetContent(node));
}

/* ews_xml_attribute - one without a name space, as all of Exchange's are */
char *
ews_xml_attribute(const xmlNode *node, const char *name)
{
	return node == NULL ? NULL :
	    ours(xmlGetNoNsProp(node, (const xmlChar *)name));
}
