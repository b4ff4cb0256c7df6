/* SPDX-License-Identifier: BSD-2-Clause */
/* What the child of isolate.c sends: as suspect as the file it reads. */
#include <string.h>

#include "policy/table/isolate_private.h"

/* take_err - what went wrong in the child; -1 */
static int
take_err(const struct source *source, const char *bytes, struct err *err)
{
	struct err said;

	memcpy(&said, bytes, sizeof(said));
	if (memchr(said.text, '\0', sizeof(said.text)) == NULL ||
	    said.text[0] == '\0')
		return err_set(err, ERR_NEVER, "%s: damaged", source->path);
	err_set(err, said.kind == ERR_LATER ? ERR_LATER : ERR_NEVER, "%s",
	    said.text);
	err->sys = said.sys;
	return -1;
}

/* hand_on - do what one complete frame says */
static int
hand_on(struct frames *frames, const struct frame *frame,
    const char *key, struct err *err)
{
	const char *value = key + frame->key_length;
	struct source_pair pair = { .key = key, .key_length = frame->key_length,
		.value = value, .value_length = frame->value_length };

	switch (frame->kind) {
	case FRAME_LOCKED:
		frames->locked = true;
		return 0;
	case FRAME_PAIR:
		return frames->source->pair(frames->source, &pair, err);
	case FRAME_END:
		frames->ended = true;
		return 0;
	default:
		return take_err(frames->source, value, err);
	}
}

/* is_sane - a child whose memory a damaged file has overwritten may send
 * anything */
static bool
is_sane(const struct frame *frame)
{
	return frame->kind <= FRAME_ERROR &&
	    frame->key_length <= FRAME_TEXT_MAX &&
	    frame->value_length <= FRAME_TEXT_MAX &&
	    (frame->kind != FRAME_ERROR ||
	    frame->value_length == sizeof(struct err));
}

/* frames_unpack - hand on the complete frames */
int
frames_unpack(struct frames *frames, struct err *err)
{
	struct frame frame;
	size_t at = 0, rest;

	while (!frames->ended &&
	    (rest = frames->in.len - at) >= sizeof(frame)) {
		const char *bytes = frames->in.data + at;

		memcpy(&frame, bytes, sizeof(frame));
		if (!is_sane(&frame))
			return err_set(err, ERR_NEVER, "%s: damaged",
			    frames->source->path);
		rest -= sizeof(frame);
		if (rest < (size_t)frame.key_length + frame.value_length)
			break;
		if (hand_on(frames, &frame, bytes + sizeof(frame), err) == -1)
			return -1;
		at += sizeof(frame) + frame.key_length + frame.value_length;
	}
	buf_shift(&frames->in, at);
	return 0;
}
