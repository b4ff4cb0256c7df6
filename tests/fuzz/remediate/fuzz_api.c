/* SPDX-License-Identifier: BSD-2-Clause */
/* whatever the API answers: texts end, verdicts are words, ids are there */
#include <ctype.h>
#include <string.h>

#include "remediate/api/api_private.h"
#include "tests/fuzz/fuzz.h"

/* good - each message has what api.h says */
static void
good(const struct api_message *m)
{
	must(*m->id != '\0' && strlen(m->id) <= API_ID_MAX);
	must(m->timestamp >= 0);
	must(m->verdict == api_verdict_of(m->word));
	must(m->message_id != NULL && m->direction != NULL &&
	    m->sender != NULL && m->subject != NULL && m->action != NULL &&
	    m->client != NULL && m->header != NULL);
	for (size_t i = 0; i < m->mailbox_count; i++)
		must(strchr(m->mailboxes[i], '@') != NULL);
}

static void
read_page(const char *text, size_t size)
{
	struct api_page page;
	struct err err;

	if (api_page_read(text, size, &page, &err) == -1)
		return;
	must(strlen(page.next) <= API_TOKEN_MAX);
	for (size_t i = 0; i < page.count; i++)
		good(&page.messages[i]);
	api_page_drop(&page);
}

static void
read_token(const char *text, size_t size)
{
	own(buf) struct buf token = BUF;
	int64_t life;
	struct err err;

	if (api_token_read(text, size, &token, &life, &err) == -1)
		return;
	must(token.len > 0 && life >= -1);
	for (size_t i = 0; i < token.len; i++)
		must(isgraph((unsigned char)token.data[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	enum api_verdict verdict;
	char word[64], says[256];
	struct err err;

	read_page(text, size);
	read_token(text, size);
	if (api_status_read(text, size, &verdict, word, &err) == 0)
		must(verdict < API_VERDICTS);
	api_complaint(text, size, says);
	for (const char *p = says; *p != '\0'; p++)
		must(*p >= ' ' && *p <= '~');
	return 0;
}
