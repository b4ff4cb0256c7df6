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

	(void)name, (void)external, (void)system;
	parser->_private = parser;
	xmlStopParser(parser);
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *space, int spaces, const xmlChar **of_spaces,
    int attributes, int defaulted, const xmlChar **of_attributes)
{
	xmlParserCtxt *parser = arg;

	if (parser->nodeNr >= LEVELS) {
		xmlStopParser(parser);
		return;
	}
	xmlSAX2StartElementNs(arg, name, prefix, space, spaces, of_spaces,
	    attributes, defaulted, of_attributes);
}

/* refuse - why it was not taken */
static int
refuse(xmlParserCtxt *parser, struct err *err)
{
	const xmlError *last = xmlCtxtGetLastError(parser);
	own(str) char *text = mem_text(last != NULL && last->message != NULL ?
	    last->message : "incomplete, or too deep");

	if (parser->_private != NULL)
		return err_set(err, ERR_LATER, "the answer has a DOCTYPE");
	text[strcspn(text, "\r\n")] = '\0';
	return err_set(err, ERR_LATER, "the answer is no XML: line %d: %s",
	    last != NULL ? last->line : 0, ESCAPE(text));
}

/* ews_xml_parse - the document, when it is one of this kind */
int
ews_xml_parse(const char *bytes, size_t n, enum ews_xml_size size,
    xmlDoc **out, struct err *err)
{
	xmlParserCtxt *parser;
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR |
	    XML_PARSE_NOWARNING | XML_PARSE_COMPACT |
	    (size == EWS_XML_LARGE ? XML_PARSE_HUGE : 0);
	xmlDoc *doc;

	pthread_once(&once, start_library);
	if (n == 0 || n > INT_MAX)
		return err_set(err, ERR_LATER, "the answer is no XML: %zu "
		    "octets", n);
	parser = xmlNewParserCtxt();
	if (parser == NULL)
		mem_none();
	parser->sax->internalSubset = on_doctype;
	parser->sax->startElementNs = on_start;
	doc = xmlCtxtReadMemory(parser, bytes, (int)n, NULL, NULL, options);
	if (doc != NULL && parser->_private == NULL && parser->wellFormed) {
		*out = doc;
		xmlFreeParserCtxt(parser);
		return 0;
	}
	(void)refuse(parser, err);
	xmlFreeDoc(doc);
	xmlFreeParserCtxt(parser);
	return -1;
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
