/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/amend.h"

#include "base/buf.h"
#include "base/mem.h"
#include "remediate/lease/verdict_json.h"

/* As the API spells them. */
static const char *const words[API_VERDICTS] = {
	[API_NO_VERDICT] = "noVerdict", [API_NEUTRAL] = "neutral",
	[API_GRAYMAIL] = "graymail", [API_SPAM] = "spam",
	[API_SCAM] = "scam", [API_BEC] = "bec",
	[API_PHISHING] = "phishing", [API_MALICIOUS] = "malicious",
};

/* rewrite - 1: *to is what it should be; 0: it is so already, or nobody can
 * read it anyway */
static int
rewrite(const struct buf *from, enum api_verdict verdict, struct buf *to,
    struct err *err)
{
	struct arena arena = { 0 };
	struct api_message message;
	int result = 0;

	if (verdict_json_read(from->data, from->len, &arena, &message,
	    err) == 0 && message.verdict != verdict) {
		message.word = words[verdict];
		result = verdict_json_write(&message, to, err) == 0 ? 1 : -1;
	}
	arena_drop(&arena);
	return result;
}

/* amend_verdict - when it changes under our hands, it is asked for again later
 * */
int
amend_verdict(struct lease *lease, const char *id, enum api_verdict verdict,
    struct err *err)
{
	own(buf) struct buf text = BUF, other = BUF;
	int64_t revision;
	int result;

	if (verdict == API_UNKNOWN)
		return 0;
	result = lease_get(lease, id, &text, &revision, err);
	if (result == 1)
		result = rewrite(&text, verdict, &other, err);
	if (result < 1)
		return result;
	result = lease_replace(lease, id, revision, &other, err);
	return result == 0 ? err_set(err, ERR_LATER, "the verdict has changed "
	    "in etcd meanwhile") : result == 1 ? 0 : -1;
}
