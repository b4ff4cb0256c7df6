/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_answer.h"

#include <stdio.h>
#include <string.h>

#include "base/blank.h"
#include "base/digits.h"
#include "base/escape.h"
#include "remediate/ews/ews_code.h"

#define DAY INT64_C(86400000)

/* put - a text of the server's in a field, printable, cut */
static void
put(char *to, size_t size, const xmlNode *node)
{
	own(str) char *text = ews_xml_text(node);
	const char *from = text != NULL ? text : "";

	from += strspn(from, BLANKS);
	snprintf(to, size, "%s", ESCAPE(from));
}

/* wait_of - BackOffMilliseconds, in MessageXml */
static int64_t
wait_of(const xmlNode *node)
{
	const xmlNode *value = ews_xml_child(ews_xml_child(node, NULL,
	    "MessageXml"), NULL, "Value");
	uint64_t ms;

	for (; value != NULL; value = ews_xml_next(value, NULL, "Value")) {
		own(str) char *name = ews_xml_attribute(value, "Name");
		own(str) char *text = ews_xml_text(value);

		if (name == NULL || text == NULL ||
		    strcmp(name, "BackOffMilliseconds") != 0)
			continue;
		return digits_parse(text, strlen(text), DAY, &ms) ?
		    (int64_t)ms : DAY;
	}
	return 0;
}

/* ---- faults ---- */

/* read_fault - its code stands in the detail, or after the prefix of
 * faultcode */
static void
read_fault(const xmlNode *node, struct ews_part *fault)
{
	const xmlNode *detail = ews_xml_child(node, NULL, "detail");
	const char *colon;

	fault->node = node;
	put(fault->code, sizeof(fault->code),
	    ews_xml_child(detail, NULL, "ResponseCode"));
	put(fault->text, sizeof(fault->text),
	    ews_xml_child(node, NULL, "faultstring"));
	if (*fault->code == '\0') {
		put(fault->code, sizeof(fault->code),
		    ews_xml_child(node, NULL, "faultcode"));
		colon = strrchr(fault->code, ':');
		if (colon != NULL)
			memmove(fault->code, colon + 1, strlen(colon + 1) + 1);
	}
	fault->back_off = wait_of(detail);
	fault->result = ews_code(fault->code);
	if (fault->result == MAILBOX_DONE)
		fault->result = MAILBOX_LATER;
}

/* ---- the whole ---- */

static void
read_version(const xmlNode *header, struct ews_answer *answer)
{
	static const char *const names[] = { "MajorVersion", "MinorVersion",
	    "MajorBuildNumber", "MinorBuildNumber" };
	const xmlNode *info = ews_xml_child(header, EWS_TYPES,
	    "ServerVersionInfo");
	size_t at = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		own(str) char *text = ews_xml_attribute(info, names[i]);
		uint64_t number;

		if (text == NULL || !digits_parse(text, strlen(text),
		    UINT32_MAX, &number))
			break;
		at += (size_t)snprintf(answer->version + at,
		    sizeof(answer->version) - at, "%s%u", i > 0 ? "." : "",
		    (unsigned)number);
	}
}

/* ews_answer_parse - envelope and body, and the fault if it is one */
int
ews_answer_parse(const char *bytes, size_t n, struct ews_mime *mime,
    struct ews_answer *out, struct err *err)
{
	struct ews_answer answer = { .fault = { .result = MAILBOX_DONE } };
	const xmlNode *root;
	const xmlNode *fault;

	if (ews_xml_parse(bytes, n, mime, &answer.doc, err) == -1)
		return -1;
	root = xmlDocGetRootElement(answer.doc);
	answer.body = ews_xml_child(root, EWS_SOAP, "Body");
	if (strcmp((const char *)root->name, "Envelope") != 0 ||
	    ews_xml_child(answer.body, NULL, NULL) == NULL) {
		ews_answer_drop(&answer);
		return err_set(err, ERR_LATER, "the answer is not of "
		    "Exchange Web Services");
	}
	read_version(ews_xml_child(root, EWS_SOAP, "Header"), &answer);
	fault = ews_xml_child(answer.body, EWS_SOAP, "Fault");
	if (fault != NULL)
		read_fault(fault, &answer.fault);
	*out = answer;
	return 0;
}

static void
read_part(const xmlNode *node, struct ews_part *part)
{
	own(str) char *class = ews_xml_attribute(node, "ResponseClass");

	*part = (struct ews_part){ .node = node, .back_off = wait_of(node) };
	put(part->code, sizeof(part->code),
	    ews_xml_child(node, EWS_MESSAGES, "ResponseCode"));
	put(part->text, sizeof(part->text),
	    ews_xml_child(node, EWS_MESSAGES, "MessageText"));
	part->result = ews_code(part->code);
	if (part->result == MAILBOX_DONE &&
	    (class == NULL || strcmp(class, "Success") != 0))
		part->result = MAILBOX_LATER;
}

/* ews_answer_part - the i-th response message */
bool
ews_answer_part(const struct ews_answer *answer, size_t i,
    struct ews_part *out)
{
	const xmlNode *node = ews_xml_child(ews_xml_child(ews_xml_child(
	    answer->body, EWS_MESSAGES, NULL), EWS_MESSAGES,
	    "ResponseMessages"), EWS_MESSAGES, NULL);

	while (node != NULL && i-- > 0)
		node = ews_xml_next(node, EWS_MESSAGES, NULL);
	if (node == NULL)
		return false;
	read_part(node, out);
	return true;
}

/* ews_answer_drop - and all nodes of it */
void
ews_answer_drop(struct ews_answer *answer)
{
	xmlFreeDoc(answer->doc);
	*answer = (struct ews_answer){ 0 };
}
