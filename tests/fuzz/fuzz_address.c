/* SPDX-License-Identifier: BSD-2-Clause */
/* addresses are harmless text, and mean the same when they are read again; so
 * does what the policy takes for an address */
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/report/address.h"
#include "policy/value.h"
#include "tests/fuzz/fuzz.h"

static void
read_again(const struct buf *address)
{
	own(buf) struct buf again = BUF;
	size_t at = 0;

	must(address_next(address->data, address->len, &at, &again));
	must(again.len == address->len);
	must(memcmp(again.data, address->data, again.len) == 0);
	must(!address_next(address->data, address->len, &at, &again));
}

/* read_mailbox - what a table may have as an intake address is one address,
 * the same but for quotation marks that it does not need */
static void
read_mailbox(const uint8_t *data, size_t size)
{
	own(str) char *text = mem_bytes(data, size);
	own(buf) struct buf address = BUF;
	size_t at = 0, n = strlen(text);

	if (!value_is_mailbox(text))
		return;
	must(address_next(text, n, &at, &address));
	must(*text == '"' || strcmp(address.data, text) == 0);
	must(strcmp(strrchr(address.data, '@'), strrchr(text, '@')) == 0);
	must(!address_next(text, n, &at, &address));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(buf) struct buf address = BUF;
	size_t at = 0, before = 0;

	for (; address_next((const char *)data, size, &at, &address);
	    before = at) {
		must(at > before && at <= size);
		must(address.len >= 3 && address.len <= 2 * size);
		must(memchr(address.data, '@', address.len) != NULL);
		for (size_t i = 0; i < address.len; i++)
			must((unsigned char)address.data[i] >= ' ' &&
			    address.data[i] != 127);
		read_again(&address);
	}
	must(at == size);
	read_mailbox(data, size);
	return 0;
}
