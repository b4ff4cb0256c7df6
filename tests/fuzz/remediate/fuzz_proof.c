/* SPDX-License-Identifier: BSD-2-Clause */
/* without its queue id and its fields nothing is proved, whatever the header is */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
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
	enum proof proof = proof_of(&candidate, copies, "gw.example");
	bool whole = trace_parse(text, &received);

	must(proof != PROOF_FIELDS);
	must(proof != PROOF_QUEUE_ID || memmem(data, size, "4Q1x", 4) != NULL);
	must(proof != PROOF_QUEUE_ID || memmem(data, size, "<1@x>", 5) != NULL);
	must(by.len <= size && id.len <= size);
	must(!whole || (by.len > 0 && id.len > 0));
	/* copies as a damaged database has them */
	(void)proof_of(&candidate, text, "gw.example");
	(void)proof_of(&candidate, copies, text);
	(void)message_id_fault(text);
	return 0;
}
