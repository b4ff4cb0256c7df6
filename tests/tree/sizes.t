#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sizes - functions, files and folders stay small, and this test can fail
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

is "$(sh tests/lint/sizes.sh)" "" "the tree keeps its sizes"

tree=$RIG/tree
fresh()			# a tree with nothing in it
{
	rm -rf "$tree"
	mkdir -p "$tree/tests/unit"
	(cd "$tree" && mkdir base policy journal history milter forward remediate control)
}

# routine NAME LINES - one of so many lines
routine()
{
	printf 'int\n%s(void)\n{\n' "$1"
	seq "$2" | sed 's/.*/	x++;/'
	printf '}\n\n'
}

# offence TITLE WANTED - is said of the tree
offence()
{
	is "$(sh tests/lint/sizes.sh "$tree")" "$2" "$1"
}

fresh
routine long 60 >"$tree/base/x.c"
for name in a b c d e f g h i; do
	routine "$name" 25
done >>"$tree/base/x.c"
offence "one long function among ten" ""
routine longer 61 >"$tree/base/y.c"
offence "one that is too long, and too many that are long" \
    "base/y.c: longer() has 61 lines, and 60 is the limit
programs: one function of ten has 60 lines or more, and 25 is the limit"

fresh
seq 400 | sed 's/.*/int x;/' >"$tree/tests/unit/x.h"
offence "a file of 400 lines" ""
echo >>"$tree/tests/unit/x.h"
offence "one of 401" "tests/unit/x.h: 401 lines, and 400 is the limit"

fresh
for number in $(seq 20); do
	: >"$tree/milter/x$number.c"
	: >"$tree/tests/unit/x$number.c"
done
offence "twenty files in a folder" ""
: >"$tree/milter/y.c"
: >"$tree/milter/y.h"
offence "twenty-one" "milter: 21 files, and 20 is the limit"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
