/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/dane.h"

#include <limits.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unbound.h>

enum { TYPE_TLSA = 52 };
enum { USAGE_TA = 2, USAGE_EE = 3 };
enum { WHOLE_CERTIFICATE = 0, PUBLIC_KEY = 1 };
enum { ALL_OF_IT = 0, SHA_256 = 1, SHA_512 = 2 };

/* ---- records ---- */

/* is_whole - the data is a certificate, or a key, and nothing after it */
static bool
is_whole(const struct dane_record *record)
{
	const unsigned char *at = record->data;
	bool whole;

	if (record->length > LONG_MAX)
		return false;
	if (record->selector == PUBLIC_KEY) {
		EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)record->length);

		whole = key != NULL;
		EVP_PKEY_free(key);
	} else {
		X509 *certificate = d2i_X509(NULL, &at, (long)record->length);

		whole = certificate != NULL;
		X509_free(certificate);
	}
	return whole && at == record->data + record->length;
}

/* dane_parse - RFC 6698 2.1 */
bool
dane_parse(const void *bytes, size_t n, struct dane_record *out)
{
	const unsigned char *wire = bytes;
	struct dane_record record;

	if (n < 4)
		return false;
	record = (struct dane_record){ wire[0], wire[1], wire[2], n - 3,
	    wire + 3 };
	if ((record.usage != USAGE_TA && record.usage != USAGE_EE) ||
	    record.selector > PUBLIC_KEY)
		return false;
	switch (record.matching) {
	case ALL_OF_IT:
		if (!is_whole(&record))
			return false;
		break;
	case SHA_256:
		if (record.length != SHA256_DIGEST_LENGTH)
			return false;
		break;
	case SHA_512:
		if (record.length != SHA512_DIGEST_LENGTH)
			return false;
		break;
	default:
		return false;
	}
	*out = record;
	return true;
}

/* dane_next - one that can be used */
bool
dane_next(const struct dane *dane, size_t *at, struct dane_record *out)
{
	const struct ub_result *records = dane->records;

	while (records != NULL && records->data[*at] != NULL) {
		size_t i = (*at)++;

		if (dane_parse(records->data[i], (size_t)records->len[i], out))
			return true;
	}
	return false;
}

/* dane_sum - each record's digest, added up */
uint64_t
dane_sum(const struct dane *dane)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	uint64_t sum = 0, one;

	for (size_t i = 0; dane->records != NULL &&
	    dane->records->data[i] != NULL; i++) {
		SHA256((unsigned char *)dane->records->data[i],
		    (size_t)dane->records->len[i], digest);
		memcpy(&one, digest, sizeof(one));
		sum += one;
	}
	return sum;
}

/* dane_drop - as after DANE */
void
dane_drop(struct dane *dane)
{
	resolver_drop(&dane->answer);
	*dane = (struct dane)DANE;
}

/* ---- looking up ---- */

/* find_at - the records of one name; insecure ones are none */
static enum dane_status
find_at(struct resolver *resolver, const char *base, unsigned port,
    int64_t deadline, struct dane *out, const char **why)
{
	char name[DNS_NAME + 16];
	struct resolver_answer answer;
	struct dane_record record;
	enum dns_status status;
	size_t at = 0;

	snprintf(name, sizeof(name), "_%u._tcp.%s", port, base);
	status = resolver_ask(resolver, name, TYPE_TLSA, deadline, &answer);
	*why = answer.why;
	if (status == DNS_LATER || status == DNS_OURS) {
		resolver_drop(&answer);
		return status == DNS_LATER ? DANE_LATER : DANE_OURS;
	}
	if (status != DNS_FOUND || !answer.secure) {
		*why = status != DNS_FOUND ? "no TLSA records" :
		    "TLSA records not signed";
		resolver_drop(&answer);
		return DANE_NONE;
	}
	snprintf(out->base, sizeof(out->base), "%s", base);
	out->answer = answer;
	out->records = answer.result;
	if (dane_next(out, &at, &record))
		return DANE_FOUND;
	dane_drop(out);
	*why = "no usable TLSA records";
	return DANE_UNUSABLE;
}

/* own_name - whether the host's own name can be believed, though not where it
 * leads to */
static enum dane_status
own_name(struct resolver *resolver, const char *host, int64_t deadline,
    const char **why)
{
	bool secure;

	switch (dns_alias(resolver, host, deadline, &secure, why)) {
	case DNS_LATER:
		return DANE_LATER;
	case DNS_OURS:
		return DANE_OURS;
	case DNS_FOUND:
		if (secure)
			return DANE_FOUND;
		break;
	default:
		break;
	}
	*why = "address not signed";
	return DANE_NONE;
}

/* dane_find - for one host */
enum dane_status
dane_find(struct resolver *resolver, const struct dane_host *host,
    int64_t deadline, struct dane *out, const char **why)
{
	enum dane_status status;

	if (!host->secure && *host->canonical == '\0') {
		*why = "address not signed";
		return DANE_NONE;
	}
	if (!host->secure) {
		status = own_name(resolver, host->host, deadline, why);
		if (status != DANE_FOUND)
			return status;
	} else if (*host->canonical != '\0') {
		status = find_at(resolver, host->canonical, host->port,
		    deadline, out, why);
		if (status != DANE_NONE)
			return status;
	}
	return find_at(resolver, host->host, host->port, deadline, out, why);
}
