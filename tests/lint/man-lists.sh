#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# man-lists - put the lists of parameters, verbs, log lines, counters and advice
# into the man pages, and that of verbs into what completes them for shells:
# sh tests/lint/man-lists.sh BUILDDIR [DIR]
#
# Such a list stands between two marks and comes from the programs' tables:
#
#	.\" LIST parameters		# LIST completion
#	...				...
#	.\" END LIST			# END LIST
#
# With DIR it is the files there that get them.
set -eu

build=${1:?usage: sh tests/lint/man-lists.sh BUILDDIR [DIR]}
if [ $# -gt 1 ]; then
	set -- "$2"/*
else
	set -- man/*.[1-9] contrib/bash-completion/tdcctl contrib/zsh/_tdcctl
fi
new=$(mktemp "$build/man-lists.XXXXXX")
trap 'rm -f "$new"' EXIT

for page; do
	awk -v lists="$build/tests/tools/lists" -v page="$page" '
	function fail(text)
	{
		print page ":" NR ": " text | "cat >&2"
		failed = 1
		exit 1
	}
	/^(\.\\"|\t*#) LIST / {
		if (inside)
			fail("a list within a list")
		inside = 1
		print
		fflush()
		if (system(lists " " $3) != 0)
			fail("no list " $3)
		next
	}
	/^(\.\\"|\t*#) END LIST$/ {
		if (!inside)
			fail("the end of no list")
		inside = 0
	}
	!inside
	END {
		if (inside && !failed)
			fail("no end of the list")
	}' "$page" >"$new"
	cmp -s "$page" "$new" || cat "$new" >"$page"
done
