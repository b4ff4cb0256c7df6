/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/top/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/queue/sites.h"
#include "control/queue/status.h"
#include "control/top/terminal.h"
#include "control/when.h"
#include "journal/spool/spool_reason.h"

static const char total[] = "";	/* the name of no domain */

/* ---- figures ---- */

struct figure { char s[32]; };

/* rate - "12.3"; "-": not known */
static const char *
rate(struct figure *out, double per_second)
{
	snprintf(out->s, sizeof(out->s), per_second < 0 ? "-" : "%.1f",
	    per_second);
	return out->s;
}

/* age - "12.3 s"; since: ms since 1970, 0 for none */
static const char *
age(struct figure *out, int64_t since)
{
	double seconds = (double)(clock_wall() - since) / 1000;

	if (since == 0)
		return strcpy(out->s, "-");
	if (seconds < 0)	/* the clock was set back */
		seconds = 0;
	if (seconds < 99.95)
		snprintf(out->s, sizeof(out->s), "%.1f s", seconds);
	else if (seconds < 7200)
		snprintf(out->s, sizeof(out->s), "%.0f s", seconds);
	else
		snprintf(out->s, sizeof(out->s), "%.1f h", seconds / 3600);
	return out->s;
}

static double
total_rate(struct screen *screen, const struct status *status,
    enum counter which)
{
	return rates_of(&screen->rates, total, which,
	    counter_get(status->counters, which));
}

/* ---- the head ---- */

static char *
describe_host(const struct screen *screen)
{
	char host[256], now[WHEN_TEXT];

	if (*screen->conf->helo_name != '\0')
		snprintf(host, sizeof(host), "%s", screen->conf->helo_name);
	else
		hostname_get(host);
	return mem_format("tdcctl top, %s, %s", ESCAPE(host),
	    when_text(clock_wall(), now));
}

static char *
describe_programs(const struct status *status)
{
	char at[WHEN_TEXT];
	own(str) char *milters = status->milter_count == 0 ?
	    mem_text("tdc-milter is not running") :
	    status->milter_count == 1 ? mem_format("tdc-milter since %s",
	    when_text(status->milters[0].since, at)) :
	    mem_format("%zu tdc-milters", status->milter_count);

	return status->forwards ?
	    mem_format("Programs:  %s, tdc-forwarder since %s", milters,
	    when_text(status->forwarder.since, at)) :
	    mem_format("Programs:  %s, tdc-forwarder is not running", milters);
}

static char *
describe_messages(struct screen *screen, const struct status *status)
{
	struct figure seen, made;

	return mem_format("Messages:  %s/s seen, %s/s journaled; %s accepted "
	    "without a copy", rate(&seen, total_rate(screen, status,
	    COUNT_MESSAGES)), rate(&made, total_rate(screen, status,
	    COUNT_JOURNALED)), COMMAS(counter_get(status->counters,
	    COUNT_FAILED_OPEN)));
}

/* describe_copies - those who may not look into the spool do not see how many
 * are kept */
static char *
describe_copies(struct screen *screen, const struct status *status)
{
	uint64_t waiting;
	bool known = status_waiting(status, &waiting);
	struct figure sent, later;

	return mem_format("Copies:    %s waiting, %s kept; %s/s delivered, "
	    "%s/s deferred; %s given up", known ? COMMAS(waiting) : "?",
	    status->sees_copies ? COMMAS(status->failed) : "?",
	    rate(&sent, total_rate(screen, status, COUNT_DELIVERED)),
	    rate(&later, total_rate(screen, status, COUNT_SOFT_BOUNCED)),
	    COMMAS(counter_get(status->counters, COUNT_HARD_BOUNCED)));
}

/* ---- the rows ---- */

static const char columns[] = " Waiting   Oldest Conn. Deliv./s Defer./s "
    "Given up  Status    Intake domain";

static char *
describe_domain(struct screen *screen, const struct site_now *row,
    bool forwards, const char *state)
{
	struct figure oldest, sent, later;
	const struct site_row *site = row->site;

	return mem_format("%8s%9s%6s%9s%9s%9s  %-10s%s",
	    COMMAS(row->waiting), age(&oldest, row->oldest),
	    COMMAS(forwards ? site_get(site, COUNT_CONNECTIONS_OUT) : 0),
	    rate(&sent, rates_of(&screen->rates, row->name, COUNT_DELIVERED,
	    site_get(site, COUNT_DELIVERED))),
	    rate(&later, rates_of(&screen->rates, row->name,
	    COUNT_SOFT_BOUNCED, site_get(site, COUNT_SOFT_BOUNCED))),
	    COMMAS(site_get(site, COUNT_HARD_BOUNCED)), state,
	    ESCAPE(row->name));
}

