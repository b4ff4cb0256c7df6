#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# foreign - build for another architecture, and run the unit tests there:
# sh tests/ports/foreign.sh i386 | s390x [TESTS...]
#
#	i386	32 bits, with 64 for times and the size of files
#	s390x	the other order of octets, in qemu
#
# Debian's compiler for it, and its libraries, unpacked below build/ports/.
# Without TESTS the unit tests of base/, journal/ and policy/, and on i386 all
# others, too; but for those that not-i386 and not-s390x name, and why.
set -eu
cd "$(dirname "$0")/../.."
. tests/ports/apt.sh
arch=${1:?usage: sh tests/ports/foreign.sh i386 | s390x [TESTS...]}
shift
case $arch in
i386)	cpu=i686 loader=lib/ld-linux.so.2
	TDC_EMULATOR=""
	folders="tests/unit" ;;
s390x)	cpu=s390x loader=lib/ld64.so.1
	TDC_EMULATOR=qemu-s390x-static
	folders="tests/unit/base tests/unit/journal tests/unit/policy" ;;
*)	echo "foreign: no such architecture: $arch" >&2
	exit 64 ;;
esac
sh tests/deps.sh ports

dir=build/ports/$arch
root=$PWD/$dir/root
if [ ! -e "$dir/whole" ]; then
	rm -rf "$dir"
	apt_for "$arch" "$dir"
	# shellcheck disable=SC2046
	$apt -y --no-install-recommends --download-only install \
	    $(sh tests/deps.sh names | tr ' ' '\n' |
	    grep -vxE 'gcc|make') libcmocka-dev
	for package in "$dir"/cache/archives/*.deb; do
		dpkg-deb -x "$package" "$root"
	done
	rm -rf "$dir/cache" "$dir/lists"
	: >"$dir/whole"
fi

# What it looks for by a path that is not in the root is found by this one.
libraries=$(echo "$root"/lib/*-linux-gnu):$(echo "$root"/usr/lib/*-linux-gnu)
command -v ccache >/dev/null && ccache=ccache || ccache=
tests()
{
	# shellcheck disable=SC2086
	find $folders -name 'test_*.c' | LC_ALL=C sort |
		grep -vxF "$(sed '/^#/d' "tests/ports/not-$arch")" |
		sed "s,^,build-$arch/,; s,c\$,t,"
}
# shellcheck disable=SC2046
[ $# -gt 0 ] || set -- $(tests)
make -j"$(nproc)" B="build-$arch" WERROR=1 \
    CC="$ccache $cpu-linux-gnu-gcc --sysroot=$root" \
    LDFLAGS="-pie -Wl,-z,relro -Wl,-z,now -Wl,--disable-new-dtags,-rpath,$libraries -Wl,-rpath-link,$libraries -Wl,--dynamic-linker=$root/$loader" \
    XML2_CFLAGS="-isystem $root/usr/include/libxml2" all "$@"
CMOCKA_MESSAGE_OUTPUT=TAP
TDC_BUILD=build-$arch
GCONV_PATH=$(echo "$root"/usr/lib/*-linux-gnu/gconv)
export CMOCKA_MESSAGE_OUTPUT TDC_BUILD TDC_EMULATOR GCONV_PATH
exec prove --timer --jobs "${TDC_JOBS:-$(($(nproc) + 1))}" \
    --exec 'sh tests/run.sh' "$@"
