#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fuzz - run every fuzzer for a while: sh tests/fuzz/fuzz.sh [SECONDS [NAME...]]
#
# NAME is that of tests/fuzz/fuzz_NAME.c, or of one in a folder there; its corpus
# is tests/fuzz/corpus/NAME/.
# All is built with clang's libFuzzer, address and undefined sanitizers below
# build-fuzz/, and the corpus grows there; the one in the tree stays as it is.
# A finding is left in build-fuzz/findings/ and belongs, once it is understood,
# into the corpus, which "make check" replays.
set -eu

cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
CLANG=${CLANG:-clang-14}
build="build-fuzz"

if [ $# -eq 0 ]; then
	for source in tests/fuzz/fuzz_*.c tests/fuzz/*/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=${source##*/fuzz_}
		set -- "$@" "${name%.c}"
	done
fi

if [ $# -eq 0 ]; then
	echo "fuzz: there is no tests/fuzz/fuzz_*.c" >&2
	exit 1
fi

# program NAME - where it is built
program()
{
	for source in "tests/fuzz/fuzz_$1.c" tests/fuzz/*/"fuzz_$1.c"; do
		[ ! -e "$source" ] || break
	done
	source=${source#tests/fuzz/}
	echo "$build/libfuzzer/${source%.c}"
}

targets=
for name in "$@"; do
	targets="$targets $(program "$name")"
done
# shellcheck disable=SC2086
make -s -j "$(nproc)" CC="$CLANG" CFLAGS=-Wno-unknown-warning-option B="$build" \
    SAN=fuzzer-no-link,address,undefined $targets

mkdir -p "$build/findings"
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# libFuzzer looks for leaks after each input that has left more than was there;
# at the end it would find its own.
LSAN_OPTIONS=leak_check_at_exit=0
export UBSAN_OPTIONS LSAN_OPTIONS
failed=
for name in "$@"; do
	corpus=$build/corpus/$name
	log=$build/$name.log
	mkdir -p "$corpus"
	if [ -d "tests/fuzz/corpus/$name" ]; then
		cp -R "tests/fuzz/corpus/$name/." "$corpus"
	fi
	printf '%-20s ' "$name"
	if "$(program "$name")" -max_total_time="$seconds" \
	    -timeout=10 -rss_limit_mb=1024 \
	    -artifact_prefix="$build/findings/$name-" "$corpus" \
	    >"$log" 2>&1; then
		tail -n 1 "$log"
	else
		echo "FAILED, see $log"
		grep -E 'ERROR:|SUMMARY:|runtime error:|Test unit written' \
		    "$log" | sed 's/^/    /'
		failed="$failed $name"
	fi
done
[ -z "$failed" ] || { echo "fuzz: failed:$failed"; exit 1; }
