/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/settings.h"

#include <stdlib.h>

#include "base/mem.h"

/* settings_load - read and check all of it */
int
settings_load(const char *path, const atomic_bool *stopped,
    struct settings **out, struct err *err)
{
	struct settings *settings = mem_new(sizeof(*settings));

	if (conf_load(path, &settings->conf, err) == -1) {
		free(settings);
		return -1;
	}
	conf_run_as_remediator(&settings->conf);
	conf_ask_postfix(&settings->conf);
	settings->stopped = stopped;
	*out = settings;
	return 0;
}

/* settings_free - and all that was made */
struct settings *
settings_free(struct settings *settings)
{
	if (settings == NULL)
		return NULL;
	conf_drop(&settings->conf);
	free(settings);
	return NULL;
}
