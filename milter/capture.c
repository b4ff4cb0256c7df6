/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/capture.h"

#include <string.h>

/* capture_begin - a message whose bytes are wanted */
void
capture_begin(struct capture *capture, struct spool *spool, int64_t most)
{
	capture_end(capture);
	capture->draft = draft_new(spool);
	capture->most = most;
}

/* capture_end - what was committed stays, the rest vanishes */
void
capture_end(struct capture *capture)
{
	struct buf line = capture->line;

	draft_free(capture->draft);
	*capture = (struct capture){ .line = line };
}

/* capture_drop - as capture_end, and free */
void
capture_drop(struct capture *capture)
{
	capture_end(capture);
	buf_drop(&capture->line);
}

static void
store(struct capture *capture, const void *bytes, size_t n)
{
	if (capture->draft == NULL || capture->failed || capture->too_large)
		return;
	scan_bytes(&capture->scan, bytes, n);
	if (capture->most > 0 &&
	    capture->scan.length > (uint64_t)capture->most)
		capture->too_large = true;
	else if (draft_write(capture->draft, bytes, n, &capture->err) == -1)
		capture->failed = true;
}

/* capture_header - one field, as the client sent it */
void
capture_header(struct capture *capture, const char *name, const char *value,
    bool leading_space)
{
	struct buf *line = &capture->line;

	if (capture->draft == NULL)
		return;
	buf_cut(line, 0);
	buf_text(line, name);
	buf_text(line, leading_space ? ":" : ": ");
	while (*value != '\0') {
		size_t n = strcspn(value, "\n");

		buf_bytes(line, value, n);
		value += n;
		if (*value == '\n') {
			buf_text(line, "\r\n");
			value++;
		}
	}
	buf_text(line, "\r\n");
	store(capture, line->data, line->len);
}

/* capture_end_headers - the empty line */
void
capture_end_headers(struct capture *capture)
{
	store(capture, "\r\n", 2);
	capture->header_length = capture->scan.length;
}

/* capture_body - the next bytes of the body */
void
capture_body(struct capture *capture, const void *bytes, size_t n)
{
	store(capture, bytes, n);
}
