/* SPDX-License-Identifier: BSD-2-Clause */
/* Patterns of cidr tables: networks and addresses. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/digits.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/pattern/pattern_private.h"

struct network {
	int		family;
	uint8_t		address[16], mask[16];
};

/* parts - split "[address]/length" in two; length NULL: none */
static int
parts(char *text, char **out_address, char **out_length, struct err *err)
{
	char *rest = text;

	*out_address = text;
	*out_length = NULL;
	if (*text == '[') {
		*out_address = ++text;
		rest = strchr(text, ']');
		if (rest == NULL)
			return err_set(err, ERR_NEVER, "no ']' after '[%s'",
			    ESCAPE(text));
		*rest++ = '\0';
		if (*rest != '\0' && *rest != '/')
			return err_set(err, ERR_NEVER, "text after ']'");
		/* [address/length] is valid, too */
		if (*rest == '\0')
			rest = text;
	}
	rest = strchr(rest, '/');
	if (rest != NULL) {
		*rest = '\0';
		*out_length = rest + 1;
	}
	return 0;
}

/* bits_of - the prefix length; by default all bits */
static int
bits_of(const char *text, unsigned most, unsigned *out)
{
	uint64_t bits = most;

	if (text != NULL && !digits_parse(text, strlen(text), most, &bits))
		return -1;
	*out = (unsigned)bits;
	return 0;
}

static int
network_parse(char *text, struct network *out, struct err *err)
{
	char *address, *length, shown[INET6_ADDRSTRLEN];
	unsigned bits;
	bool hosts = false;

	if (parts(text, &address, &length, err) == -1)
		return -1;
	out->family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(out->family, address, out->address) != 1)
		return err_set(err, ERR_NEVER, "'%s' is not an address",
		    ESCAPE(address));
	if (bits_of(length, out->family == AF_INET ? 32 : 128, &bits) == -1)
		return err_set(err, ERR_NEVER, "'/%s' is not a prefix "
		    "length", ESCAPE(length));
	for (unsigned i = 0; i < bits; i++)
		out->mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	for (unsigned i = 0; i < 16; i++) {
		hosts = hosts || (out->address[i] & ~out->mask[i]) != 0;
		out->address[i] &= out->mask[i];
	}
	if (hosts)
		return err_set(err, ERR_NEVER, "%s/%u has host bits; "
		    "the network is %s/%u", address, bits,
		    inet_ntop(out->family, out->address, shown, sizeof(shown)),
		    bits);
	return 0;
}

static void *
compile(const char **at, struct pattern_extent *extent, struct err *err)
{
	size_t n = strcspn(*at, BLANKS);
	own(str) char *text = mem_bytes(*at, n);
	struct network *network = mem_new(sizeof(*network));

	(void)extent;		/* no more than its text */
	if (network_parse(text, network, err) == -1) {
		free(network);
		return NULL;
	}
	*at += n;
	return network;
}

static int
match(const void *code, struct subject *subject, struct groups *groups,
    struct err *err)
{
	const struct network *network = code;
	size_t size = network->family == AF_INET ? 4 : 16;

	(void)groups, (void)err;
	/* No row, not even a negated one, applies to the other family; but the
	 * rows after an IF are skipped. */
	if (network->family != subject->family)
		return 2;
	for (size_t i = 0; i < size; i++)
		if ((subject->address[i] & network->mask[i]) !=
		    network->address[i])
			return 0;
	return 1;
}

/* covers - is the second network a part of the first, or the same? */
static bool
covers(const void *first, const void *second)
{
	const struct network *wide = first, *narrow = second;
	bool same = wide->family == narrow->family;

	for (size_t i = 0; same && i < sizeof(wide->mask); i++)
		same = (wide->mask[i] & ~narrow->mask[i]) == 0 &&
		    (narrow->address[i] & wide->mask[i]) == wide->address[i];
	return same;
}

/* cidr_subject - parse a key as an IP address */
void
cidr_subject(struct subject *subject)
{
	int family = strchr(subject->text, ':') != NULL ? AF_INET6 : AF_INET;

	if (inet_pton(family, subject->text, subject->address) == 1)
		subject->family = family;
}

const struct pattern_type pattern_cidr = {
	.compile = compile,
	.match = match,
	.drop = free,
	.covers = covers,
};
