#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# lint - what can be found without running anything: sh tests/lint/lint.sh [FILE.c...]
#
# cppcheck, clang-tidy (see .clang-tidy), mandoc, shellcheck where it is
# installed, layers.sh and sizes.sh, over the whole tree or some of its files.
set -u

cd "$(dirname "$0")/../.." || exit 1
CLANG_TIDY=${CLANG_TIDY:-clang-tidy-14}
failed=""

# step NAME COMMAND...: silent when there is nothing to say
step()
{
	name=$1
	shift
	echo "== $name"
	"$@" || failed="$failed $name"
}

flags()			# of the compiler, for FILE
{
	echo "-std=gnu17 -I. -D_GNU_SOURCE -DVERSION=\"0\""
	case $1 in
	base/err.c|base/mem.c) ;;
	tests/readers/*) pkg-config --cflags gmime-3.0 | sed 's/-I/-isystem /g' ;;
	*/ews/*|*/fuzz_ews.c)
		echo "-include tests/lint/lint.h"
		pkg-config --cflags libxml-2.0 | sed 's/-I/-isystem /g' ;;
	*) echo "-include tests/lint/lint.h" ;;
	esac
}

tidy_one()		# FILE
{
	# shellcheck disable=SC2046
	"$CLANG_TIDY" --quiet "$1" -- $(flags "$1") 2>/dev/null
}

tidy()			# FILE...: on all processors
{
	printf '%s\n' "$@" |
	xargs -P "$(nproc)" -n 1 sh "$0" --tidy-one
}

check_c()		# FILE...
{
	cppcheck --quiet --error-exitcode=1 -j "$(nproc)" \
	    --enable=warning,performance,portability \
	    --std=c11 --library=posix,gnu -I. -D_GNU_SOURCE \
	    -DVERSION='"0"' --suppressions-list=tests/lint/lint.cppcheck "$@"
}

pages()			# all but pages that this machine does not have
{
	! mandoc -Tlint -Wstyle man/* 2>/dev/null |
	    grep -v 'referenced manual not found'
}

shells()
{
	command -v shellcheck >/dev/null || return 0
	# A sourced file and its reader each seem to use or to set variables
	# for nothing.
	find contrib tests \( -name '*.sh' -o -name '*.t' \) -type f \
	    -exec grep -l '^#!/bin/sh\|shellcheck shell' {} + |
	xargs shellcheck -x --severity=warning --exclude=SC2034,SC2154
}

case ${1-} in
--tidy-one)
	tidy_one "$2"
	exit
	;;
'')
	# shellcheck disable=SC2046
	set -- $(find base policy journal history milter forward remediate control tests \
	    -name '*.c' | sort)
	;;
esac

step cppcheck check_c "$@"
step clang-tidy tidy "$@"
step mandoc pages
step shellcheck shells
step layers sh tests/lint/layers.sh
step sizes sh tests/lint/sizes.sh
[ -z "$failed" ] || { echo "lint: failed:$failed"; exit 1; }
