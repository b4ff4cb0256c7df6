#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# build - what make does elsewhere: with a distributor's flags, with another
# compiler's warnings, without a library
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
RIG=$(mktemp -d "$PWD/${TDC_BUILD:-build}/make.XXXXXX")
trap 'rm -rf "$RIG"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS WERROR SAN

# commands VARIABLE=VALUE... - of a build from the start
commands()
{
	make -n B="$RIG/none" all "$@" 2>&1
}

# compiler VARIABLE=VALUE... - the words that compile base/err.c
compiler()
{
	commands "$@" | grep -- '-o [^ ]*/base/err\.o ' | tr -s ' ' '\n'
}

# linker VARIABLE=VALUE... - the words that link tdc-forwarder
linker()
{
	commands "$@" | grep -- '-o [^ ]*/tdc-forwarder ' | tr -s ' ' '\n'
}

words_like()		# PATTERN: lines of standard input that are it
{
	grep -cEx -- "$1"
}

is "$(compiler | words_like -Werror)" 0 "a user's make goes on after a warning"
is "$(compiler WERROR=1 | words_like -Werror)" 1 "... and our own does not"
is "$(compiler | words_like '-D_FORTIFY_SOURCE=.*|-fPIE|-O2|-g')" 4 \
    "without flags there are ours"

# What this compiler takes for this machine is used, and nothing else.
has()			# FLAG...: it does
{
	echo '#include <string.h>' >"$RIG/has.c"
	cc -Werror "$@" -c "$RIG/has.c" -o /dev/null 2>/dev/null
}
for flag in -fstack-clash-protection -fcf-protection \
    -mbranch-protection=standard -ftrivial-auto-var-init=zero \
    -fzero-init-padding-bits=all -fstrict-flex-arrays=3 \
    -fno-delete-null-pointer-checks -fno-strict-overflow \
    -fno-strict-aliasing -Wtrampolines -Wbidi-chars=any; do
	has "$flag" && wanted=1 || wanted=0
	is "$(compiler | words_like "$flag")" "$wanted" "$flag, where it can be"
done
has -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 && level=3 || level=2
is "$(compiler | words_like "-D_FORTIFY_SOURCE=$level")" 1 \
    "_FORTIFY_SOURCE is the highest there is"
cat >"$RIG/cc" <<-'EOT'
	#!/bin/sh
	# a compiler for another machine, with an older C library
	case " $* " in
	*' -fcf-protection '*|*_FORTIFY_SOURCE=3*) exit 1 ;;
	esac
	exec cc "$@"
EOT
chmod +x "$RIG/cc"
is "$(compiler CC="$RIG/cc" | grep -Ex -- '-fcf.*|-D_FORTIFY.*')" \
    "-D_FORTIFY_SOURCE=2" "elsewhere they are left out"
is "$(compiler CFLAGS=-fcf-protection=none | grep -- -fcf | tail -n 1)" \
    "-fcf-protection=none" "whoever says no is obeyed"

is "$(linker | words_like '-pie|-Wl,(-z,(relro|now|noexecstack)|--as-needed)')" \
    5 "the linker's as well"
is "$(compiler CFLAGS=-ftrivial-auto-var-init=uninitialized |
    grep -- -ftrivial | tail -n 1)" -ftrivial-auto-var-init=uninitialized \
    "and here, too"

# ---- a distributor's ----

cppflags="-Wdate-time -D_FORTIFY_SOURCE=3"
cflags="-g -O2 -ffile-prefix-map=$PWD=. -fstack-protector-strong -Wformat -Werror=format-security"
ldflags="-Wl,-z,relro -Wl,-z,now"
set -- CPPFLAGS="$cppflags" CFLAGS="$cflags" LDFLAGS="$ldflags"
for flag in $cppflags $cflags; do
	is "$(compiler "$@" | words_like "$flag")" 1 "$flag: once, for the compiler"
done
for flag in $ldflags; do
	is "$(linker "$@" | words_like "$flag")" 1 "$flag: once, for the linker"
done
is "$(compiler "$@" | words_like '-[DU]_FORTIFY_SOURCE.*')" 1 \
    "_FORTIFY_SOURCE is not defined again"
