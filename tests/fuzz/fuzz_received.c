/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_received - any text as a Received: field; and, in the form that the
 * first byte says, any text as what a client said in HELO to a relay that
 * writes it down as it came: nobody else than that client comes of it, ever */
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "policy/client/received.h"
#include "tests/fuzz/fuzz.h"

#define CLIENT "198.51.100.7"

/* "\1" is what the client said. */
static const char *const forms[] = {
	"from \1 (h.example [" CLIENT "])\n\tby gw.example (Postfix) with ESMTP"
	" id 4ZAbC\n\tfor <u@corp.example>; Tue,  3 Feb 2026 10:00:00 (CET)",
	"from \1 ([" CLIENT "]) by gw.example (8.18.1/8.18.1); now (UTC)",
	"from \1 (" CLIENT ") by EX01.corp.example (10.0.0.5) with Microsoft "
	"SMTP Server (version=TLS1_2) id 15.2; now",
	"from [" CLIENT "] (helo=\1)\n\tby gw.example with esmtp (Exim 4.96)",
	"from h.example ([" CLIENT "] helo=\1)\n\tby gw.example (Exim 4.96)",
	"from unknown (HELO \1) (" CLIENT ")\n  by gw.example with SMTP; now",
	"from unknown (HELO \1) ([" CLIENT "])\n  by gw.example with ESMTP; now",
	"from " CLIENT " (EHLO \1)\n by 10.1.2.3 with SMTPs (version=TLS1_3)",
	"from \1 (unknown [unknown])\n\tby gw.example (Postfix); now",
	"from \1 (h.example)\n\tby gw.example (LSMTP); now",
	"from \1 (EHLO \1) ([" CLIENT "])\n by gw.example with ESMTP; now",
	"by gw.example (Postfix, from userid 1000); \1",
};

/* write_form - the field of a relay, with what a client said in it */
static void
write_form(const char *form, const char *said, struct buf *out)
{
	for (; *form != '\0'; form++)
		if (*form == '\1')
			buf_text(out, said);
		else
			buf_byte(out, *form);
}

/* is_canonical - one address has one text */
static bool
is_canonical(const char *address)
{
	char again[INET6_ADDRSTRLEN];
	struct in6_addr bytes;
	int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;

	return inet_pton(family, address, &bytes) == 1 &&
	    inet_ntop(family, &bytes, again, sizeof(again)) != NULL &&
	    strcmp(again, address) == 0 &&
	    (family == AF_INET || !IN6_IS_ADDR_V4MAPPED(&bytes));
}

static void
try_field(const char *value, const char *only)
{
	struct client client;
	struct arena arena = { 0 };

	if (received_parse(value, &arena, &client) == RECEIVED_CLIENT) {
		must(is_canonical(client.address));
		must(*client.name != '\0');
		must(only == NULL || strcmp(client.address, only) == 0);
	}
	arena_drop(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(buf) struct buf field = BUF;
	own(str) char *text = NULL;

	if (size == 0 || size > 2000)
		return 0;
	text = mem_bytes(data + 1, size - 1);
	try_field(text, NULL);
	text[strcspn(text, "\r\n\1")] = '\0';
	write_form(forms[*data % (sizeof(forms) / sizeof(*forms))], text,
	    &field);
	try_field(field.data, CLIENT);
	return 0;
}
