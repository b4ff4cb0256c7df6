#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# musl - compile everything with another C library, and run the unit tests of
# base/, journal/ and policy/ with it: sh tests/ports/musl.sh
#
# Of the libraries Debian has the headers and static archives, made for glibc:
# they are used as they are, as what they call is in musl too, but for the few
# functions of musl/glibc.c.  What is checked is our code, not theirs.  cmocka is
# compiled from Debian's source, with musl.
set -eu
cd "$(dirname "$0")/../.."
. tests/ports/apt.sh
sh tests/deps.sh ports
dir=$PWD/build/ports/musl
triple=$(gcc -print-multiarch)

# link FILE... - into a directory; those that are not there are left out
link()			# DIRECTORY FILE...
{
	mkdir -p "$1"
	to=$1
	shift
	for file in "$@"; do
		[ ! -e "$file" ] || ln -sfn "$file" "$to/"
	done
}
link_headers()
{
	for name in asm-generic cdb.h cmocka.h cmocka_pbc.h com_err.h db.h et \
	    gssapi gssapi.h idn2.h jansson.h krb5 krb5.h libmilter linux \
	    lmdb.h mtd openssl pcre2.h seccomp.h seccomp-syscalls.h \
	    sqlite3.h sqlite3ext.h unbound.h \
	    unicase.h unicode uninorm.h unistr.h unistring unitypes.h; do
		link "$dir/include" "/usr/include/$name"
	done
	link "$dir/arch" "/usr/include/$triple/asm" \
	    "/usr/include/$triple/curl" "/usr/include/$triple/openssl" \
	    "/usr/include/$triple/jansson_config.h"
}
link_libraries()
{
	for name in crypto idn2 jansson milter ssl unbound unistring; do
		link "$dir/lib" "/usr/lib/$triple/lib$name.a"
	done
}

# make_cmocka - static, with musl
make_cmocka()
{
	[ ! -e "$dir/lib/libcmocka.a" ] || return 0
	apt_sources build/ports/cmocka
	(
		cd build/ports/cmocka
		$apt source --download-only cmocka
		tar xf cmocka_*.orig.tar.xz
		musl-gcc -O1 -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME \
		    -DHAVE_SIGNAL_H -DHAVE_MALLOC_H -DHAVE_INTTYPES_H \
		    -DHAVE_STDINT_H -DHAVE_STRINGS_H -DHAVE_SETJMP_H \
		    -DHAVE_UNISTD_H -DHAVE_SYS_TYPES_H -DHAVE_TIME_H \
		    -DHAVE_STDIO_H -DHAVE_STDLIB_H -DHAVE_STRING_H \
		    -DHAVE_GCC_THREAD_LOCAL_STORAGE \
		    -I cmocka-*/include -c cmocka-*/src/cmocka.c
	)
	musl-gcc -O1 -c -o build/ports/cmocka/glibc.o tests/ports/musl/glibc.c
	ar rcs "$dir/lib/libcmocka.a" build/ports/cmocka/cmocka.o \
	    build/ports/cmocka/glibc.o
}

link_headers
link_libraries
make_cmocka
set -- CC=musl-gcc WERROR=1 \
    CPPFLAGS="-isystem $dir/include -isystem $dir/arch" \
    XML2_CFLAGS="-isystem /usr/include/libxml2"

# Everything, but for what has no header that can be used: nothing.
make -j"$(nproc)" -k "$@" \
    WITH_HISTORY=yes WITH_REMEDIATION=yes WITH_GSSAPI=yes WITH_DB=yes \
    WITH_SECCOMP=yes \
    WITH_LMDB=yes WITH_CDB=yes WITH_PCRE=yes WITH_MTA_STS=yes syntax

tests=$(find tests/unit/base tests/unit/journal tests/unit/policy \
    -name 'test_*.c' | LC_ALL=C sort | grep -vxF "$(sed '/^#/d' tests/ports/not-musl)" |
    xargs grep -LE 'NEEDS: ' | sed 's,^,build-musl/,; s,c$,t,')
# shellcheck disable=SC2086
make -j"$(nproc)" "$@" B=build-musl WITH_DB=no WITH_LMDB=no WITH_CDB=no \
    WITH_PCRE=no WITH_MTA_STS=no WITH_HISTORY=no WITH_REMEDIATION=no \
    WITH_GSSAPI=no WITH_SECCOMP=no LDFLAGS="-static -no-pie -L$dir/lib" \
    ARCHIVES="build-musl/policy.a build-musl/journal.a build-musl/base.a" \
    ALL_LIBS="-ljansson -lidn2 -lunistring" $tests
export CMOCKA_MESSAGE_OUTPUT=TAP TDC_BUILD=build-musl
# shellcheck disable=SC2086
exec prove --timer --jobs "${TDC_JOBS:-$(($(nproc) + 1))}" \
    --exec 'sh tests/run.sh' $tests
