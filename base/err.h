/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * err - why something failed, reported once, by the caller
 *
 *	if (conf_load(path, &conf, err) == -1)
 *		return err_wrap(err, "configuration");
 *
 * A function that can fail takes a struct err as its last argument and
 * returns 0 or -1.  On -1, and only then, the err is filled in.  Libraries do
 * not log: the err travels up to a caller that can decide.
 *
 * The kind answers the only question mail asks of a failure: is it worth
 * trying again?
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))

enum err_kind {
	ERR_LATER,		/* nobody's fault, or ours: try again */
	ERR_NEVER,		/* the input is wrong and will stay wrong */
	ERR_KINDS
};

struct err {
	enum err_kind	kind;
	int		sys;		/* errno of err_sys(), else 0 */
	char		text[512];	/* one line, no final dot, never empty */
};

/* All return -1, so that a failure reads: return err_set(...).  A text
 * longer than the field ends in "..." */
int	err_set(struct err *, enum err_kind, const char *, ...) ERR_PRINTF(3, 4);
int	err_sys(struct err *, const char *, ...) ERR_PRINTF(2, 3); /* + errno */
int	err_wrap(struct err *, const char *, ...) ERR_PRINTF(2, 3); /* prefix */

#endif
