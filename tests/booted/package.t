#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# package - what make deb makes: what lintian and blhc say, what is in it, and
# that it is the same wherever and whenever it is made
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
PATH=$PATH:/usr/sbin:/sbin
build=${TDC_BUILD:-build}
for tool in lintian blhc apparmor_parser dh_apparmor; do
	if ! command -v $tool >/dev/null; then
		echo "1..0 # SKIP no $tool: make package-deps"
		exit 0
	fi
done
mkdir -p "$build/booted"
RIG=$(mktemp -d "$PWD/$build/booted/package.XXXXXX")
trap 'rm -rf "$RIG"' EXIT
deb=$(ls "$build"/deb/tdc-postfix_*.deb)

is "$(lintian --allow-root --fail-on error,warning --tag-display-limit 0 \
    "$build"/deb/*.changes 2>&1 | grep '^[EW]:')" "" "lintian finds no error and no warning"
is "$(blhc "$build/deb/build.log" 2>&1)" "" "blhc misses no flag"
dpkg-deb -x "$deb" "$RIG/in"
dpkg-deb -e "$deb" "$RIG/control"
is "$(cat "$RIG/control/conffiles" | sort)" "$(cd "$RIG/in" && find etc -type f |
    sed 's,^,/,' | sort)" "all below /etc is kept as the administrator has it"
is "$(grep -rlE '/usr/local/s?bin/(tdc|alert)' "$RIG/in/lib" "$RIG/in/etc" \
    "$RIG/in/usr/share/man" "$RIG/in/usr/share/doc")" "" \
    "nothing names /usr/local as our place"
for program in milter forwarder remediator; do
	profile=$RIG/in/etc/apparmor.d/usr.sbin.tdc-$program
	cp -r /etc/apparmor.d/. "$RIG/apparmor.d" 2>/dev/null ||
		cp -r /etc/apparmor.d "$RIG/apparmor.d"
	cp -r "$RIG/in/etc/apparmor.d/." "$RIG/apparmor.d"
	ok "AppArmor takes the profile of tdc-$program" sh -c \
	    "apparmor_parser -QTK -b '$RIG/apparmor.d' '$profile' 2>'$RIG/said'" ||
		diag "$(cat "$RIG/said")"
	unlike "$(cat "$profile")" 'flags=.*complain' "and enforces it"
	like "$(cat "$RIG/control/postinst")" \
	    "APP_PROFILE=\"/etc/apparmor.d/usr.sbin.tdc-$program\"" "and it is loaded"
done

# From the source package, elsewhere, at another time of day, without a cache.
(
	mkdir "$RIG/another"
	dpkg-source -x "$build"/deb/*.dsc "$RIG/another/place"
	cd "$RIG/another/place" || exit 1
	TZ=Asia/Kathmandu CCACHE_DISABLE=1 sh contrib/deb.sh "$RIG/deb"
) >"$RIG/log" 2>&1 || diag "$(tail -n 5 "$RIG/log")"
for file in "$build"/deb/*.deb "$build"/deb/*.dsc "$build"/deb/*.tar.xz; do
	is "$(sha256sum <"$RIG/deb/${file##*/}")" "$(sha256sum <"$file")" \
	    "${file##*/} is the same, byte for byte"
done

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
