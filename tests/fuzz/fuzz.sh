#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fuzz - run every fuzzer for a while, or make small what they have found
#
#	sh tests/fuzz/fuzz.sh [SECONDS [NAME...]]
#	sh tests/fuzz/fuzz.sh merge [NAME...]
#
# NAME is that of tests/fuzz/fuzz_NAME.c, or of one in a folder there; its corpus
# is tests/fuzz/corpus/NAME/.
# All is built with clang's libFuzzer, address and undefined sanitizers below
# build-fuzz/, and the corpus grows there; the one in the tree stays as it is.
# A finding is left in build-fuzz/findings/ and belongs, once it is understood,
# into the corpus, which "make check" replays.
# What has grown is merged into build-fuzz/small/NAME/: of each only what reaches
# something that the corpus in the tree does not, the smallest files first, up to
# MERGE_FILES files of MERGE_SIZE octets together.  Some of it may go into the
# corpus: it is replayed each time, so it has to stay small and quick.
set -eu

cd "$(dirname "$0")/../.."
mode=run
seconds=${1:-60}
[ "$seconds" != merge ] || mode=merge
MERGE_FILES=${MERGE_FILES:-20}
MERGE_SIZE=${MERGE_SIZE:-32768}
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

# lament NAME LOG - it has failed
lament()
{
	echo "FAILED, see $2"
	grep -E 'ERROR:|SUMMARY:|runtime error:|Test unit written' "$2" |
		sed 's/^/    /'
	failed="$failed $1"
}

# run NAME - for so many seconds
run()
{
	corpus=$build/corpus/$1
	log=$build/$1.log
	mkdir -p "$corpus"
	if [ -d "tests/fuzz/corpus/$1" ]; then
		cp -R "tests/fuzz/corpus/$1/." "$corpus"
	fi
	if "$(program "$1")" -max_total_time="$seconds" \
	    -timeout=10 -rss_limit_mb=1024 \
	    -artifact_prefix="$build/findings/$1-" "$corpus" \
	    >"$log" 2>&1; then
		tail -n 1 "$log"
	else
		lament "$1" "$log"
	fi
}

# cut DIRECTORY - to its smallest files, as many as may be
cut()
{
	find "$1" -type f -printf '%s %p\n' | sort -n |
		awk -v files="$MERGE_FILES" -v size="$MERGE_SIZE" '
		{ sum += $1 }
		NR > files || sum > size { sub(/^[0-9]+ /, ""); print }' |
		tr '\n' '\0' | xargs -0 -r rm --
}

# merge NAME - what was found and adds to what the tree has.  libFuzzer's merge
# begins with the files of its first directory, and adds to it.
merge()
{
	small=$build/small/$1
	log=$build/$1.merge.log
	rm -rf "$small" "$build/merged"
	mkdir -p "$small" "$build/merged" "$build/corpus/$1" \
	    "tests/fuzz/corpus/$1"
	cp -R "tests/fuzz/corpus/$1/." "$build/merged"
	if ! "$(program "$1")" -merge=1 -timeout=10 -rss_limit_mb=1024 \
	    -artifact_prefix="$build/findings/$1-" "$build/merged" \
	    "$build/corpus/$1" >"$log" 2>&1; then
		lament "$1" "$log"
		return
	fi
	for file in "$build/merged"/*; do
		[ -e "tests/fuzz/corpus/$1/${file##*/}" ] || mv "$file" "$small"
	done
	all=$(find "$small" -type f | wc -l)
	cut "$small"
	left=$(find "$small" -type f | wc -l)
	octets=$(find "$small" -type f -printf '%s\n' | awk '{ n += $1 }
	    END { print n + 0 }')
	echo "$left of $all files that add to the tree's, $octets octets"
}

for name in "$@"; do
	printf '%-20s ' "$name"
	"$mode" "$name"
done
[ -z "$failed" ] || { echo "fuzz: failed:$failed"; exit 1; }
