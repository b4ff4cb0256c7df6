/* SPDX-License-Identifier: BSD-2-Clause */
/* a policy, a record, a file: what is taken is what it says, within limits */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "forward/tls/sts_kept.h"
#include "forward/tls/sts_policy.h"
#include "tests/fuzz/fuzz.h"

static void
check_policy(const struct sts_policy *policy)
{
	static const char *const hosts[] = { "mx.example.com", "a.b", ".", "",
	    "*.example.com" };

	must(policy->mode <= STS_ENFORCE);
	must(policy->max_age >= 0 && policy->max_age <= STS_AGE_MAX);
	must(policy->length <= STS_POLICY_MAX);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (sts_policy_takes(policy, hosts[i]))
			must(*hosts[i] != '\0' && *hosts[i] != '.');
}

static void
check_record(const char *bytes, size_t size)
{
	char id[STS_ID];

	if (sts_record_parse(bytes, size, id) != STS_RECORD)
		return;
	must(*id != '\0' && strlen(id) < STS_ID);
	must(strspn(id, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(id));
}

/* check_file - it comes back as it went */
static void
check_file(const struct sts_kept *kept)
{
	own(buf) struct buf out = BUF;
	struct sts_kept again;

	check_policy(&kept->policy);
	sts_kept_format(kept, &out);
	must(sts_kept_parse(out.data, out.len, &again));
	must(strcmp(again.id, kept->id) == 0 && again.got == kept->got);
	must(again.policy.mode == kept->policy.mode);
	must(again.policy.max_age == kept->policy.max_age);
	must(again.policy.length == kept->policy.length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* on the heap, so that a byte too far is noticed */
	own(str) char *bytes = mem_new(size > 0 ? size : 1);
	struct sts_policy policy;
	struct sts_kept kept;

	if (size > 0)
		memcpy(bytes, data, size);
	check_record(bytes, size);
	if (sts_policy_parse(bytes, size, &policy))
		check_policy(&policy);
	if (sts_kept_parse(bytes, size, &kept))
		check_file(&kept);
	return 0;
}
