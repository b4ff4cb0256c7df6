#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deb - build the Debian package: sh contrib/deb.sh PLACE
#
# In PLACE, which is made anew, from what git tracks, as it is in the tree now;
# without git, from all but build directories.  Leaves there the binary package,
# the one with debug symbols, the source package and build.log.  Nothing of the
# environment gets in but PATH and DEB_*; the unit tests are left out, unless
# DEB_BUILD_OPTIONS is set to something else than nocheck.  The bytes depend on
# the sources and the compiler alone.
#
# What it needs: make package-deps.
set -eu
umask 022

place=${1:?usage: sh contrib/deb.sh PLACE}
cd "$(dirname "$0")/.."

fail()
{
	echo "deb: $1" >&2
	exit 1
}

[ -x /usr/bin/dpkg-buildpackage ] && [ -x /usr/bin/dh_apparmor ] ||
	fail "tools are missing: make package-deps"
version=$(sed -n 's/^VERSION := //p' Makefile)
package=$(dpkg-parsechangelog -S Version)
[ "${package%-*}" = "$version" ] ||
	fail "debian/changelog says $package, Makefile $version"
epoch=$(dpkg-parsechangelog -S Timestamp)

# files - what belongs to the sources and is there, in order, each ended by a
# zero byte
files()
{
	if [ -e .git ] && command -v git >/dev/null; then
		git -c safe.directory='*' ls-files -z
	else
		# .pc: dpkg-source's
		find . \( -path './build*' -o -path ./.pc \) -prune -o \
		    -type f -printf '%P\0'
	fi | perl -0ne 'chomp; print "$_\0" if -e' | LC_ALL=C sort -z
}

# archive - the files on standard input, as a tar that is always the same
archive()		# OPTION...
{
	tar -c --mtime="@$epoch" --owner=0 --group=0 \
	    --numeric-owner --mode=u+rw,go=rX --format=gnu "$@" \
	    --null --no-recursion --files-from=-
}

rm -rf "$place"
top=$place/tdc-postfix-$version
mkdir -p "$top"
place=$(cd "$place" && pwd)
files >"$place/files"
archive <"$place/files" | tar -x -C "$top" --no-same-owner
cd "$top"
archive --exclude='debian/*' --transform="s|^|tdc-postfix-$version/|" \
    <"$place/files" | xz -T1 >"$place/tdc-postfix_$version.orig.tar.xz"
rm "$place/files"

env -i PATH="$PATH" HOME="${HOME:-/}" LC_ALL=C.UTF-8 TZ="${TZ:-}" \
    ${CCACHE_DIR:+CCACHE_DIR="$CCACHE_DIR"} \
    SOURCE_DATE_EPOCH="$epoch" \
    DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck}" \
    DEB_BUILD_PROFILES="${DEB_BUILD_PROFILES-nocheck}" \
    dpkg-buildpackage -us -uc >"$place/build.log" 2>&1 || {
	tail -n 30 "$place/build.log" >&2
	fail "dpkg-buildpackage failed; all of it is in $place/build.log"
}
cd "$place"
rm -rf "$top"
ls ./*.deb ./*.dsc
