#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sendmail - Sendmail below build/sendmail/, for tests: sh tests/rig/sendmail.sh
#
# Debian's package conflicts with Postfix's, so it is not installed: it is fetched
# and unpacked, with what makes its configuration and with the libraries that
# nothing else brings.  With all of it there nothing is done.
set -eu

cd "$(dirname "$0")/../.."
sendmail=build/sendmail
[ ! -x "$sendmail/usr/libexec/sendmail/sendmail" ] || exit 0
rm -rf "$sendmail"
mkdir -p "$sendmail/deb" "$sendmail/new"
get="apt-get -q -o APT::Sandbox::User=root download"
set -- sendmail-bin sendmail-cf m4 libwrap0 libnsl2
(
	cd "$sendmail/deb"
	$get "$@" || {
		apt-get -q update
		$get "$@"
	}
)
for package in "$sendmail"/deb/*.deb; do
	dpkg-deb -x "$package" "$sendmail/new"
done
rm -rf "$sendmail/deb"
mv "$sendmail/new/usr" "$sendmail/usr"
rm -rf "$sendmail/new"
