#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# check - run the tests: sh tests/check.sh BUILDDIR [TESTS...]
#
# Without TESTS all of them: unit tests, those of the tree itself, and the
# system tests with real peers.  Ends in prove's summary.  TDC_JOBS says how
# many run side by side (default: one more than there are processors; each has a
# network of its own).
set -eu

cd "$(dirname "$0")/.."
TDC_BUILD=${1:?usage: sh tests/check.sh BUILDDIR [TESTS...]}
shift
PATH=$PATH:/usr/sbin:/sbin
CMOCKA_MESSAGE_OUTPUT=TAP
export TDC_BUILD PATH CMOCKA_MESSAGE_OUTPUT

# A failed sanitizer check ends the program; the leaks of libraries that keep
# their tables until the end are theirs.
: "${ASAN_OPTIONS:=detect_leaks=1:detect_stack_use_after_return=1}"
: "${UBSAN_OPTIONS:=print_stacktrace=1:halt_on_error=1}"
: "${TSAN_OPTIONS:=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/lint/tsan.supp}"
export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS

# postmap(1) and its kin want a main.cf, also where Postfix has none.
mkdir -p "$TDC_BUILD/postfix"
echo "compatibility_level = 3.6" >"$TDC_BUILD/postfix/main.cf"
MAIL_CONFIG=$PWD/$TDC_BUILD/postfix
export MAIL_CONFIG

if [ $# -eq 0 ]; then
	# shellcheck disable=SC2046
	set -- $(find "$TDC_BUILD/tests/unit" -name '*.t' | LC_ALL=C sort) \
	    tests/tree/*.t tests/system/*.t
fi
exec prove --timer --jobs "${TDC_JOBS:-$(($(nproc) + 1))}" \
    --exec 'sh tests/run.sh' "$@"
