#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# readme - the table in tests/README has every system test, every test of the
# tree but this one, and nothing that is not there
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

# named README - the tests it names, a line each
named()
{
	grep -oE '(unit/test|fuzz/fuzz|fuzz/[a-z]+/fuzz)_[a-z_]+|(system|tree|booted)/[a-z-]+\.t' "$1" |
		sort -u
}

# missing README - system tests that it does not name
missing()
{
	for test in tests/system/*.t tests/tree/*.t tests/booted/*.t; do
		named "$1" | grep -qx "${test#tests/}" ||
			[ "$test" = tests/tree/readme.t ] || echo "$test"
	done
}

# unknown README - what it names and nobody has
unknown()
{
	for test in $(named "$1"); do
		[ -e "tests/$test" ] || [ -e "tests/$test.c" ] ||
		    [ -n "$(find tests/unit -name "${test#unit/}.c")" ] ||
			echo "$test"
	done
}

is "$(missing tests/README)" "" "every system test has a row"
is "$(unknown tests/README)" "" "every row has a test"

# It would be noticed.
sed -e '/system\/kill\.t/d' -e 's/test_queue$/test_nothing/' tests/README \
    >"$RIG/README"
is "$(missing "$RIG/README")" "tests/system/kill.t" "a test without a row"
is "$(unknown "$RIG/README")" "unit/test_nothing" "a row without a test"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
