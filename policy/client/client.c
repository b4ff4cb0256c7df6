/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/client/client.h"

#include <strings.h>

/* client_name - every form of an unknown name becomes one */
const char *
client_name(const char *name)
{
	static const char unknown[] = "unknown";

	/* no host's name begins with a bracket of any kind */
	return *name == '\0' || *name == '[' || *name == '<' ||
	    strcasecmp(name, unknown) == 0 ? unknown : name;
}
