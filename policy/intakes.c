/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/intakes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"

/* normal - the address in lower case; false: it is not an address.  The local
 * part too: Postfix may report a recipient in lower case only, and a copy that
 * is not recognised would be copied again. */
static bool
normal(const char *address, struct buf *out)
{
	if (strchr(address, '@') == NULL)
		return false;
	buf_text(out, address);
	for (char *p = out->data; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return true;
}

/* intakes_add - add an address */
void
intakes_add(struct intakes *intakes, const struct value *value)
{
	own(buf) struct buf address = BUF;
	uint32_t unused;

	/* There is room for it: the table has it, too. */
	if (value->action == ACTION_ADDRESS && normal(value->intake, &address))
		(void)strings_add(&intakes->whole, address.data, address.len,
		    &unused);
}

/* intakes_add_template - add a value that can become addresses */
void
intakes_add_template(struct intakes *intakes, const struct template *template)
{
	if (template->action != ACTION_ADDRESS)
		return;
	if (intakes->made_count == intakes->made_room) {
		intakes->made_room += intakes->made_room / 2 + 16;
		intakes->made = mem_grow(intakes->made, intakes->made_room,
		    sizeof(*intakes->made));
	}
	intakes->made[intakes->made_count++] = template;
}

/* intakes_have - is the address one of them? */
bool
intakes_have(const struct intakes *intakes, const char *address)
{
	own(buf) struct buf wanted = BUF;
	uint32_t unused;

	if (!normal(address, &wanted))
		return false;
	if (strings_find(&intakes->whole, wanted.data, &unused))
		return true;
	for (size_t i = 0; i < intakes->made_count; i++)
		if (template_leads_to(intakes->made[i], address))
			return true;
	return false;
}

/* intakes_drop - free what was added */
void
intakes_drop(struct intakes *intakes)
{
	strings_drop(&intakes->whole);
	free(intakes->made);
	*intakes = (struct intakes){ 0 };
}

/* intakes_same - are both the same mailbox? */
bool
intakes_same(const char *a, const char *b)
{
	own(buf) struct buf one = BUF;
	own(buf) struct buf other = BUF;

	return a != NULL && b != NULL && normal(a, &one) &&
	    normal(b, &other) && strcmp(one.data, other.data) == 0;
}
