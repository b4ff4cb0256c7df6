/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "remediate/api/api_private.h"

static const struct {
	const char	*name, *url;
} regions[] = {
	{ "us", "https://api.us.etd.cisco.com" },
	{ "de", "https://api.de.etd.cisco.com" },
	{ "au", "https://api.au.etd.cisco.com" },
	{ "in", "https://api.in.etd.cisco.com" },
	{ "ae", "https://api.ae.etd.cisco.com" },
};

static const struct {
	const char	*word;
	bool		 threat;
} verdicts[API_VERDICTS] = {
	[API_UNKNOWN] = { NULL, false },
	[API_NO_VERDICT] = { "noverdict", false },
	[API_NEUTRAL] = { "neutral", false },
	[API_GRAYMAIL] = { "graymail", false },
	[API_SPAM] = { "spam", false },
	[API_SCAM] = { "scam", true },
	[API_BEC] = { "bec", true },
	[API_PHISHING] = { "phishing", true },
	[API_MALICIOUS] = { "malicious", true },
};

/* api_region - where the API of a region is */
const char *
api_region(const char *name)
{
	for (size_t i = 0; i < sizeof(regions) / sizeof(*regions); i++)
		if (strcmp(regions[i].name, name) == 0)
			return regions[i].url;
	return NULL;
}

/* is_word - the same, but for case, blanks, "-" and "_" */
static bool
is_word(const char *text, const char *word)
{
	for (; *text != '\0'; text++) {
		if (strchr("-_ ", *text) != NULL)
			continue;
		if (tolower((unsigned char)*text) != *word)
			return false;
		word++;
	}
	return *word == '\0';
}

/* api_verdict_of - what a word means */
enum api_verdict
api_verdict_of(const char *word)
{
	for (int i = API_UNKNOWN + 1; i < API_VERDICTS; i++)
		if (is_word(word, verdicts[i].word))
			return (enum api_verdict)i;
	return API_UNKNOWN;
}

/* api_is_threat - a verdict that remediation may be for */
bool
api_is_threat(enum api_verdict verdict)
{
	return verdict > API_UNKNOWN && verdict < API_VERDICTS &&
	    verdicts[verdict].threat;
}

/* begins - regardless of case */
static bool
begins(const char *text, const char *word)
{
	return strncasecmp(text, word, strlen(word)) == 0;
}

/* api_has_moved - its first word says what, the last one where to */
bool
api_has_moved(const char *action)
{
	static const char *const words[] = { "move", "delete", "quarantine",
		"trash", "junk" };
	const char *last = strrchr(action, ' ');

	if (last != NULL && strcasecmp(last + 1, "inbox") == 0)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (begins(action, words[i]))
			return true;
	return false;
}
