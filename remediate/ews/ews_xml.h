/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_xml - the XML that is said to Exchange, and what it says (libxml2)
 *
 *	const xmlNode *code;
 *
 *	if (ews_xml_can(message_id))
 *		ews_xml_add(&out, message_id);
 *
 *	if (ews_xml_parse(bytes, n, NULL, &doc, &err) == -1)
 *		return -1;
 *	code = ews_xml_child(xmlDocGetRootElement(doc), NULL, "ResponseCode");
 *	text = ews_xml_text(code);
 *	xmlFreeDoc(doc);
 *
 * What is read is the answer of a server that may be anybody's: no DOCTYPE, so
 * no entities but the five of XML itself; nothing is fetched; 256 levels at
 * most.  Pure.
 */
#ifndef REMEDIATE_EWS_XML_H
#define REMEDIATE_EWS_XML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "remediate/ews/ews_mime.h"

#define EWS_SOAP "http://schemas.xmlsoap.org/soap/envelope/"
#define EWS_TYPES "http://schemas.microsoft.com/exchange/services/2006/types"
#define EWS_MESSAGES \
	"http://schemas.microsoft.com/exchange/services/2006/messages"

/* ews_xml_can - is it one line of characters that XML 1.0 can carry?  UTF-8,
 * without controls: those are lost, or changed, on the way. */
bool	 ews_xml_can(const char *text);
/* ews_xml_add - escaped, for content and for attributes in "". */
void	 ews_xml_add(struct buf *out, const char *text);

/* ews_xml_parse - no text of more than 10 million octets; the bytes as a whole
 * have their bound where they come from.  -1: it is no XML, or not of this kind.
 * The caller frees the document.  mime, or NULL: takes the text of MimeContent,
 * of any size, which is not in the document then. */
int	 ews_xml_parse(const char *bytes, size_t n, struct ews_mime *mime,
	    xmlDoc **out, struct err *);

/* ews_xml_child, ews_xml_next - the first element of that name in, or after,
 * this one; NULL: there is none, also of NULL.  space and name may be NULL: of
 * any. */
const xmlNode *ews_xml_child(const xmlNode *, const char *space,
	    const char *name);
const xmlNode *ews_xml_next(const xmlNode *, const char *space,
	    const char *name);

/* ews_xml_text, ews_xml_attribute - new; NULL: there is none. */
char	*ews_xml_text(const xmlNode *);
char	*ews_xml_attribute(const xmlNode *, const char *name);

#endif
