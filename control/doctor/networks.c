/* SPDX-License-Identifier: BSD-2-Clause */
/* Postfix's mynetworks against internal_networks: what comes from the former
 * alone is outgoing mail, and is journaled as if it were inbound. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/again.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/net.h"
#include "base/own.h"
#include "control/doctor/doctor.h"

enum { MOST = 1 << 16 };	/* bytes of a file of networks */

static const char separators[] = " \t\r\n,";

/* read_file - added to out, without comments; -1: it cannot be read, or is too
 * large to be a list of networks */
static int
read_file(const char *path, struct buf *out)
{
	own(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	own(buf) struct buf text = BUF;
	struct stat st;
	ssize_t n;
	char *rest, *line;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_size > MOST)
		return -1;
	n = AGAIN(read(fd, buf_room(&text, MOST), MOST));
	if (n == -1)
		return -1;
	text.len = (size_t)n;
	text.data[n] = '\0';
	rest = text.data;
	while ((line = strsep(&rest, "\n")) != NULL) {
		line[strcspn(line, "#")] = '\0';
		buf_texts(out, line, " ");
	}
	return 0;
}

/* expand - an element that is a file becomes what the file says */
static void
expand(const char *word, struct buf *out, struct findings *findings)
{
	(void)findings;
	if (*word != '/' || read_file(word, out) == -1)
		buf_texts(out, word, " ");
}

/* keep - an element that is a network; of others nobody can tell here */
static void
keep(const char *word, struct buf *out, struct findings *findings)
{
	struct nets *nets;
	struct err ignored;

	if (net_parse(word, &nets, &ignored) == -1) {
		finding_note(findings, "Postfix: mynetworks has %s, which is "
		    "not looked at: internal_networks should have the same "
		    "networks", ESCAPE(word));
		return;
	}
	net_free(nets);
	buf_texts(out, word, " ");
}

/* each_word - of a list, by itself */
static void
each_word(const char *list, struct buf *out, struct findings *findings,
    void handle(const char *, struct buf *, struct findings *))
{
	for (list += strspn(list, separators); *list != '\0';
	    list += strspn(list, separators)) {
		size_t n = strcspn(list, separators);
		own(str) char *word = mem_bytes(list, n);

		handle(word, out, findings);
		list += n;
	}
}

/* look_at_size - is there anybody left outside? */
static void
look_at_size(const struct nets *internal, struct findings *findings)
{
	struct nets *world;
	char text[NET_TEXT];
	struct err err;
	size_t at = 0;

	if (net_parse("0.0.0.0/0", &world, &err) == -1)
		return;
	if (!net_outside(world, internal, &at, text))
		finding_stop(findings, "internal_networks has all of IPv4, so "
		    "no message counts as inbound: name your own networks");
	net_free(world);
}

static void
compare(const char *list, const struct nets *internal,
    struct findings *findings)
{
	struct nets *nets;
	char text[NET_TEXT];
	struct err err;
	size_t at = 0;

	if (net_parse(list, &nets, &err) == -1)
		return;
	while (net_outside(nets, internal, &at, text))
		finding_warn(findings, "Postfix: mynetworks has %s, "
		    "internal_networks has not: outgoing mail from there is "
		    "journaled: add it to internal_networks", text);
	net_free(nets);
}

/* doctor_networks - who is internal for Postfix, and not for us */
void
doctor_networks(const struct conf *conf, const struct postfix *postfix,
    struct findings *findings)
{
	own(buf) struct buf words = BUF, list = BUF;
	struct nets *internal;
	struct err err;

	if (conf->directions != CONF_INBOUND)
		return;			/* nothing is left alone */
	if (net_parse(conf->internal_networks, &internal, &err) == -1)
		return;			/* tdc-milter has refused it */
	look_at_size(internal, findings);
	each_word(postfix->known ? postfix->mynetworks : "", &words, findings,
	    expand);
	each_word(words.data, &list, findings, keep);
	compare(list.data, internal, findings);
	net_free(internal);
}
