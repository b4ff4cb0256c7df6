/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/chart.h"

#include <inttypes.h>
#include <stdio.h>

#include "control/queue/status.h"
#include "control/report/markup.h"

/* Pixels from the top: the highest line, the base, the letters below it. */
enum { TOP = 12, BASE = 180, FOOT = 198, HEIGHT = 206 };

/* chart_bar - to the right of the others */
void
chart_bar(struct chart *chart, struct chart_bar bar)
{
	if (chart->count < CHART_BARS)
		chart->bars[chart->count++] = bar;
}

/* round_up - to 2, 4, 6 or 10 and zeros, so that half of it is whole, too */
static uint64_t
round_up(uint64_t n)
{
	static const unsigned steps[] = { 2, 4, 6, 10 };
	uint64_t power = 1;

	for (;; power *= 10)
		for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
			if (n <= steps[i] * power ||
			    power > UINT64_MAX / 100)
				return steps[i] * power;
}

static uint64_t
highest(const struct chart *chart)
{
	uint64_t most = 0;

	for (size_t i = 0; i < chart->count; i++)
		if (chart->bars[i].lower + chart->bars[i].upper > most)
			most = chart->bars[i].lower + chart->bars[i].upper;
	return round_up(most);
}

/* height_of - in pixels; what is not nothing is seen */
static double
height_of(uint64_t n, uint64_t most)
{
	double height = (BASE - TOP) * (double)n / (double)most;

	return n > 0 && height < 1.5 ? 1.5 : height;
}

static void
draw_line(uint64_t n, uint64_t most, struct buf *out)
{
	double y = BASE - (BASE - TOP) * (double)n / (double)most;

	buf_format(out, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" "
	    "y1=\"%.1f\" y2=\"%.1f\"/>\n", y, y);
}

/* draw_scale - what a line stands for, to the left of all bars */
static void
draw_scale(uint64_t n, uint64_t most, struct buf *out)
{
	double y = BASE - (BASE - TOP) * (double)n / (double)most;

	buf_format(out, "<text class=\"scale\" x=\"-8\" y=\"%.1f\">%s</text>\n",
	    y + 4, COMMAS(n));
}

static void
draw_piece(const char *class, size_t place[2], double y, double height,
    struct buf *out)
{
	double width = 100.0 / (double)place[1];

	buf_format(out, "<rect class=\"%s\" x=\"%.3f%%\" width=\"%.3f%%\" "
	    "y=\"%.1f\" height=\"%.1f\"/>", class,
	    ((double)place[0] + 0.12) * width, 0.76 * width, y, height);
}

/* draw_bar - its place is the number of the bar, of so many.  The first piece
 * is as high as the chart and is not seen: it shows the hint, too */
static void
draw_bar(const struct chart *chart, size_t i, uint64_t most, struct buf *out)
{
	const struct chart_bar *bar = &chart->bars[i];
	double lower = height_of(bar->lower, most);
	double upper = height_of(bar->upper, most);
	size_t place[2] = { i, chart->count };

	buf_text(out, "<g><title>");
	markup_text(out, bar->hint);
	buf_text(out, "</title>");
	draw_piece("place", place, TOP, BASE - TOP, out);
	if (bar->lower > 0)
		draw_piece("lower", place, BASE - lower, lower, out);
	if (bar->upper > 0)
		draw_piece("upper", place, BASE - lower - upper, upper, out);
	buf_text(out, "</g>\n");
}

/* draw_labels - every second one is left out where it is narrow */
static void
draw_labels(const struct chart *chart, struct buf *out)
{
	unsigned drawn = 0;

	for (size_t i = 0; i < chart->count; i++) {
		if (*chart->bars[i].label == '\0')
			continue;
		buf_format(out, "<text class=\"label%s\" x=\"%.3f%%\" "
		    "y=\"%d\">", drawn++ % 2 == 1 ? " second" : "",
		    100 * ((double)i + 0.5) / (double)chart->count, FOOT);
		markup_text(out, chart->bars[i].label);
		buf_text(out, "</text>\n");
	}
}

/* chart_draw - lines, and the bars before them */
void
chart_draw(const struct chart *chart, const char *name, struct buf *out)
{
	uint64_t most = highest(chart);

	buf_format(out, "<div class=\"plot\"><svg class=\"chart\" "
	    "role=\"img\" width=\"100%%\" height=\"%d\" aria-labelledby=\"%s-title %s-about\">\n"
	    "<title id=\"%s-title\">", HEIGHT, name, name, name);
	markup_text(out, chart->title);
	buf_format(out, "</title>\n<desc id=\"%s-about\">", name);
	markup_text(out, chart->about);
	buf_text(out, "</desc>\n");
	for (unsigned half = 0; half <= 2; half++) {
		draw_line(most / 2 * half, most, out);
		draw_scale(most / 2 * half, most, out);
	}
	for (size_t i = 0; i < chart->count; i++)
		draw_bar(chart, i, most, out);
	draw_labels(chart, out);
	buf_text(out, "</svg></div>\n");
}
