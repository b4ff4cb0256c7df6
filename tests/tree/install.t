#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# install - what make install puts where, and that make uninstall takes it away
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
build=${TDC_BUILD:-build}
RIG=$(mktemp -d "$PWD/$build/install.XXXXXX")
trap 'rm -rf "$RIG"' EXIT
root=$RIG/root
unset MAKEFLAGS MFLAGS MAKELEVEL

# What is installed is what was built to be tested: nothing is compiled here.
place()			# install | uninstall, VARIABLE=VALUE...
{
	make -s -o all "$@" B="${build##*/}" DESTDIR="$root" 2>&1
}

files()			# below $root, with their modes
{
	(cd "$root" && find . -type f -printf '%m %p\n' | sort -k 2)
}

wanted='644 ./etc/tdc/recipient_policy
644 ./etc/tdc/sender_policy
644 ./etc/tdc/tdc.cf
644 ./etc/tdc/unclean_headers.pcre
644 ./usr/lib/systemd/system/tdc-forwarder.service
644 ./usr/lib/systemd/system/tdc-metrics.service
644 ./usr/lib/systemd/system/tdc-metrics.socket
644 ./usr/lib/systemd/system/tdc-metrics.timer
644 ./usr/lib/systemd/system/tdc-metrics@.service
644 ./usr/lib/systemd/system/tdc-milter.service
644 ./usr/lib/systemd/system/tdc-milter.socket
644 ./usr/lib/systemd/system/tdc-remediator.service
644 ./usr/lib/sysusers.d/tdc.conf
644 ./usr/lib/tmpfiles.d/tdc.conf
755 ./usr/local/sbin/tdc-forwarder
755 ./usr/local/sbin/tdc-milter
755 ./usr/local/sbin/tdc-remediator
755 ./usr/local/sbin/tdcctl
644 ./usr/local/share/bash-completion/completions/tdcctl
644 ./usr/local/share/doc/tdc/CHANGES
644 ./usr/local/share/doc/tdc/LICENSE
644 ./usr/local/share/doc/tdc/README
644 ./usr/local/share/doc/tdc/SECURITY
644 ./usr/local/share/doc/tdc/debian.txt
755 ./usr/local/share/doc/tdc/examples/alert-mail
644 ./usr/local/share/doc/tdc/examples/archive.cf
644 ./usr/local/share/doc/tdc/examples/logrotate
644 ./usr/local/share/doc/tdc/examples/recipient_policy
644 ./usr/local/share/doc/tdc/examples/sender_policy
644 ./usr/local/share/doc/tdc/examples/tdc.cf
644 ./usr/local/share/doc/tdc/examples/tdc.grafana.json
644 ./usr/local/share/doc/tdc/examples/tdc.rules.yml
644 ./usr/local/share/doc/tdc/examples/tdc.scrape.yml
644 ./usr/local/share/doc/tdc/examples/unclean_headers.pcre
644 ./usr/local/share/doc/tdc/mta.txt
644 ./usr/local/share/doc/tdc/recipes/docker-mailserver.txt
644 ./usr/local/share/doc/tdc/recipes/iredmail.txt
644 ./usr/local/share/doc/tdc/recipes/mailcow.txt
644 ./usr/local/share/doc/tdc/recipes/proxmox.txt
644 ./usr/local/share/doc/tdc/recipes/zimbra.txt
644 ./usr/local/share/doc/tdc/rhel.txt
644 ./usr/local/share/man/man5/tdc.cf.5
644 ./usr/local/share/man/man7/tdc-log.7
644 ./usr/local/share/man/man7/tdc.7
644 ./usr/local/share/man/man8/tdc-forwarder.8
644 ./usr/local/share/man/man8/tdc-milter.8
644 ./usr/local/share/man/man8/tdc-remediator.8
644 ./usr/local/share/man/man8/tdcctl.8
644 ./usr/local/share/zsh/site-functions/_tdcctl'

umask 077		# what is installed must not depend on it
is "$(place install)" "" "make install says nothing"
is "$(files)" "$wanted" "everything is where it belongs"
is "$(find "$root" -mindepth 1 -type d ! -perm 755)" "" "directories are open to all"
for program in tdc-milter tdc-forwarder tdc-remediator tdcctl; do
	like "$("$root/usr/local/sbin/$program" -V)" "^$program [0-9]" \
	    "$program runs"