/* describe_reason - of the copy that was tried last; new, or NULL */
static char *
describe_reason(const struct status *status, const struct site_now *row)
{
	char reason[SPOOL_REASON];

	if (row->group == NULL || row->group->tried == NULL)
		return NULL;
	(void)spool_get_reason(status->spool, SPOOL_READY,
	    &row->group->tried->entry, reason);
	return *reason != '\0' ? mem_format("%60s(%s)", "", ESCAPE(reason)) :
	    NULL;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct site_now *one = a, *other = b;

	if (one->waiting != other->waiting)
		return one->waiting > other->waiting ? -1 : 1;
	return strcmp(one->name, other->name);
}

static void
look_at_domains(struct screen *screen, const struct status *status)
{
	struct site_now *rows;
	size_t n = sites_list(status, status->sees_copies ?
	    &screen->census : NULL, NULL, &rows);
	int64_t now = clock_wall();

	qsort(rows, n, sizeof(*rows), compare_rows);
	screen->rows = mem_grow(NULL, n + 1, sizeof(*screen->rows));
	screen->count = n;
	for (size_t i = 0; i < n; i++) {
		enum site_state state = rows[i].site == NULL ? SITE_UNKNOWN :
		    status_of_site(status, rows[i].site);

		screen->rows[i] = (struct screen_row){
		    .text = describe_domain(screen, &rows[i],
		    status->forwards, suspensions_find(&status->suspended,
		    rows[i].name, now) != NULL ? "suspended" :
		    status_state_name(state)),
		    .reason = describe_reason(status, &rows[i]),
		    .down = state == SITE_DOWN };
	}
	free(rows);
}

/* ---- all of it ---- */

static void
forget(struct screen *screen)
{
	for (int i = 0; i < SCREEN_HEAD; i++) {
		free(screen->head[i]);
		screen->head[i] = NULL;
	}
	for (size_t i = 0; i < screen->count; i++) {
		free(screen->rows[i].text);
		free(screen->rows[i].reason);
	}
	free(screen->rows);
	screen->rows = NULL;
	screen->count = 0;
}

/* screen_look - the spool is opened each time, because it may be another one */
int
screen_look(struct screen *screen, struct err *err)
{
	struct status status;

	if (status_open(screen->conf, &status, err) == -1)
		return -1;
	screen->census.alternate = screen->conf->alternate_intake_address;
	if (status.sees_copies &&
	    census_take(&screen->census, status.spool, err) == -1) {
		status_close(&status);
		return -1;
	}
	forget(screen);
	rates_begin(&screen->rates, clock_now());
	screen->head[0] = describe_host(screen);
	screen->head[1] = describe_programs(&status);
	screen->head[2] = describe_messages(screen, &status);
	screen->head[3] = describe_copies(screen, &status);
	look_at_domains(screen, &status);
	rates_end(&screen->rates);
	status_close(&status);
	return 0;
}

/* draw_row - a reason belongs to its domain: both, or none */
static bool
draw_row(const struct screen_row *row, size_t after)
{
	unsigned lines = row->reason != NULL ? 2 : 1;

	if (terminal_left() < lines + (after > 0 ? 1 : 0))
		return false;
	terminal_line(row->down ? TERMINAL_BOLD : TERMINAL_PLAIN, row->text);
	if (row->reason != NULL)
		terminal_line(TERMINAL_PLAIN, row->reason);
	return true;
}

/* screen_draw - as much as there is room for */
void
screen_draw(const struct screen *screen)
{
	own(str) char *more = NULL;
	size_t i = 0;

	for (int j = 0; j < SCREEN_HEAD; j++)
		if (screen->head[j] != NULL)
			terminal_line(TERMINAL_PLAIN, screen->head[j]);
	terminal_line(TERMINAL_PLAIN, "");
	terminal_line(TERMINAL_HEAD, columns);
	while (i < screen->count && draw_row(&screen->rows[i],
	    screen->count - i - 1))
		i++;
	if (i == screen->count)
		return;
	more = mem_format("and %s more", COMMAS(screen->count - i));
	terminal_line(TERMINAL_PLAIN, more);
}

/* screen_drop - all but whose it is */
void
screen_drop(struct screen *screen)
{
	forget(screen);
	rates_drop(&screen->rates);
	census_drop(&screen->census);
}
