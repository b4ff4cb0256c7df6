#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# examples - the example in each header compiles, and this test can fail
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT
program=$PWD/tests/lint/examples.pl

perl "$program" >"$RIG/errors"
is "$(cat "$RIG/errors")" "" "every example compiles"
ok "and there are some" \
    [ "$(perl "$program" -l | wc -l)" -gt 50 ]

# example TITLE WANTED LINE...: what is said of a header with that example
example()
{
	title=$1
	wanted=$2
	shift 2
	mkdir -p "$RIG/base"
	{
		printf '/* SPDX-License-Identifier: BSD-2-Clause */\n'
		printf '/*\n * x - a thing\n *\n'
		printf ' *\t%s\n' "$@"
		printf ' */\nstruct x { int n; };\n'
		printf 'int\tx_open(const char *path, struct x **out);\n'
		printf 'void\tx_close(struct x *);\n'
	} >"$RIG/base/x.h"
	is "$(cd "$RIG" && perl "$program")" "$wanted" "$title"
}

example "what is right" "" \
    'if (x_open("name", &x) == -1)' '	...' \
    'while (... there is more ...)' '	... use x->n ...' \
    'x_close(x);		-- and all of it'
example "an argument too many" \
    "base/x.h: too many arguments to function 'x_close'" 'x_close(x, 1);'
example "one too few" \
    "base/x.h: too few arguments to function 'x_open'" 'x_open(&x);'
example "another type" "base/x.h: \
passing argument 1 of 'x_close' from incompatible pointer type" \
    'int *y;' 'x_close(y);'
example "no such function" \
    "base/x.h: implicit declaration of function 'x_free'" 'x_free(x);'
example "no such member" \
    "base/x.h: 'struct x' has no member named 'm'" 'x_close(x);' 'x->m = 1;'
example "words in place of code" \
    "base/x.h: unknown type name 'close'" \
    'close it;' 'x_close(x);'
example "a grammar" "" 'value	= "NO" / word	; or so'

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
