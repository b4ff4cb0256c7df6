/* SPDX-License-Identifier: BSD-2-Clause */
/* What is too much for one answer. */
#include <string.h>

#include "remediate/mailbox/dovecot_private.h"

enum { PAGE = 1000 };		/* messages of one folder */

/* dovecot_fields - that tell of a message that was found; new */
json_t *
dovecot_fields(const char *field)
{
	return json_pack("[sssssss]", "mailbox-guid", "uid", "guid", "mailbox",
	    field, "date.received.unixtime", "size.physical");
}

/* The places of all that may be wanted, and what is asked of them. */
struct pages {
	struct dovecot	*dovecot;
	const char	*field;
	const json_t	*rows;
	dovecot_page	*page;
	void		*arg;
	struct err	*err;
	bool		 enough;
	bool		 left_out;	/* one whose fields are too much alone */
};

static const char *
text_of(const struct pages *pages, size_t i, const char *field)
{
	const char *value = json_string_value(json_object_get(
	    json_array_get(pages->rows, i), field));

	return value != NULL ? value : "";
}

/* check_places - what will be put into queries */
static int
check_places(const json_t *rows, struct err *err)
{
	const struct pages pages = { .rows = rows };

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (!dovecot_is_place(text_of(&pages, i, "mailbox-guid"),
		    text_of(&pages, i, "uid")))
			return err_set(err, ERR_LATER, "the answer is not one "
			    "of the doveadm HTTP API");
	return dovecot_messages(rows, err);
}

/* run_of - how many from there on are in one folder, a page at most */
static size_t
run_of(const struct pages *pages, size_t from)
{
	const char *box = text_of(pages, from, "mailbox-guid");
	size_t n = 1;

	while (n < PAGE && from + n < json_array_size(pages->rows) &&
	    strcmp(box, text_of(pages, from + n, "mailbox-guid")) == 0)
		n++;
	return n;
}

/* these - n messages of one folder, by their numbers; new */
static json_t *
these(const struct pages *pages, size_t from, size_t n)
{
	own(buf) struct buf uids = BUF;

	for (size_t i = from; i < from + n; i++)
		buf_texts(&uids, i > from ? "," : "", text_of(pages, i, "uid"));
	return json_pack("[s s s s]", "mailbox-guid",
	    text_of(pages, from, "mailbox-guid"), "UID", uids.data);
}

/* ask_page - and show it */
static enum mailbox_result
ask_page(struct pages *pages, size_t from, size_t n)
{
	const struct dovecot_command command = { .name = "fetch",
	    .user = pages->dovecot->owner, .arguments = json_pack("{s:o s:o}",
	    "field", dovecot_fields(pages->field), "query",
	    these(pages, from, n)) };
	struct dovecot_answer answer;
	enum mailbox_result result = dovecot_ask(pages->dovecot, &command,
	    &answer, pages->err);

	/* the folder is gone meanwhile, and with it what was there */
	if (result == MAILBOX_GONE)
		return MAILBOX_DONE;
	if (result != MAILBOX_DONE)
		return result;
	result = pages->page(pages->arg, answer.rows, &pages->enough,
	    pages->err);
	dovecot_answer_drop(&answer);
	return result;
}

/* halve - until what is asked for is not too much; one that is too much alone
 * does not keep us from the others */
static enum mailbox_result
halve(struct pages *pages, size_t from, size_t n)
{
	enum mailbox_result result = ask_page(pages, from, n);

	while (result == MAILBOX_NEVER && n > 1 &&
	    dovecot_was_too_long(pages->dovecot)) {
		size_t half = n / 2;

		result = halve(pages, from, half);
		if (result != MAILBOX_DONE || pages->enough)
			return result;
		from += half;
		n -= half;
		result = ask_page(pages, from, n);
	}
	if (result == MAILBOX_NEVER && dovecot_was_too_long(pages->dovecot)) {
		pages->left_out = true;
		return MAILBOX_DONE;
	}
	return result;
}

/* dovecot_pages - first only where they are, and then so many at once */
enum mailbox_result
dovecot_pages(struct dovecot *dovecot, const struct dovecot_search *search,
    dovecot_page *page, void *arg, struct err *err)
{
	const struct dovecot_command command = { .name = "fetch",
	    .user = dovecot->owner, .arguments = json_pack("{s:[ss] s:O}",
	    "field", "mailbox-guid", "uid", "query", search->query) };
	struct pages pages = { .dovecot = dovecot, .field = search->field,
	    .page = page, .arg = arg, .err = err };
	struct dovecot_answer places;
	enum mailbox_result result = dovecot_ask(dovecot, &command, &places,
	    err);
	size_t n;

	if (result != MAILBOX_DONE)
		return result;
	pages.rows = places.rows;
	if (check_places(places.rows, err) == -1)
		result = MAILBOX_LATER;
	for (size_t at = 0; result == MAILBOX_DONE && !pages.enough &&
	    at < json_array_size(places.rows); at += n) {
		n = run_of(&pages, at);
		result = halve(&pages, at, n);
	}
	dovecot_answer_drop(&places);
	return result == MAILBOX_DONE && pages.left_out ? MAILBOX_NEVER :
	    result;
}