done

# ---- man pages ----

man=$(command -v mman || command -v man)
for page in 'tdc 7' 'tdc-milter 8' 'tdc-forwarder 8' 'tdcctl 8' 'tdc.cf 5' \
    'tdc-log 7' 'tdc-remediator 8'; do
	name=${page% *} section=${page#* }
	is "$("$man" -M "$root/usr/local/share/man" -w "$section" "$name" \
	    2>/dev/null)" \
	    "$root/usr/local/share/man/man$section/$name.$section" \
	    "man finds $name($section)"
done

# ---- a second time, with configuration of one's own ----

echo 'intake_name = Ours' >>"$root/etc/tdc/tdc.cf"
cp "$root/etc/tdc/tdc.cf" "$RIG/ours"
is "$(place install)" "kept $root/etc/tdc/tdc.cf" "installing anew tells what it keeps"
ok "and keeps it" cmp "$RIG/ours" "$root/etc/tdc/tdc.cf"
mkdir -p "$root/var/spool/tdc/ready"
echo x >"$root/var/spool/tdc/ready/0000000000000001.0"
is "$(place uninstall)" "kept $root/etc/tdc/tdc.cf
kept $root/var/spool/tdc" "uninstalling tells what it keeps"
is "$(files | cut -d ' ' -f 2)" './etc/tdc/tdc.cf
./var/spool/tdc/ready/0000000000000001.0' "nothing else is left but the spool"
ok "and keeps it" cmp "$RIG/ours" "$root/etc/tdc/tdc.cf"

# ---- while they run ----

# Something that stays, in the place of the programs.
rm -rf "$root"
is "$(place install)" "" "installed anew"
for program in tdc-milter tdc-forwarder; do
	cp /bin/sleep "$root/usr/local/sbin/$program"
	"$root/usr/local/sbin/$program" 1000 &
	pids="${pids-} $!"
done
is "$(place install)" "restart tdc-milter: the old one is still running
restart tdc-forwarder: the old one is still running" "an upgrade tells what to restart"
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$root/var/log/tdc"
ln -s /usr/lib/systemd/system/tdc-milter.service \
    "$root/etc/systemd/system/multi-user.target.wants"
mkdir "$root/etc/systemd/system/sockets.target.wants"
ln -s /usr/lib/systemd/system/tdc-metrics.socket \
    "$root/etc/systemd/system/sockets.target.wants"
is "$(place uninstall)" "kept $root/var/log/tdc
kept $root/etc/systemd/system/multi-user.target.wants/tdc-milter.service
kept $root/etc/systemd/system/sockets.target.wants/tdc-metrics.socket
tdc-milter is still running
tdc-forwarder is still running" "uninstalling tells what is left"
# shellcheck disable=SC2086
kill $pids

# ---- elsewhere ----

rm -rf "$root"
is "$(place install PREFIX=/opt/tdc CONFDIR=/opt/tdc/etc)" "" "PREFIX and CONFDIR"
for unit in "$root"/usr/lib/systemd/system/*.service; do
	command=$(sed -n 's/^ExecStart=//p' "$unit")
	conf=${command##* -c }
	ok "${unit##*/} starts what is there" \
	    test -x "$root${command%% *}"
	ok "${unit##*/} has its configuration there" \
	    test -e "$root${conf%% *}"
	is "$(grep -n '/etc/tdc/\|/usr/local' "$unit" | grep -v /opt/tdc)" "" \
	    "${unit##*/} names no other place"
done
is "$(grep -rh '/etc/tdc/' "$root/opt/tdc/share")" "" \
    "no page and no text names the usual place"
like "$(cat "$root/opt/tdc/share/man/man8/tdcctl.8")" '^\.Pa /opt/tdc/etc/tdc\.cf' \
    "as where tdc.cf is"
is "$(place uninstall PREFIX=/opt/tdc CONFDIR=/opt/tdc/etc)" "" "uninstalled again"
is "$(files)" "" "nothing is left"

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
