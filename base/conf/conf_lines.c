/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/conf/conf_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/regular.h"

enum { FILE_MAX = 1 << 20 };	/* bytes; a larger file is no tdc.cf */

/* conf_read_file - all of it */
int
conf_read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = regular_fopen(path, err);
	size_t n;

	if (file == NULL)
		return err_wrap(err, "open %s", path);
	do {
		n = fread(buf_room(out, 8192), 1, 8192, file);
		out->len += n;
	} while (n > 0 && out->len <= FILE_MAX);
	if (ferror(file)) {
		err_sys(err, "read %s", path);
		fclose(file);
		return -1;
	}
	fclose(file);
	out->data[out->len] = '\0';
	if (out->len > FILE_MAX)
		return err_set(err, ERR_NEVER, "%s: larger than %d bytes",
		    path, FILE_MAX);
	if (memchr(out->data, '\0', out->len) != NULL)
		return err_set(err, ERR_NEVER, "%s: holds a NUL byte", path);
	return 0;
}

/* conf_logical_line - join a line with those that continue it */
bool
conf_logical_line(const char **text, unsigned *line, struct buf *out,
    unsigned *out_line)
{
	buf_cut(out, 0);
	while (**text != '\0') {
		const char *start = *text;
		size_t n = strcspn(start, "\n");
		size_t blank = strspn(start, " \t\r");

		if (blank < n && start[blank] != '#') {
			if (out->len > 0 && blank == 0)
				return true;
			if (out->len == 0)
				*out_line = *line;
			else
				buf_byte(out, ' ');
			buf_bytes(out, start + blank, n - blank);
			while (out->len > 0 &&
			    isspace((unsigned char)out->data[out->len - 1]))
				buf_cut(out, out->len - 1);
		}
		*text += n + (start[n] == '\n');
		(*line)++;
	}
	return out->len > 0;
}
