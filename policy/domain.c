/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/domain.h"

#include <idn2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* is_plain - is there certainly no other form? */
static bool
is_plain(const char *domain)
{
	for (const char *p = domain; *p != '\0'; p++)
		if ((unsigned char)*p > 127)
			return false;
	return strstr(domain, "xn--") == NULL;
}

/* take - add a form, unless it is there already */
static void
take(struct domain *domain, const char *form)
{
	char *made = mem_format("@%s", form);

	for (size_t i = 0; i < domain->count; i++)
		if (strcmp(domain->at[i], made) == 0) {
			free(made);
			return;
		}
	domain->made[domain->count - 1] = made;
	domain->at[domain->count++] = made;
}

/* domain_init - find all forms */
void
domain_init(struct domain *domain, const char *at_domain, const char *folded)
{
	char *ascii = NULL, *letters = NULL;

	*domain = (struct domain){ .at = { folded }, .count = 1 };
	if ((is_plain(at_domain) && is_plain(folded)) ||
	    strlen(at_domain) > 1024)
		return;
	if (idn2_to_ascii_8z(at_domain + 1, &ascii, IDN2_NONTRANSITIONAL |
	    IDN2_NFC_INPUT) != IDN2_OK)
		return;
	if (idn2_to_unicode_8z8z(ascii, &letters, 0) == IDN2_OK)
		take(domain, letters);
	take(domain, ascii);
	idn2_free(letters);
	idn2_free(ascii);
}

/* domain_drop - free what was made */
void
domain_drop(struct domain *domain)
{
	for (size_t i = 0; i < DOMAIN_FORMS - 1; i++)
		free(domain->made[i]);
	*domain = (struct domain){ 0 };
}
