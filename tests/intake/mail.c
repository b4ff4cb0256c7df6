/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/intake/mail.h"
#include "tests/lib/ticks.h"

#define MAIL_PATH 4200

static const char *directory;	/* NULL: nothing is kept */
static atomic_ulong last_number;
const _Atomic uint64_t *mail_ticks;

static const char *
mail_path(char out[MAIL_PATH], unsigned long number, const char *hidden,
    const char *suffix)
{
	snprintf(out, MAIL_PATH, "%s/%s%06lu.%s", directory, hidden,
	    number, suffix);
	return out;
}

/* mail_directory - keep them there, numbered on after what it holds */
void
mail_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	directory = path;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		unsigned long number = strtoul(entry->d_name, NULL, 10);

		if (number > last_number)
			last_number = number;
	}
	if (dir != NULL)
		closedir(dir);
}

/* mail_drop - forget the message; a file that was not kept goes */
void
mail_drop(struct mail *mail)
{
	char path[MAIL_PATH];

	if (mail->file != NULL) {
		fclose(mail->file);
		unlink(mail_path(path, mail->number, ".", "eml"));
	}
	buf_drop(&mail->envelope);
	*mail = (struct mail){ .envelope = BUF, .line_start = true };
}

/* mail_look - what the content demands of the way it was sent */
static void
mail_look(struct mail *mail, const char *bytes, size_t n)
{
	unsigned char bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= (unsigned char)bytes[i];
	mail->eight_bit |= bits > 127;
	for (size_t i = 0; i < n; i++) {
		char byte = bytes[i];

		if (byte == '\n') {
			mail->stray |= mail->last != '\r';
			mail->line = 0;
		} else {
			mail->stray |= mail->last == '\r' || byte == '\0';
			if (byte != '\r' && ++mail->line > mail->longest)
				mail->longest = mail->line;
		}
		mail->last = byte;
	}
}

/* mail_take - n more bytes of content */
void
mail_take(struct mail *mail, const char *bytes, size_t n, bool look)
{
	char path[MAIL_PATH];

	mail->size += n;
	if (look)
		mail_look(mail, bytes, n);
	if (directory == NULL)
		return;
	if (mail->file == NULL) {
		mail->number = atomic_fetch_add(&last_number, 1) + 1;
		mail->file = fopen(mail_path(path, mail->number, ".", "eml"),
		    "we");
		if (mail->file == NULL)
			return;
	}
	fwrite(bytes, 1, n, mail->file);
}

/* mail_undot - take content of DATA out of n bytes; returns how many were
 * used, and whether the end was among them */
size_t
mail_undot(struct mail *mail, const char *bytes, size_t n, bool look,
    bool *out_end)
{
	const char *p = bytes, *end = bytes + n, *hit;

	*out_end = false;
	while (p < end) {
		if (mail->line_start && *p == '.') {
			if (end - p < 2 || (p[1] == '\r' && end - p < 3))
				break;
			if (p[1] == '\r' && p[2] == '\n') {
				*out_end = true;
				return (size_t)(p + 3 - bytes);
			}
			p++;
		}
		mail->line_start = false;
		hit = memmem(p, (size_t)(end - p), "\r\n.", 3);
		if (hit != NULL) {
			mail_take(mail, p, (size_t)(hit + 2 - p), look);
			mail->line_start = true;
			p = hit + 2;
			continue;
		}
		hit = end;		/* keep what may become CRLF "." */
		if (hit[-1] == '\r')
			hit--;
		else if (end - p >= 2 && hit[-1] == '\n' && hit[-2] == '\r')
			hit -= 2;
		mail_take(mail, p, (size_t)(hit - p), look);
		p = hit;
		break;
	}
	return (size_t)(p - bytes);
}

/* mail_keep - make the two files; false: that failed */
bool
mail_keep(struct mail *mail)
{
	char from[MAIL_PATH], to[MAIL_PATH];
	FILE *file;
	bool good;

	if (directory == NULL)
		return true;
	if (mail->file == NULL)		/* an empty message */
		mail_take(mail, "", 0, false);
	if (mail->file == NULL)
		return false;
	good = fclose(mail->file) == 0;
	mail->file = NULL;
	file = fopen(mail_path(from, mail->number, ".", "env"), "we");
	if (file == NULL)
		return false;
	fwrite(mail->envelope.data, 1, mail->envelope.len, file);
	if (mail_ticks != NULL)
		fprintf(file, "tick %llu\n",
		    (unsigned long long)ticks_now(mail_ticks));
	good = fclose(file) == 0 && good;
	good = good && rename(from, mail_path(to, mail->number, "", "env")) == 0;
	mail_path(from, mail->number, ".", "eml");
	return good && rename(from, mail_path(to, mail->number, "", "eml")) == 0;
}
