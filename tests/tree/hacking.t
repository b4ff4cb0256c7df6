#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# hacking - what HACKING and README speak of is there
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

folders="base policy journal history milter forward remediate control tests"

# gone TEXT - files and functions that the text names and the tree has not;
# those with an X or a * stand for many
gone()
{
	sed "s,build/[^ ]*,,g" "$1" |
	    grep -oE '(base|policy|journal|history|milter|forward|remediate|control|tests|man|contrib)/[A-Za-z0-9_/.*-]*[A-Za-z0-9_*]' |
	    grep -v '[X*]' | sort -u |
	while read -r name; do
		[ -e "$name" ] || echo "$name"
	done
	grep -oE '\<[a-z][a-z_]+\(\)' "$1" | sort -u |
	while read -r name; do
		grep -rqE --include='*.[ch]' "\<${name%()}\(" $folders ||
			echo "$name"
	done
}

is "$(gone HACKING)" "" "HACKING names nothing that is gone"
is "$(gone README)" "" "nor does README"
printf '%s\n' 'see policy/none.c and base/conf/conf.c, none_such() and conf_load()' \
    >"$RIG/text"
is "$(gone "$RIG/text" | xargs)" \
    "policy/none.c none_such()" "... and this test would tell"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
