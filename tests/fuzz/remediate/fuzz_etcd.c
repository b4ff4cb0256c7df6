/* SPDX-License-Identifier: BSD-2-Clause */
/* an answer of etcd, an error, or a verdict of another gateway: what is taken is
 * within its limits, and text that comes from there may stand in a line */
#include <string.h>

#include "base/mem.h"
#include "remediate/lease/etcd_answer.h"
#include "remediate/lease/etcd_base64.h"
#include "remediate/lease/verdict_json.h"
#include "tests/fuzz/fuzz.h"

static void
check_err(const struct err *err)
{
	must(*err->text != '\0');
	for (const char *p = err->text; *p != '\0'; p++)
		must(*p >= ' ' && *p <= '~');
}

/* check_bytes - they are there, to the last one, and come back as they went */
static void
check_bytes(const char *bytes, size_t n)
{
	struct arena arena = { 0 };
	own(buf) struct buf text = BUF;
	const char *again;
	size_t length;

	must(bytes[n] == '\0');
	etcd_base64_add(bytes, n, &text);
	again = etcd_base64_read(&arena, text.data, text.len, &length);
	must(again != NULL && length == n && memcmp(again, bytes, n) == 0);
	arena_drop(&arena);
}

static void
check_answer(const struct etcd_answer *answer)
{
	for (const char *p = answer->token; *p != '\0'; p++)
		must(*p > ' ' && *p <= '~');
	for (size_t i = 0; i < answer->count; i++) {
		check_bytes(answer->pairs[i].key, answer->pairs[i].key_length);
		check_bytes(answer->pairs[i].value,
		    answer->pairs[i].value_length);
	}
}

/* check_verdict - it can be told again, and is the same then */
static void
check_verdict(const char *bytes, size_t size)
{
	struct arena arena = { 0 };
	own(buf) struct buf text = BUF, again = BUF;
	struct api_message message;
	struct err err;

	if (verdict_json_read(bytes, size, &arena, &message, &err) == -1) {
		check_err(&err);
	} else {
		must(*message.id != '\0');
		must(verdict_json_write(&message, &text, &err) == 0);
		must(verdict_json_read(text.data, text.len, &arena, &message,
		    &err) == 0);
		must(verdict_json_write(&message, &again, &err) == 0);
		must(strcmp(text.data, again.data) == 0);
	}
	arena_drop(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* on the heap, so that a byte too far is noticed */
	own(str) char *bytes = mem_new(size > 0 ? size : 1);
	struct etcd_answer answer;
	struct err err;
	int code;

	if (size > 0)
		memcpy(bytes, data, size);
	if (etcd_answer_read(bytes, size, &answer, &err) == 0) {
		check_answer(&answer);
		etcd_answer_drop(&answer);
	} else {
		check_err(&err);
	}
	check_verdict(bytes, size);
	must(etcd_fault_read(500, bytes, size, &code, &err) <= ETCD_REQUEST);
	must(code >= -1 && code < 100);
	check_err(&err);
	return 0;
}
