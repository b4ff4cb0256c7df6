/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/net.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Every address is 128 bits, IPv4 as ::ffff:a.b.c.d. */
struct net {
	uint8_t		address[16];
	unsigned	bits;
	bool		exclude;
};

struct nets {
	size_t		count;
	struct net	net[];
};

static bool
parse_address(const char *text, uint8_t out[16], bool *out_v4)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	*out_v4 = inet_pton(AF_INET, text, out + 12) == 1;
	if (*out_v4) {
		memcpy(out, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, text, out) == 1;
}

/* same_bits - whether the first bits of two addresses agree */
static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, b, bytes) != 0)
		return false;
	return rest == 0 || ((a[bytes] ^ b[bytes]) >> (8 - rest)) == 0;
}

static bool
host_bits_clear(const struct net *net)
{
	for (unsigned i = net->bits; i < 128; i++)
		if (net->address[i / 8] & (0x80 >> i % 8))
			return false;
	return true;
}

static int
parse_length(const char *text, unsigned most, unsigned *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > most)
		return -1;
	*out = (unsigned)n;
	return 0;
}

/* parse_one - [!]address[/length], the address perhaps in brackets */
static int
parse_one(const char *element, struct net *out, struct err *err)
{
	char text[64];
	char *address = text, *slash, *bracket;
	unsigned bits;
	bool v4;

	if (strlen(element) >= sizeof(text))
		goto bad;
	strcpy(text, element);
	out->exclude = *address == '!';
	address += out->exclude;
	slash = strchr(address, '/');
	if (slash != NULL)
		*slash++ = '\0';
	if (*address == '[') {
		bracket = strchr(++address, ']');
		if (bracket == NULL || bracket[1] != '\0')
			goto bad;
		*bracket = '\0';
	}
	if (!parse_address(address, out->address, &v4))
		goto bad;
	bits = v4 ? 32 : 128;
	if (slash != NULL && parse_length(slash, bits, &bits) == -1)
		goto bad;
	out->bits = v4 ? bits + 96 : bits;
	if (!host_bits_clear(out))
		return err_set(err, ERR_NEVER,
		    "'%.60s': bits after the network's length are not 0",
		    element);
	return 0;
bad:
	return err_set(err, ERR_NEVER, "'%.60s' is no network", element);
}

/* net_parse - a list of networks; new */
int
net_parse(const char *list, struct nets **out, struct err *err)
{
	static const char parting[] = " \t,";
	struct nets *nets = mem_new(sizeof(*nets));

	for (list += strspn(list, parting); *list != '\0';
	    list += strspn(list, parting)) {
		size_t n = strcspn(list, parting);
		char *element = mem_bytes(list, n);
		int result;

		nets = mem_grow(nets, 1, sizeof(*nets) +
		    (nets->count + 1) * sizeof(*nets->net));
		result = parse_one(element, &nets->net[nets->count], err);
		free(element);
		if (result == -1) {
			free(nets);
			return -1;
		}
		nets->count++;
		list += n;
	}
	*out = nets;
	return 0;
}

/* net_match - whether the list holds an address; what is none is not in it */
bool
net_match(const struct nets *nets, const char *address)
{
	uint8_t bytes[16];
	bool v4;

	if (!parse_address(address, bytes, &v4))
		return false;
	for (size_t i = 0; i < nets->count; i++)
		if (same_bits(bytes, nets->net[i].address, nets->net[i].bits))
			return !nets->net[i].exclude;
	return false;
}

/* ---- whole networks ---- */

enum share { NONE, SOME, ALL };

/* share_of - how much of a network the list holds, as far as its first element
 * that has to do with the network tells */
static enum share
share_of(const struct nets *nets, const struct net *net)
{
	for (size_t i = 0; i < nets->count; i++) {
		const struct net *one = &nets->net[i];

		if (one->bits <= net->bits &&
		    same_bits(one->address, net->address, one->bits))
			return one->exclude ? NONE : ALL;
		if (one->bits > net->bits &&
		    same_bits(one->address, net->address, net->bits))
			return SOME;
	}
	return NONE;
}

/* is_outside - does inner hold any address of the network that outer does not?
 * Where a list cannot tell of the whole, its halves are looked at: no deeper
 * than the longest prefix. */
static bool
is_outside(const struct nets *inner, const struct nets *outer,
    const struct net *net)
{
	enum share theirs = share_of(inner, net), ours = share_of(outer, net);
	struct net half = *net;

	if (theirs == NONE || ours == ALL)
		return false;
	if (theirs == ALL && ours == NONE)
		return true;
	half.bits++;
	if (is_outside(inner, outer, &half))
		return true;
	half.address[net->bits / 8] |= (uint8_t)(0x80 >> net->bits % 8);
	return is_outside(inner, outer, &half);
}

static void
write_text(const struct net *net, char out[NET_TEXT])
{
	char address[INET6_ADDRSTRLEN];
	bool v4 = net->bits >= 96 && net->address[10] == 0xff &&
	    net->address[11] == 0xff;

	for (unsigned i = 0; v4 && i < 10; i++)
		v4 = net->address[i] == 0;
	inet_ntop(v4 ? AF_INET : AF_INET6, net->address + (v4 ? 12 : 0),
	    address, sizeof(address));
	snprintf(out, NET_TEXT, v4 ? "%s/%u" : "[%s]/%u", address,
	    net->bits - (v4 ? 96 : 0));
}

/* net_outside - the next element of inner that is not all in outer */
bool
net_outside(const struct nets *inner, const struct nets *outer, size_t *at,
    char out[NET_TEXT])
{
	for (; *at < inner->count; ++*at)
		if (!inner->net[*at].exclude &&
		    is_outside(inner, outer, &inner->net[*at])) {
			write_text(&inner->net[(*at)++], out);
			return true;
		}
	return false;
}

/* net_free - NULL */
struct nets *
net_free(struct nets *nets)
{
	free(nets);
	return NULL;
}
