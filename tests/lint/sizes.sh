#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sizes - what fits on a page stays so: sh tests/lint/sizes.sh [DIR]
#
# One line for each offence below DIR (default: this tree); exit status 1 when
# there is one.
#
#	a function	60 lines; nine of ten, of programs and of tests each,
#			have 25 at most
#	a file		400 lines
#	a folder	20 files of C (the rooms in it are counted by themselves)
#
# What is larger stands in sizes.over, with the size that it must not exceed.
set -eu

over=$(cd "$(dirname "$0")" && pwd)/sizes.over
cd "${1:-$(dirname "$0")/../..}"
[ $# -eq 0 ] || over=/dev/null

sources()		# in the order of their names
{
	find base policy journal history milter forward remediate control tests \
	    -name '*.[ch]' ! -path '*/corpus/*' | LC_ALL=C sort
}

# functions - "FILE NAME LINES" for each, without its braces
functions()
{
	# shellcheck disable=SC2046
	awk '
	/^[a-z_].*\(/ { name = $0; sub("\\(.*", "", name) }
	/^{/ { start = FNR }
	/^}/ && start { print FILENAME, name, FNR - start - 1 }
	/^}/ { start = 0 }
	' $(sources)
}

# ninth WHAT PATTERN - nine of ten functions in files like that are short
ninth()
{
	functions | grep -E "$2" | awk '{ print $NF }' | sort -n |
	awk -v what="$1" '
	{ lines[NR] = $1 }
	END {
		at = int(NR * 0.9 + 0.999)
		if (NR && lines[at] > 25)
			print what ": one function of ten has " lines[at] \
			    " lines or more, and 25 is the limit"
	}'
}

# measured - "NAME SIZE LIMIT WHAT" for each file and folder
measured()
{
	# shellcheck disable=SC2046
	wc -l $(sources) |
		awk '$2 != "total" { print $2, $1, 400, "lines" }'
	sources | grep '\.c$' | sed 's,/[^/]*$,,' |
		sort | uniq -c | awk '{ print $2, $1, 20, "files" }'
}

offences()
{
	functions | awk '$NF > 60 {
		print $1 ": " $(NF - 1) "() has " $NF " lines, and 60 is the limit"
	}'
	ninth programs '^[^t]'
	ninth tests '^tests/'
	measured | awk '
	FILENAME != "-" && !/^#/ { limit[$1] = $2; next }
	/^#/ { next }
	{
		most = $1 in limit ? limit[$1] : $3
		if ($2 > most)
			print $1 ": " $2 " " $4 ", and " most " is the limit"
	}' "$over" -
}

found=$(offences)
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
