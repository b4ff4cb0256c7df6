/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/intake/offer.h"

struct offer offer = {
	.pipelining = true, .chunking = true, .eightbitmime = true,
	.binarymime = true, .smtputf8 = true, .enhancedstatuscodes = true,
	.starttls = true, .size = true, .limit = 100 << 20,
	.name = "intake.test", .content_checks = true,
};

static const struct extension {
	const char	*name;
	bool		*flag;
} extensions[] = {
	{ "PIPELINING", &offer.pipelining },
	{ "CHUNKING", &offer.chunking },
	{ "8BITMIME", &offer.eightbitmime },
	{ "BINARYMIME", &offer.binarymime },
	{ "SMTPUTF8", &offer.smtputf8 },
	{ "ENHANCEDSTATUSCODES", &offer.enhancedstatuscodes },
	{ "STARTTLS", &offer.starttls },
	{ "SIZE", &offer.size },
	{ .name = NULL }
};

static bool *
find_flag(const char *name)
{
	for (const struct extension *e = extensions; e->name != NULL; e++)
		if (strcasecmp(name, e->name) == 0)
			return e->flag;
	return NULL;
}

/* offer_parse - "A,B=1": these alone; "-A": all but this */
int
offer_parse(char *list, struct err *err)
{
	bool all = *list == '-';
	bool *flag;
	char *word;

	for (const struct extension *e = extensions; e->name != NULL; e++)
		*e->flag = all;
	while ((word = strsep(&list, ", ")) != NULL) {
		bool on = *word != '-';
		char *name = on ? word : word + 1;
		char *value = name + strcspn(name, "=");

		if (*name == '\0')
			continue;
		if (*value == '=') {
			*value++ = '\0';
			offer.limit = strtoull(value, NULL, 10);
		}
		if ((flag = find_flag(name)) == NULL)
			return err_set(err, ERR_NEVER,
			    "-o: no such extension: %s", name);
		*flag = on;
	}
	return 0;
}

/* offer_parameter - take one parameter of MAIL; the reply to it, or NULL */
const char *
offer_parameter(const char *word, const char **body)
{
	if (offer.eightbitmime && (strcasecmp(word, "BODY=7BIT") == 0 ||
	    strcasecmp(word, "BODY=8BITMIME") == 0)) {
		*body = strcasecmp(word, "BODY=7BIT") == 0 ? "7BIT" :
		    "8BITMIME";
		return NULL;
	}
	if (offer.binarymime && strcasecmp(word, "BODY=BINARYMIME") == 0) {
		*body = "BINARYMIME";
		return NULL;
	}
	if (offer.smtputf8 && strcasecmp(word, "SMTPUTF8") == 0)
		return NULL;
	if (offer.size && strncasecmp(word, "SIZE=", 5) == 0) {
		if (offer.limit > 0 &&
		    strtoull(word + 5, NULL, 10) > offer.limit)
			return "552 5.3.4 larger than SIZE";
		return NULL;
	}
	return "555 5.5.4 parameter was not offered";
}
