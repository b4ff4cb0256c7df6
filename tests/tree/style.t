#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# style - the few rules of .editorconfig that an eye does not see
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

# offences FILE... - trailing blanks, CR, spaces for tabs, an empty line or none
# at the end; and lines so long that somebody forgot to wrap them (a row of a
# table may be long)
offences()
{
	awk '
	function columns(text,  n, i)
	{
		for (i = 1; i <= length(text); i++)
			n += substr(text, i, 1) == "\t" ? 8 - n % 8 : 1
		return n
	}
	FNR == 1 && last == "" && NR > 1 { print file ": empty line at the end" }
	{ file = FILENAME; last = $0 }
	/[ \t\r]$/ { print FILENAME ":" FNR ": blank or CR at the end" }
	/^        / { print FILENAME ":" FNR ": spaces for a tab" }
	length > 60 && columns($0) > 100 && !/^[A-Z]+\(/ {
		print FILENAME ":" FNR ": over 100 columns"
	}
	END { if (last == "") print file ": empty line at the end" }
	' "$@"
	for file in "$@"; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file: no line end"
	done
}

# shellcheck disable=SC2046
is "$(offences $(find base policy journal history milter forward remediate control tests \
    -name '*.[ch]'))" "" "the sources keep the rules of .editorconfig"
printf 'int a; \n        int b;\nint c;\r\n\n' >"$RIG/one.c"
printf '/* %0100d */\nint d;' 0 >"$RIG/two.c"
is "$(offences "$RIG/one.c" "$RIG/two.c" | sed 's,.*/,,')" \
    "one.c:1: blank or CR at the end
one.c:2: spaces for a tab
one.c:3: blank or CR at the end
one.c: empty line at the end
two.c:1: over 100 columns
two.c: no line end" "... and this test would tell"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
