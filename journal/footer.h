/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * footer - the end of a spool file, by which a whole copy is known
 *
 *	message, JSON, "\n",
 *	"TDC1 0000013f 75a1d3b0c2e94f16 0123456789abcdef fedcba9876543210\n"
 *	      size of  boot that wrote  sum of the       sum of JSON, "\n"
 *	      JSON,"\n" it; 0: unknown  message          and this line so far
 *
 * Text of fixed size, so that less(1) shows all of a copy.  The sums find
 * what a crash or a bad disk did; they are no protection against people.
 * Pure.
 */
#ifndef JOURNAL_FOOTER_H
#define JOURNAL_FOOTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FOOTER_SIZE 65

struct footer {
	uint32_t	 json_size;	/* with its line end */
	uint64_t	 boot;
	uint64_t	 message_sum;
	uint64_t	 json_sum;
};

/* footer_sum - go on with a sum that began as 0.  Pieces but the last are of
 * SUM_PIECE bytes, or the sum is another. */
#define SUM_PIECE ((size_t)64 << 10)
uint64_t footer_sum(uint64_t, const void *, size_t);

/* footer_format - append to the JSON, the whole content of the buf, the line
 * end and the footer. */
void	 footer_format(struct buf *json, uint64_t boot, uint64_t message_sum);

/* footer_parse - false: no footer */
bool	 footer_parse(const char *, struct footer *out);

/* footer_fits - is this the JSON, with its line end, of the footer? */
bool	 footer_fits(const struct footer *, const char *line, const char *json);

#endif
