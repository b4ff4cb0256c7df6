/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/endpoint.h"
#include "tests/tools/send_link.h"

void
link_close(struct link *link)
{
	if (link->in != NULL)
		fclose(link->in);
	else if (link->fd != -1)
		close(link->fd);
	*link = (struct link){ .fd = -1 };
}

/* link_reply - read one reply; its code, and its last line in text; 0: gone */
int
link_reply(struct link *link, char text[512])
{
	do {
		if (fgets(text, 512, link->in) == NULL) {
			strcpy(text, "connection lost");
			return 0;
		}
		text[strcspn(text, "\r\n")] = '\0';
	} while (strlen(text) > 3 && text[3] == '-');
	return atoi(text);
}

bool
link_say(struct link *link, const char *line, char text[512])
{
	return endpoint_write(link->fd, line, strlen(line)) &&
	    link_reply(link, text) / 100 == 2;
}

/* link_say_all - write, and read as many replies; the last one's code, or that of
 * the first that is a refusal; 0: the connection is gone */
int
link_say_all(struct link *link, const struct buf *out, unsigned replies,
    char text[512])
{
	char ignored[512];
	int code = 0, bad = 0;

	if (!endpoint_write(link->fd, out->data, out->len)) {
		strcpy(text, "connection lost");
		return 0;
	}
	while (replies-- > 0) {
		code = link_reply(link, bad ? ignored : text);
		if (code == 0)
			return 0;
		if (code / 100 > 3 && bad == 0)
			bad = code;
	}
	return bad != 0 ? bad : code;
}
