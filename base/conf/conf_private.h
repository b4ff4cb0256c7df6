/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_private - what a configuration keeps besides its values
 */
#ifndef BASE_CONF_PRIVATE_H
#define BASE_CONF_PRIVATE_H

#include <stdbool.h>

#include "base/conf/conf.h"
#include "base/mem.h"

enum { OPTIONS_MAX = 128 };

struct conf_private {
	struct arena	 arena;
	const char	*file;
	const char	*needed;	/* NULL: all of it is */
	struct err	 passed_over;	/* the first error, else */
	bool		 has_passed;
	const char	*raw[OPTIONS_MAX];	/* NULL: the default */
	unsigned	 line[OPTIONS_MAX];
	const char	*where[OPTIONS_MAX];
	bool		 named;		/* helo_name is set */
	bool		 from;		/* journal_from is */

	/* only when all that is wrong is wanted */
	conf_finding	*report;
	void		*arg;
	unsigned	 findings;
};

/* conf_find - the index in conf_options, or -1. */
int	conf_find(const char *name, size_t length);

#endif
