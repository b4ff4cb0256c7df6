#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make - the packages of contrib/rpm/tdc-postfix.spec below build/rpm/, of what is
# committed: sh contrib/rpm/make.sh VERSION [RPMBUILD OPTIONS...]
#
# Where there is no rpmbuild but Debian's: by apt what that needs, with debian.macros,
# and without a look at whether packages are installed, of which that rpm knows none.
set -eu
cd "$(dirname "$0")/../.."
version=${1:?usage: sh contrib/rpm/make.sh VERSION [OPTIONS...]}
shift
top=$PWD/build/rpm
rm -rf "$top"
mkdir -p "$top/SOURCES"
git archive --prefix="tdc-postfix-$version/" \
    -o "$top/SOURCES/tdc-postfix-$version.tar.gz" HEAD
cp contrib/sysusers.d/tdc.conf "$top/SOURCES/tdc-postfix.sysusers"
if [ ! -e /etc/fedora-release ] && [ ! -e /etc/redhat-release ]; then
	sh tests/deps.sh rpm
	set -- --nodeps --load "$PWD/contrib/rpm/debian.macros" "$@"
fi
unset MAKEFLAGS MFLAGS MAKELEVEL
rpmbuild -ba --define "_topdir $top" "$@" contrib/rpm/tdc-postfix.spec
find "$top" -name '*.rpm'
