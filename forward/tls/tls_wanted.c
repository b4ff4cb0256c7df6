/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_wanted.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "forward/net/dns.h"

#define SEPARATORS ", \t"

enum { NAME = DNS_NAME + 2 };	/* with a dot before it */

static bool
is_address(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 ||
	    inet_pton(AF_INET6, text, bytes) == 1;
}

static bool
is_word(const char *at, size_t n, const char *word)
{
	return n == strlen(word) && strncmp(at, word, n) == 0;
}

/* next - the next name, which begins with a dot if one below it will do; *at
 * moves after its word.  false: there are no more */
static bool
next(const struct tls_ask *ask, const char **at, char out[NAME])
{
	const char *word = *at + strspn(*at, SEPARATORS);
	size_t n = strcspn(word, SEPARATORS);

	*at = word + n;
	if (n == 0)
		return false;
	if (is_word(word, n, "nexthop"))
		snprintf(out, NAME, "%s", ask->domain);
	else if (is_word(word, n, "dot-nexthop"))
		snprintf(out, NAME, ".%s", ask->domain);
	else if (is_word(word, n, "hostname"))
		snprintf(out, NAME, "%s", ask->host);
	else
		snprintf(out, NAME, "%.*s", (int)n, word);
	return true;
}

/* tls_wanted_ask - OpenSSL wants a name and an address where it is told of
 * both, so an address stands alone */
bool
tls_wanted_ask(SSL *ssl, const struct tls_ask *ask)
{
	const char *at = ask->names;
	char name[NAME], address[NAME] = "";
	bool asked = false;

	if (SSL_set1_host(ssl, NULL) != 1)
		return false;
	while (next(ask, &at, name))
		if (is_address(name))
			memcpy(address, name, sizeof(address));
		else if (SSL_add1_host(ssl, name) != 1)
			return false;
		else
			asked = true;
	return asked || (*address != '\0' && X509_VERIFY_PARAM_set1_ip_asc(
	    SSL_get0_param(ssl), address) == 1);
}

/* tls_wanted_text - for a person */
char *
tls_wanted_text(const struct tls_ask *ask, char out[TLS_WANTED])
{
	const char *at = ask->names;
	char name[NAME], last[NAME] = "";
	size_t n = 0;

	out[0] = '\0';
	while (n < TLS_WANTED && next(ask, &at, name)) {
		bool below = name[0] == '.';

		if (below && strcmp(name + 1, last) == 0)
			n += (size_t)snprintf(out + n, TLS_WANTED - n,
			    " or a name below it");
		else
			n += (size_t)snprintf(out + n, TLS_WANTED - n,
			    "%s%s%.60s", n > 0 ? ", " : "",
			    below ? "a name below " : "", name + below);
		memcpy(last, name, sizeof(last));
	}
	return out;
}
