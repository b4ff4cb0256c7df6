#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# exim - Exim's program below build/exim/, for tests: sh tests/rig/exim.sh
#
# Debian's package conflicts with Postfix's, so it is not installed: it is
# fetched and unpacked, with the libraries that Postfix does not bring.  With
# all of it there nothing is done.
set -eu

cd "$(dirname "$0")/../.."
exim=build/exim
[ ! -x "$exim/usr/sbin/exim4" ] || exit 0
rm -rf "$exim"
mkdir -p "$exim/deb" "$exim/new"
get="apt-get -q -o APT::Sandbox::User=root download"
set -- exim4-daemon-light libidn12 libgnutls-dane0 libnsl2
(
	cd "$exim/deb"
	$get "$@" || {
		apt-get -q update
		$get "$@"
	}
)
for package in "$exim"/deb/*.deb; do
	dpkg-deb -x "$package" "$exim/new"
done
rm -rf "$exim/deb"
mv "$exim/new/usr" "$exim/usr"
rm -rf "$exim/new"
