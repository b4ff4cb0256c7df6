/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz - what every fuzzer is
 *
 * One function that takes any bytes at all and aborts when something is not
 * as it must be.  libFuzzer calls it (make fuzz), and replay.c (make check).
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define must(truth) ((truth) ? (void)0 : abort())

#endif
