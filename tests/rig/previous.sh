#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# previous - a package of the version before: sh tests/rig/previous.sh PLACE
#
# Made from what tests/booted/previous names, a tag or a commit, and kept: PLACE
# is where, and gets the package, "fill" of that version, and "of", which says
# what it was made from.  Where git does not know it, as in a copy of the sources
# without their history, the exit status is 77 and nothing is made.
#
# What had no debian/ yet gets a package with what make install puts where, and
# the steps of README in the place of debhelper's.
set -eu
place=${1:?usage: sh tests/rig/previous.sh PLACE}
cd "$(dirname "$0")/../.."
of=$(grep -v '^#' tests/booted/previous)

[ "$(cat "$place/of" 2>/dev/null)" != "$of" ] || exit 0
git -c safe.directory='*' cat-file -e "$of^{commit}" 2>/dev/null || exit 77
rm -rf "$place"
mkdir -p "$place/src"
place=$(cd "$place" && pwd)
git -c safe.directory='*' archive "$of" | tar -x -C "$place/src"
unset MAKEFLAGS MFLAGS MAKELEVEL
cd "$place/src"

# by_hand - the package, as README would have it done
by_hand()
{
	stage=$place/stage
	version=$(sed -n 's/^VERSION := //p' Makefile)
	make -s install DESTDIR="$stage" PREFIX=/usr \
	    UNITDIR=/lib/systemd/system DOCDIR=/usr/share/doc/tdc-postfix
	mkdir "$stage/DEBIAN"
	cat >"$stage/DEBIAN/control" <<-EOF
		Package: tdc-postfix
		Version: $version-1
		Architecture: $(dpkg --print-architecture)
		Maintainer: The authors
		Depends: postfix
		Description: the version before
	EOF
	(cd "$stage" && find etc -type f | sed 's,^,/,') \
	    >"$stage/DEBIAN/conffiles"
	cat >"$stage/DEBIAN/postinst" <<-'EOF'
		#!/bin/sh
		set -e
		systemd-sysusers tdc.conf
		systemd-tmpfiles --create tdc.conf
		systemctl daemon-reload
		deb-systemd-helper enable tdc-milter.service tdc-forwarder.service
		systemctl restart tdc-milter tdc-forwarder || true
	EOF
	printf '#!/bin/sh\n' >"$stage/DEBIAN/prerm"
	chmod 755 "$stage/DEBIAN/postinst" "$stage/DEBIAN/prerm"
	dpkg-deb --root-owner-group --build "$stage" "$place" >/dev/null
	rm -r "$stage"
}

make -s -j"$(nproc)" all >/dev/null
for fill in build/tests/tools/fill build/tests/fill; do
	! make -s -j"$(nproc)" $fill >/dev/null 2>&1 || cp $fill "$place/fill"
done
if [ -e contrib/deb.sh ]; then
	sh contrib/deb.sh "$place/deb" >/dev/null
	cp "$place"/deb/tdc-postfix_*.deb "$place"
else
	by_hand
fi
cd "$place"
rm -rf src deb
echo "$of" >of
