/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/proof/message_id.h"

#include <string.h>

/* message_id_fault - one pair of brackets with printable ASCII in it, and no
 * blank (RFC 5322 3.6.4) */
const char *
message_id_fault(const char *id)
{
	size_t length = strlen(id);

	if (length == 0)
		return "it has no Message-ID";
	if (length > MESSAGE_ID_MAX)
		return "its Message-ID is too long";
	if (id[0] != '<' || id[length - 1] != '>')
		return "its Message-ID has no <>";
	if (length == 2)
		return "its Message-ID is empty";
	for (size_t i = 1; i < length - 1; i++) {
		if ((unsigned char)id[i] < ' ' || (unsigned char)id[i] > '~')
			return "its Message-ID has control or 8-bit "
			    "characters";
		if (id[i] == ' ')
			return "its Message-ID has blanks";
		if (id[i] == '<' || id[i] == '>')
			return "it has more than one Message-ID";
	}
	return NULL;
}
