/* SPDX-License-Identifier: BSD-2-Clause */
/* addresses are harmless text, and mean the same when they are read again */
#include <string.h>

#include "base/own.h"
#include "journal/address.h"
#include "tests/fuzz/fuzz.h"

static void
read_again(const struct buf *address)
{
	own(buf) struct buf again = BUF;
	size_t at = 0;

	must(address_next(address->data, address->len, &at, &again));
	must(again.len == address->len);
	must(memcmp(again.data, address->data, again.len) == 0);
	must(address_compare(again.data, address->data) == 0);
	must(!address_next(address->data, address->len, &at, &again));
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
	return 0;
}
