/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/probe.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "remediate/owner/owners.h"
#include "remediate/ready/ready.h"

/* probe_api - its credentials */
static bool
probe_api(const struct settings *settings,
    const struct verdict_source *source)
{
	const char *off = rem_settings_no_api(settings);
	own(buf) struct buf said = BUF;
	struct err err;

	if (*off != '\0' || source == NULL || source->test == NULL) {
		printf("API: not tried: %s\n", *off != '\0' ? off :
		    "there is none");
		return true;
	}
	if (!settings->conf.api_polling)
		printf("note: verdicts are not asked for: %s\n",
		    rem_settings_idle(settings));
	if (source->test(source->arg, &said, &err) == -1) {
		printf("API: %s\n", ESCAPE(err.text));
		return false;
	}
	printf("API: ok%s%s\n", said.len > 0 ? ": " : "",
	    ESCAPE(said.data));
	return true;
}

/* probe_profile - log in for that owner */
static bool
probe_profile(const struct profile *profile, const char *owner)
{
	own(buf) struct buf said = BUF;
	struct err err = { .text = "" };

	if (profile->backend->test(profile, owner, &said, &err) ==
	    MAILBOX_DONE) {
		printf("profile %s, mailbox %s: ok%s%s\n", profile->name,
		    ESCAPE(owner), said.len > 0 ? ": " : "",
		    ESCAPE(said.data));
		return true;
	}
	printf("profile %s, mailbox %s: %s\n", profile->name, ESCAPE(owner),
	    ESCAPE(err.text));
	return false;
}

/* find_owners - the mailboxes that the address leads to, and say so */
static int
find_owners(const struct settings *settings, const char *address,
    struct owners *out)
{
	const struct owners_tables tables = {
		.aliases = settings->aliases,
		.mailboxes = settings->mailboxes,
		.delimiters = settings->conf.recipient_delimiter,
		.origin = settings->origin };
	struct err err;

	if (owners_find(&tables, address, out, &err) == 0)
		return 0;
	printf("address %s\n", ESCAPE(err.text));
	return -1;
}

/* probe_domain - the profiles that mail for this address is remediated by; false:
 * there is none */
static bool
probe_domain(const struct settings *settings, const char *address)
{
	const struct profile *const *chain;
	own(buf) struct buf name = BUF;
	const char *at = strrchr(address, '@');
	struct err err;
	size_t count = 0;
	int got = at == NULL ? 0 : maps_find(settings->domains, at + 1, &name,
	    &err);

	if (got == 1)
		count = profiles_chain(settings->profiles, name.data, &chain);
	printf("address %s: ", ESCAPE(address));
	if (got == -1)
		printf("remediation_domain_map: %s\n", ESCAPE(err.text));
	else if (got == 0)
		printf("remediation_domain_map has no profile for it\n");
	else if (count == 0)
		printf("remediation_domain_map says '%s', and there is no such "
		    "profile or chain\n", ESCAPE_INSIDE(name.data, '\''));
	for (size_t i = 0; i < count; i++)
		printf("%s%s%s", i == 0 ? "by profile " : ", then ",
		    chain[i]->name, i + 1 == count ? "\n" : "");
	return count > 0;
}

static bool
probe_profiles(const struct settings *settings, const char *address)
{
	struct owners owners;
	bool good = probe_domain(settings, address);

	if (find_owners(settings, address, &owners) == -1)
		return false;
	for (size_t i = 0; i < profiles_count(settings->profiles); i++)
		for (size_t j = 0; j < owners.count; j++)
			good &= probe_profile(profiles_at(settings->profiles,
			    i), owners.names[j]);
	owners_drop(&owners);
	return good;
}

/* probe_local - nobody is asked over the network */
int
probe_local(const struct settings *settings)
{
	const struct ready ready = { .conf = &settings->conf,
		.sendmail = settings->sendmail,
		.profiles = settings->profiles, .domains = settings->domains };

	return ready_look(&ready);
}

/* probe_all - one line each */
int
probe_all(const struct settings *settings,
    const struct verdict_source *source, const char *address)
{
	int code = probe_local(settings);
	bool good = probe_api(settings, source);

	if (settings->aliases_why != NULL)
		printf("note: a table of Postfix's virtual_alias_maps is not "
		    "asked: %s\n", ESCAPE(settings->aliases_why));
	if (address != NULL)
		good &= probe_profiles(settings, address);
	else if (profiles_count(settings->profiles) > 0)
		printf("profiles: not tried: give an address, as tdc-remediator "
		    "-n user@example.com\n");
	else
		printf("profiles: there is none (remediation_profiles)\n");
	return code != EX_OK ? code : good ? EX_OK : EX_UNAVAILABLE;
}
