/* SPDX-License-Identifier: BSD-2-Clause */
/* a request is a good one only if its first line says so */
#include <string.h>

#include "control/metrics/http.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *head = (const char *)data;
	struct http_request request;

	http_judge(head, size, &request);
	if (request.status == HTTP_OK) {
		must(size < HTTP_HEAD);
		must(memcmp(head, request.head ? "HEAD " : "GET ",
		    request.head ? 5 : 4) == 0);
		must(memmem(head, size, "/metrics", 8) != NULL);
		must(memmem(head, size, " HTTP/1.", 8) != NULL);
	}
	return 0;
}
