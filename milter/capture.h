/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture - the bytes of one message, on their way into a draft
 *
 * Header fields are assembled as the client sent them: Postfix gives the
 * value with folds as bare LF; with SMFIP_HDR_LEADSPC nothing is lost after
 * the colon.  A failure is remembered and ends the writing; whoever asks for
 * the copy is told.
 */
#ifndef MILTER_CAPTURE_H
#define MILTER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "journal/spool/draft.h"
#include "milter/scan.h"

struct capture {
	struct draft	*draft;		/* NULL: nothing is being kept */
	int64_t		 most;		/* octets; 0: no limit */
	struct scan	 scan;
	uint64_t	 header_length;
	struct buf	 line;		/* the field being put together */
	bool		 too_large;
	bool		 failed;
	struct err	 err;		/* when failed */
};
#define CAPTURE { .line = BUF }

void	capture_begin(struct capture *, struct spool *, int64_t most);
void	capture_end(struct capture *);	/* let go; may begin again */
void	capture_drop(struct capture *);	/* and free */

/* leading_space: false when Postfix has cut one blank after the colon. */
void	capture_header(struct capture *, const char *name, const char *value,
	    bool leading_space);
void	capture_end_headers(struct capture *);
void	capture_body(struct capture *, const void *, size_t);

#endif
