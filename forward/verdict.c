/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/verdict.h"

#include <stdio.h>
#include <string.h>

/* The retry table. */
const struct verdict_row verdict_rows[VERDICTS] = {
	[VERDICT_NONE] = { "Try Again", "connection error", true,
	    COUNT_HARD_NETWORK, LOG_given_up_network, SPOOL_WHY_NETWORK },
	[VERDICT_NETWORK] = { "Connection Error", "connection error", true,
	    COUNT_HARD_NETWORK, LOG_given_up_network, SPOOL_WHY_NETWORK },
	[VERDICT_SOFT] = { "Retries Exhausted", "retries exhausted", true,
	    COUNT_HARD_RETRIES, LOG_given_up_soft, SPOOL_WHY_RETRIES },
	[VERDICT_TLS] = { "TLS Error", "TLS error", false,
	    COUNT_HARD_TLS, LOG_given_up_tls, SPOOL_WHY_TLS },
	[VERDICT_HARD] = { "Hard Bounced", "hard bounced", false,
	    COUNT_HARD_5XX, LOG_given_up_hard, SPOOL_WHY_5XX },
	[VERDICT_NO_HOST] = { "Hard Bounced", "hard bounced", false,
	    COUNT_HARD_DNS, LOG_given_up_hard, SPOOL_WHY_DNS },
	[VERDICT_EXPIRED] = { "Expired", "expired", false,
	    COUNT_HARD_EXPIRED, LOG_given_up_age, SPOOL_WHY_EXPIRED },
};

/* What each cause but a reply comes to. */
static const struct {
	enum verdict_class class;
	const char	*enhanced;
} causes[CAUSES] = {
	[CAUSE_OURS]     = { VERDICT_NONE,    "4.3.0" },
	[CAUSE_LOST]     = { VERDICT_NETWORK, "4.4.0" },
	[CAUSE_TIMEOUT]  = { VERDICT_NETWORK, "4.4.0" },
	[CAUSE_GARBAGE]  = { VERDICT_NETWORK, "4.5.0" },
	[CAUSE_REPLY]    = { VERDICT_NONE,    "" },	/* see reply_class() */
	[CAUSE_TLS]      = { VERDICT_TLS,     "5.7.0" },
	[CAUSE_LOGIN]    = { VERDICT_SOFT,    "4.7.0" },
	[CAUSE_DNS_SOFT] = { VERDICT_NETWORK, "4.4.3" },
	[CAUSE_DNS_HARD] = { VERDICT_NO_HOST, "5.1.2" },
	[CAUSE_EXPIRED]  = { VERDICT_EXPIRED, "5.4.7" },
};

/* Without their class digit.  The words of AsyncOS where a log shows them,
 * else those of RFC 3463; detail 0 also stands for details not listed. */
static const struct {
	const char	*code;
	const char	*words;
} meanings[] = {
	{ "1.0", "Unknown address error" },
	{ "1.1", "Bad destination mailbox address" },
	{ "1.2", "Bad destination host" },
	{ "1.3", "Bad destination mailbox address syntax" },
	{ "1.7", "Bad sender's mailbox address syntax" },
	{ "1.8", "Bad sender's system address" },
	{ "2.0", "Other mailbox problem" },
	{ "2.1", "Mailbox disabled, not accepting messages" },
	{ "2.2", "Mailbox full" },
	{ "2.3", "Message length exceeds administrative limit" },
	{ "3.0", "Other mail system problem" },
	{ "3.1", "Mail system full" },
	{ "3.2", "Not accepting messages at this time" },
	{ "3.4", "Message too big for system" },
	{ "4.0", "Other network problem" },
	{ "4.1", "No answer from host" },
	{ "4.2", "Bad connection" },
	{ "4.3", "Directory server failure" },
	{ "4.4", "Unable to route" },
	{ "4.5", "Mail system congestion" },
	{ "4.6", "Routing loop detected" },
	{ "4.7", "Delivery expired (message too old)" },
	{ "5.0", "Other protocol problem" },
	{ "5.1", "Invalid command" },
	{ "5.2", "Syntax error" },
	{ "5.3", "Too many recipients" },
	{ "5.4", "Invalid command arguments" },
	{ "6.0", "Other media problem" },
	{ "6.1", "Media not supported" },
	{ "6.7", "Non-ASCII addresses not permitted" },
	{ "7.0", "Other security problem" },
	{ "7.1", "Delivery not authorized, message refused" },
};

static const char *
find_words(const char *code, size_t length)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (strlen(meanings[i].code) == length &&
		    memcmp(meanings[i].code, code, length) == 0)
			return meanings[i].words;
	return NULL;
}

/* verdict_words - what an enhanced code is called */
const char *
verdict_words(const char *enhanced)
{
	const char *code = strchr(enhanced, '.');
	const char *words = NULL;
	char other[] = "?.0";

	if (code != NULL && *++code != '\0') {
		words = find_words(code, strlen(code));
		other[0] = *code;
		if (words == NULL && code[1] == '.')
			words = find_words(other, 3);
	}
	return words != NULL ? words : "Other SMTP error";
}

/* reply_class - the rows of the table that are about replies */
static enum verdict_class
reply_class(enum step step, int code)
{
	if (code < 400)
		return VERDICT_NETWORK;	/* "yes" to another question */
	if (step == STEP_RSET && code != 421)
		return VERDICT_NETWORK;	/* it is about the letter before */
	if (step == STEP_STARTTLS && code != 421)
		return VERDICT_TLS;
	if (code < 500 || code == 503 || code == 552)
		return VERDICT_SOFT;
	return VERDICT_HARD;
}

/* reply_meaning - subject and detail for a reply that has none itself */
static const char *
reply_meaning(enum step step, int code)
{
	if (code == 421)
		return "3.2";
	if (code == 503)
		return "5.1";
	if (code == 552)
		return "3.4";
	if (step == STEP_MAIL || step == STEP_RCPT)
		return "1.0";
	return step_rows[step].blame == BLAME_SITE ? "3.2" : "3.0";
}

static void
reply_verdict(const struct failure *failure, struct verdict *out)
{
	const struct reply *reply = &failure->reply;
	bool ours = failure->our_name || failure->our_login;

	out->class = ours ? VERDICT_SOFT :
	    reply_class(failure->step, reply->code);
	out->blame = reply->code == 421 || ours ? BLAME_SITE :
	    step_rows[failure->step].blame;
	if (reply->enhanced[0] != '\0')
		memcpy(out->enhanced, reply->enhanced, sizeof(out->enhanced));
	else
		snprintf(out->enhanced, sizeof(out->enhanced), "%c.%.3s",
		    '0' + reply->code / 100,
		    reply_meaning(failure->step, reply->code));
	snprintf(out->code, sizeof(out->code), "%d", reply->code);
}

/* verdict_of - what a failure means for a copy */
void
verdict_of(const struct failure *failure, struct verdict *out)
{
	out->failure = failure;
	if (failure->cause == CAUSE_REPLY) {
		reply_verdict(failure, out);
	} else {
		out->class = causes[failure->cause].class;
		out->blame = BLAME_SITE;
		strcpy(out->enhanced, causes[failure->cause].enhanced);
		strcpy(out->code, "000");
	}
	out->words = verdict_words(out->enhanced);
}
