/* SPDX-License-Identifier: BSD-2-Clause */
/* without its queue id and its fields nothing is proved, whatever the header is;
 * and without it nothing is found by it */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/mailbox/sought.h"
#include "remediate/proof/message_id.h"
#include "remediate/proof/proof.h"
#include "remediate/proof/trace.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(str) char *text = mem_bytes(data, size);
	own(buf) struct buf by = BUF, id = BUF;
	struct trace_field received = { &by, &id, 0 };
	const struct proof_candidate candidate = { .header = text,
		.size = size, .message_id = "<1@x>",
		.received = INT64_C(1700000000000) };
	static const char copies[] = "4Q1x 1700000000000 "
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n";
	static const char another[] = "4Q1x 1700000000000 - another-id\n";
	const struct sought by_id = { .message_id = "<1@x>" };
	const struct sought by_queue_id = { .queue_id = "4Q1x" };
	bool has_queue_id = memmem(data, size, "4Q1x", 4) != NULL;
	bool has_id = memmem(data, size, "<1@x>", 5) != NULL;
	enum proof proof = proof_of(&candidate, copies, "gw.example");
	bool whole = trace_parse(text, &received);

	must(proof != PROOF_FIELDS);
	must(proof != PROOF_QUEUE_ID || has_queue_id);
	proof = proof_of(&candidate, another, "gw.example");
	must(proof != PROOF_FIELDS);
	must(proof != PROOF_QUEUE_ID || (has_queue_id && has_id));
	must(!sought_has(&by_id, text, size) || has_id);
	must(!sought_has(&by_queue_id, text, size) || has_queue_id);
	must(by.len <= size && id.len <= size);
	must(!whole || (by.len > 0 && id.len > 0));
	/* copies as a damaged database has them */
	(void)proof_of(&candidate, text, "gw.example");
	(void)proof_of(&candidate, copies, text);
	(void)message_id_fault(text);
	return 0;
}
