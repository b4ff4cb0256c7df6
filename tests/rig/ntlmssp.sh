#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ntlmssp - NTLM for GSSAPI below build/ntlmssp/, for tests: sh tests/rig/ntlmssp.sh
#
# Installed it would be offered by every login by Negotiate on this host: so it is
# fetched and unpacked, and GSS_MECH_CONFIG=build/ntlmssp/mech.conf has it.
# With all of it there nothing is done.
set -eu

cd "$(dirname "$0")/../.."
ntlmssp=build/ntlmssp
[ ! -e "$ntlmssp/mech.conf" ] || exit 0
rm -rf "$ntlmssp"
mkdir -p "$ntlmssp/deb"
get="apt-get -q -o APT::Sandbox::User=root download"
(
	cd "$ntlmssp/deb"
	$get gss-ntlmssp libwbclient0 || {
		apt-get -q update
		$get gss-ntlmssp libwbclient0
	}
)
for package in "$ntlmssp"/deb/*.deb; do
	dpkg-deb -x "$package" "$ntlmssp"
done
rm -rf "$ntlmssp/deb"
library=$(find "$PWD/$ntlmssp/usr/lib" -name gssntlmssp.so)
echo "gssntlmssp_v1 1.3.6.1.4.1.311.2.2.10 $library" >"$ntlmssp/mech.conf"