is "$(compiler CFLAGS=-O0 | words_like '-[DU]_FORTIFY_SOURCE.*')" 0 \
    "... nor where nothing is optimized"
is "$(compiler CFLAGS='-O3 -march=x86-64' | grep '^-O' | tail -n 1)" -O3 \
    "the user's optimization is the last"
ok "it compiles that way" make -s B="$RIG/them" WERROR=1 "$@" \
    "$RIG/them/base/err.o" "$RIG/them/base/daemon/daemon.o"
ok "... and without optimization" make -s B="$RIG/plain" WERROR=1 CFLAGS=-O0 \
    "$RIG/plain/base/err.o"

# The programs look where make install puts the configuration.
is "$(compiler CONFDIR=/opt/x | words_like '-DCONFDIR=.*/opt/x.*')" 1 \
    "CONFDIR is built in"

# ---- without a library ----

# left_out VARIABLE=VALUE... - what a build with these is without
left_out()
{
	compiler "$@" | sed -n 's/^-DWITH_\(.*\)=0$/\1/p' | sort | xargs
}

# sources NAME VARIABLE=VALUE... - how many files of that name are compiled
sources()
{
	name=$1
	shift
	commands "$@" | grep -c -- "-c -o [^ ]*/$name\\.o "
}

all="CDB DB LMDB MTA_STS PCRE"
is "$(left_out)" "" "what the machine has a library for is built"
is "$(left_out LIB_DB=-lnone)" DB "libdb is missing: left out"
is "$(left_out LIB_DB=-lnone WITH_DB=yes)" "" "... unless it is insisted on"
is "$(left_out LIB_MTA_STS=-lnone HEADER_CDB=none.h)" "CDB MTA_STS" \
    "so are libcurl, and libcdb without its header"
is "$(left_out WITH_DB=no WITH_LMDB=no WITH_CDB=no WITH_PCRE=no WITH_MTA_STS=no)" \
    "$all" "everything can be left out"
for part in DB:db:-ldb LMDB:lmdb:-llmdb CDB:cdb:-lcdb PCRE:pcre:-lpcre2-8 \
    MTA_STS:sts_fetch:-lcurl; do
	library=${part##*:}
	name=${part#*:}
	name=${name%:*}
	part=${part%%:*}
	is "$(sources "$name") $(sources "$name" "WITH_$part=no")" "1 0" \
	    "WITH_$part=no: $name.c is not compiled"
	# tdc-remediator has a libcurl of its own
	is "$(commands "WITH_$part=no" WITH_REMEDIATION=no |
	    grep -c -- " $library\\>")" 0 \
	    "WITH_$part=no: nothing is linked with $library"
done
is "$(sources sts_no_fetch) $(sources sts_no_fetch WITH_MTA_STS=no)" "0 1" \
    "sts_no_fetch.c stands in for sts_fetch.c"

is "$(sources ews_no_negotiate) $(sources ews_no_negotiate WITH_GSSAPI=no)" \
    "0 1" "ews_no_negotiate.c stands in for ews_negotiate.c"
is "$(commands WITH_GSSAPI=no | grep -c -- ' -lgssapi')" 0 \
    "WITH_GSSAPI=no: nothing is linked with libgssapi"

is "$(sources sandbox_no_calls) $(sources sandbox_no_calls WITH_SECCOMP=no)" \
    "0 1" "sandbox_no_calls.c stands in for sandbox_calls.c"
is "$(commands WITH_SECCOMP=no | grep -c -- ' -lseccomp')" 0 \
    "WITH_SECCOMP=no: nothing is linked with libseccomp"

is "$(left_out WITH_HISTORY=no)" "HISTORY REMEDIATION" \
    "nothing is remediated without the history"
is "$(commands WITH_REMEDIATION=no | grep -cE -- '-lxml2|tdc-remediator')" 0 \
    "WITH_REMEDIATION=no: no program, no libxml2"

is "$(make help | grep -c '^make ')" "$(grep -c '^# make ' Makefile)" \
    "make help prints what stands in the Makefile"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
