/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_names.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 48 };		/* octets of a name that are shown, with its end */

/* show - a name, whatever is in it */
static char *
show(const unsigned char *bytes, int length, char out[NAME])
{
	int n = length < NAME ? length : NAME - 4;

	for (int i = 0; i < n; i++)
		out[i] = bytes[i] > ' ' && bytes[i] <= '~' ? (char)bytes[i] :
		    '?';
	strcpy(out + n, n < length ? "..." : "");
	return out;
}

/* show_address - of either family; a length that no family has is none */
static char *
show_address(const ASN1_OCTET_STRING *bytes, char out[NAME])
{
	int length = ASN1_STRING_length(bytes);
	int family = length == 4 ? AF_INET : AF_INET6;

	if ((length != 4 && length != 16) || inet_ntop(family,
	    ASN1_STRING_get0_data(bytes), out, NAME) == NULL)
		strcpy(out, "?");
	return out;
}

/* name_of - one that counts; NULL: it is of another kind */
static char *
name_of(const GENERAL_NAME *name, char out[NAME])
{
	if (name->type == GEN_DNS)
		return show(ASN1_STRING_get0_data(name->d.dNSName),
		    ASN1_STRING_length(name->d.dNSName), out);
	if (name->type == GEN_IPADD)
		return show_address(name->d.iPAddress, out);
	return NULL;
}

/* list - those of a subjectAltName; how many there are */
static int
list(const GENERAL_NAMES *names, char out[TLS_NAMES])
{
	char one[NAME];
	int count = 0;
	size_t n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		if (name_of(sk_GENERAL_NAME_value(names, i), one) != NULL &&
		    count++ < TLS_NAMES_SHOWN)
			n += (size_t)snprintf(out + n, TLS_NAMES - n, "%s%s",
			    count > 1 ? ", " : "", one);
	if (count > TLS_NAMES_SHOWN)
		(void)snprintf(out + n, TLS_NAMES - n, " and %d more",
		    count - TLS_NAMES_SHOWN);
	return count;
}

/* common_name - if there is one */
static void
common_name(const X509 *certificate, char out[TLS_NAMES])
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *name = at < 0 ? NULL :
	    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	char one[NAME];

	if (name == NULL)
		strcpy(out, "no name");
	else
		snprintf(out, TLS_NAMES, "no name but the common name %s",
		    show(ASN1_STRING_get0_data(name), ASN1_STRING_length(name),
		    one));
}

/* tls_names - a few of them */
char *
tls_names(const X509 *certificate, char out[TLS_NAMES])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate,
	    NID_subject_alt_name, NULL, NULL);

	out[0] = '\0';
	if (names == NULL || list(names, out) == 0)
		common_name(certificate, out);
	GENERAL_NAMES_free(names);
	return out;
}
