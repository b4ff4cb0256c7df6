/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chart - bars, as an inline SVG that is as wide as its place
 *
 *	struct chart chart = { .title = "Copies per hour", .about = about };
 *
 *	chart_bar(&chart, (struct chart_bar){ .label = "07:00",
 *	    .hint = "07:00: 12 copies", .lower = 12 });
 *	chart_draw(&chart, "traffic", &html);
 *
 * Lengths from side to side are percentages and all others pixels, so letters
 * and lines have their size on every screen.  Colours are those of the style
 * sheet.
 */
#ifndef CONTROL_REPORT_CHART_H
#define CONTROL_REPORT_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { CHART_BARS = 100, CHART_LABEL = 16, CHART_HINT = 128 };

struct chart_bar {
	char		 label[CHART_LABEL];	/* below it; "": none */
	char		 hint[CHART_HINT];	/* for who points at it */
	uint64_t	 lower, upper;	/* one stands on the other */
};

struct chart {
	const char	*title;
	const char	*about;		/* in words, for who cannot see it */
	size_t		 count;
	struct chart_bar bars[CHART_BARS];
};

/* chart_bar - one more, up to CHART_BARS. */
void	chart_bar(struct chart *, struct chart_bar);

/* chart_draw - name: for ids, without any blank. */
void	chart_draw(const struct chart *, const char *name, struct buf *out);

#endif
