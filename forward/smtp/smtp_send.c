/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"
#include "forward/smtp/content.h"
#include "forward/smtp/smtp_private.h"

/* ---- the replies to a letter ---- */

/* hear_wanted - replies from one step on, while they are as wanted; the step
 * that was not, or count */
static size_t
hear_wanted(struct smtp *smtp, const enum step *steps, size_t at,
    size_t count, struct failure *out)
{
	while (at < count && smtp_hear(smtp, steps[at], out) == 0)
		at++;
	return at;
}

/* end_content - it waits for content that it is not to have */
static void
end_content(struct smtp *smtp, struct failure *ignored)
{
	struct err err;

	if (smtp->trace.line != NULL)
		smtp_trace_note(smtp, SMTP_SAID, ".");
	if (conn_write(&smtp->conn, ".\r\n", 3, &err) == 0)
		(void)smtp_hear(smtp, STEP_BODY, ignored);
	else
		smtp_abandon(smtp);
}

/* hear_flight - the replies to all steps, in order; the first that is not as
 * wanted counts, the others are heard to stay in step */
static int
hear_flight(struct smtp *smtp, const enum step *steps, size_t count,
    struct failure *out)
{
	struct failure other;
	size_t i = hear_wanted(smtp, steps, 0, count, out);

	if (i == 0 && steps[0] == STEP_RSET && count > 1 && !smtp_deaf(smtp)) {
		/* a server that takes our MAIL has begun again, whatever it
		 * said to RSET; it may well take the letter */
		i = smtp_hear(smtp, steps[1], &other) == 0 ?
		    hear_wanted(smtp, steps, 2, count, out) : 1;
	}
	if (i == count)
		return 0;
	smtp->reset = true;
	while (!smtp_deaf(smtp) && ++i < count)
		if (smtp_hear(smtp, steps[i], &other) == 0 &&
		    steps[i] == STEP_DATA)
			end_content(smtp, &other);
	return -1;
}

/* fly - one flight of one letter */
static int
fly(struct smtp *smtp, const struct talk *talk, const enum step *steps,
    size_t count, struct failure *out)
{
	if (smtp_say(smtp, talk, steps, count, out) == -1) {
		if (smtp_deaf(smtp))
			return -1;
		smtp_gag(smtp, out);
	}
	if (hear_flight(smtp, steps, count, out) == -1)
		return -1;
	if (smtp_mute(smtp)) {	/* thanks for what was not all said */
		*out = smtp->end;
		return -1;
	}
	return 0;
}

/* ---- one letter ---- */

/* begin - a letter, or the first of several */
static int
begin(struct smtp *smtp, struct failure *out)
{
	smtp->answered = false;
	if (smtp_idle(smtp))
		return 0;
	return failure_set(out, STEP_MAIL, CAUSE_LOST, "EOF");
}

/* smtp_send - one letter, and its fate */
int
smtp_send(struct smtp *smtp, const struct letter *letter, struct failure *out)
{
	struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps,
	    .letter = letter };
	enum step steps[FLIGHT_STEPS];
	char text[FLIGHT_TEXT];
	size_t count, together;
	int code;

	if (begin(smtp, out) == -1)
		return -1;
	if ((code = flight_refusal(&talk, text)) != 0) {
		reply_make(&out->reply, code, text);
		return failure_reply(out, STEP_MAIL, smtp->helo);
	}
	count = flight_steps(&talk, smtp->reset, steps);
	for (size_t at = 0; at < count; at += together) {
		together = flight_length(&talk, steps + at, count - at);
		if (fly(smtp, &talk, steps + at, together, out) == -1)
			return -1;
		/* MAIL has been said: whatever fails now leaves it open */
		smtp->reset = true;
	}
	smtp->reset = false;
	return 0;
}

/* ---- several letters ---- */

/* cannot_say - which ends the conversation */
static bool
cannot_say(struct smtp *smtp, const struct err *err)
{
	struct failure why;

	(void)smtp_broke(smtp, STEP_MAIL, err, &why);
	smtp_gag(smtp, &why);
	return false;
}

/* push - empty the buffer, by one of the two ways; every letter boarded so far
 * is then completely written */
static bool
push(struct smtp *smtp, int (*way)(struct buf *, struct conn *, struct err *))
{
	struct err err;

	if (way(&smtp->out, &smtp->conn, &err) == -1)
		return cannot_say(smtp, &err);
	smtp->whole = smtp->aboard;
	return true;
}

/* first_aboard - a new flight; false: the server is gone */
static bool
first_aboard(struct smtp *smtp)
{
	smtp->aboard = smtp->whole = smtp->judged = 0;
	smtp->octets = 0;
	smtp->first_reset = smtp->reset;
	buf_cut(&smtp->out, 0);
	if (begin(smtp, &smtp->end) == 0)
		return true;
	smtp_deafen(smtp);
	return false;
}

/* smtp_board - say one more letter in this flight */
bool
smtp_board(struct smtp *smtp, const struct letter *letter)
{
	const struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps,
	    .letter = letter };
	uint64_t size = flight_size(letter);
	bool first = smtp->judged == smtp->aboard;
	enum step steps[FLIGHT_STEPS];
	size_t count;
	struct err err;

	if (!smtp_usable(smtp) ||
	    !flight_joins(&talk, first ? 0 : smtp->octets))
		return false;
	if (!first && smtp->out.len + size > CONTENT_PIECE &&
	    !push(smtp, content_part))
		return false;
	if (first && !first_aboard(smtp)) {
		smtp->aboard++;
		return true;
	}
	count = flight_steps(&talk, !first || smtp->reset, steps);
	smtp->aboard++;
	smtp->octets += size;
	for (size_t i = 0; i < count; i++)
		if (smtp_gather(smtp, &talk, steps[i], &err) == -1) {
			cannot_say(smtp, &err);
			break;
		}
	return true;
}

/* smtp_depart - no more letters */
void
smtp_depart(struct smtp *smtp)
{
	if (smtp_usable(smtp))
		(void)push(smtp, content_flush);
}

/* unheard - the fate of a letter that got no answer: as that which ended the
 * conversation, if that was its turn, or may have been */
static enum smtp_fate
unheard(const struct smtp *smtp, struct failure *out)
{
	bool dead = clock_now() >= smtp->conn.death;

	*out = smtp->end;
	out->step = STEP_MAIL;
	return out->cause == CAUSE_REPLY || (smtp->died && !dead) ?
	    SMTP_UNTRIED : SMTP_FAILED;
}

/* smtp_fate - of the next letter of this flight */
enum smtp_fate
smtp_fate(struct smtp *smtp, struct failure *out)
{
	const struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps };
	bool reset = smtp->judged > 0 || smtp->first_reset;
	bool whole = smtp->judged++ < smtp->whole;
	enum step steps[FLIGHT_STEPS];
	size_t count = flight_steps(&talk, reset, steps);

	smtp->answered = false;
	if (smtp_deaf(smtp))
		return unheard(smtp, out);
	if (hear_flight(smtp, steps, count, out) == 0) {
		smtp->reset = false;
		return whole ? SMTP_TAKEN : unheard(smtp, out);
	}
	if (smtp_mute(smtp) && out->cause != CAUSE_REPLY)
		return unheard(smtp, out);
	if (smtp_deaf(smtp)) {
		smtp->end = *out;
		smtp->died = out->cause == CAUSE_TIMEOUT &&
		    clock_now() >= smtp->conn.death;
	}
	return SMTP_FAILED;
}
