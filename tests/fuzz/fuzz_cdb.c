/* SPDX-License-Identifier: BSD-2-Clause */
/* any bytes as a CDB file: an error, or pairs of which all lie in the file */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "policy/table/source.h"
#include "tests/fuzz/fuzz.h"

struct counter {
	struct source	 source;	/* first: it is what pair() gets */
	size_t		 pairs, bytes;
	unsigned	 sum;		/* of all bytes, so that each is read */
};

static int
count(struct source *source, const struct source_pair *pair, struct err *err)
{
	struct counter *counter = (struct counter *)source;

	(void)err;
	for (size_t i = 0; i < pair->key_length; i++)
		counter->sum += (unsigned char)pair->key[i];
	for (size_t i = 0; i < pair->value_length; i++)
		counter->sum += (unsigned char)pair->value[i];
	counter->bytes += pair->key_length + pair->value_length + 8;
	counter->pairs++;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[32];
	static int file = -1;
	struct counter counter = { .source = { .path = path, .pair = count } };
	struct err err = { .text = "" };

	if (file == -1) {
		file = memfd_create("cdb", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	must(file != -1 && ftruncate(file, 0) == 0);
	must(pwrite(file, data, size, 0) == (ssize_t)size);
	if (cdb_read_all(&counter.source, &err) == 0)
		must(counter.bytes + 2048 <= size);
	else
		must(err.kind == ERR_NEVER && err.text[0] != '\0');
	return 0;
}
