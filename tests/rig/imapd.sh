#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# imapd - Cyrus and Courier below build/imapd/, for tests: sh tests/rig/imapd.sh
#
# Debian's IMAP servers conflict with each other, so Dovecot alone is installed:
# these are fetched and unpacked, with the libraries that nothing else brings.
# With all of it there nothing is done.
set -eu

cd "$(dirname "$0")/../.."
imapd=build/imapd
[ ! -x "$imapd/usr/lib/cyrus/bin/imapd" ] || exit 0
rm -rf "$imapd"
mkdir -p "$imapd/deb" "$imapd/new"
get="apt-get -q -o APT::Sandbox::User=root download"
set -- cyrus-imapd cyrus-common sasl2-bin libxapian30 libical3 \
    courier-imap courier-base courier-authlib courier-authdaemon \
    courier-authlib-userdb libcourier-unicode4 libgamin0 libidn12 libltdl7
(
	cd "$imapd/deb"
	$get "$@" || {
		apt-get -q update
		$get "$@"
	}
)
for package in "$imapd"/deb/*.deb; do
	dpkg-deb -x "$package" "$imapd/new"
done
rm -rf "$imapd/deb"
mv "$imapd/new/usr" "$imapd/usr"
rm -rf "$imapd/new"
