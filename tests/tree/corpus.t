#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# corpus - every fuzzer takes all that its corpus holds, without libFuzzer
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${TDC_BUILD:-build}
tests=0
failed=0

for source in tests/fuzz/fuzz_*.c tests/fuzz/*/fuzz_*.c; do
	[ -e "$source" ] || continue
	name=${source#tests/fuzz/}
	name=${name%.c}
	corpus=tests/fuzz/corpus/${name##*fuzz_}
	count=$(find "$corpus" -type f | wc -l)
	tests=$((tests + 1))
	if [ "$count" -gt 0 ] &&
	    find "$corpus" -type f -exec "$build/tests/fuzz/$name" {} + >&2
	then
		echo "ok $tests - $name: $count files"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $name: $count files"
	fi
done
[ "$tests" -gt 0 ] && echo "1..$tests" || echo "1..0 # SKIP no fuzzers here"
[ "$failed" -eq 0 ]
