#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# upgrade - from the version before, with 10,000 copies in its spool and mail
# that flows: nothing is lost or refused; and the way back
. "$(dirname "$0")/../rig/booted.sh"

previous=$boot_kept/previous
sh tests/rig/previous.sh "$previous" >"$boot_kept/previous.log" 2>&1
case $? in
0)	;;
77)	echo "1..0 # SKIP the history does not have what tests/booted/previous names"
	exit 0 ;;
*)	tail -n 5 "$boot_kept/previous.log" | sed 's/^/# /'
	echo "Bail out!  the version before cannot be built"
	exit 1 ;;
esac

boot_new upgrade
boot_world
cp "$TDC_BUILD"/deb/tdc-postfix_*.deb "$root/packages"
mkdir "$root/packages/previous"
cp "$previous"/tdc-postfix_*.deb "$previous/fill" "$root/packages/previous"
boot_must

version()		# of what is installed
{
	in_it dpkg-query -W -f '${Version}' tdc-postfix
}

counter()		# NAME
{
	in_it tdcctl status --json | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" |
		head -n 1
}

# ---- the version before, at work ----

in_it sh -c 'dpkg -i /packages/previous/*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "the version before is installed"
before=$(version)
cat >>"$root/etc/tdc/tdc.cf" <<-EOF
	intake_address = journal@intake.example
	internal_networks = 127.0.0.0/8 [::1]/128
	tls_ca_file = /etc/world/ca.pem
	queue_lifetime = 1h
	max_messages_per_connection = 1000
EOF
sed -i 's/^default_policy.*/default_policy = DEFAULT/' "$root/etc/tdc/tdc.cf"
in_it systemctl restart tdc-milter tdc-forwarder
boot_milter
ok "its milter listens" wait_for 'in_it test -S /var/spool/postfix/tdc/milter.sock' 20
ok "a message gets its copy" wait_for 'mail; [ "$(delivered)" -gt 0 ]' 30

# A spool of 10,000, of its own making.
in_it systemctl stop world-intake tdc-milter tdc-forwarder
in_it chown -R nobody /var/spool/tdc
in_it /packages/previous/fill -n 10000 -s 2000 -i journal@intake.example /var/spool/tdc
in_it chown -R tdc /var/spool/tdc
in_it systemctl start tdc-milter tdc-forwarder
ok "10,000 copies wait" test "$(waiting)" -ge 10000

# ---- the upgrade ----

mail -n 0 -p 2 -m 10 &
sender=$!
sleep 2
in_it sh -c 'dpkg -i --force-confold /packages/tdc-postfix_*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "this version is installed over it" || diag "$(tail -n 5 "$RIG/dpkg")"
ok "it is the higher one" dpkg --compare-versions "$(version)" gt "$before"
for name in milter forwarder; do
	ok "tdc-$name runs" wait_for '[ "$(property tdc-$name SubState)" = running ]' 20
	is "$(in_it sh -c "readlink /proc/$(property tdc-$name MainPID)/exe")" \
	    "/usr/sbin/tdc-$name" "tdc-$name: the new one"
done
is "$(in_it sh -c "sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' \
    /proc/$(property tdc-milter MainPID)/status")" "$(in_it id -u tdc-milter)" \
    "tdc-milter is another user now"
is "$(in_it stat -c '%a %U %G' /var/spool/tdc/ready /var/spool/tdc/counters)" \
    "1770 tdc tdc-milter
664 tdc tdc-milter" "in the spool that was tdc's alone"
like "$(cat "$root/etc/tdc/tdc.cf")" '^intake_address = journal@intake.example' \
    "the configuration stays as it was"
sleep 3
in_it pkill -TERM -x send
wait "$sender"
is "$(awk '$2 != 250' "$RIG/sent" | head -n 3)" "" "no message was refused meanwhile"
in_it systemctl start world-intake
in_it tdcctl flush >/dev/null 2>&1
ok "the spool becomes empty" wait_for '[ "$(waiting)" = 0 ]' 300
is "$(counter hard_bounced) $(counter set_aside)" \
    "0 0" "nothing was given up"
ok "each copy is at the intake" test "$(delivered)" -ge \
    "$((10000 + $(counter enqueued)))"
ok "the originals are delivered" wait_for '[ "$(in_it mailq | grep -c "^[0-9A-F]")" = 0 ]' 120
is "$(in_it tdcctl check 2>&1 | tail -n 1)" "/etc/tdc/tdc.cf: OK" \
    "tdcctl check finds nothing wrong"

# ---- the way back ----

in_it systemctl stop world-intake
mail -n 20
in_it dpkg -i --force-confold "/packages/previous/$(basename "$previous"/*.deb)" \
    >"$RIG/dpkg" 2>&1 </dev/null
is $? 0 "the version before is installed again" || diag "$(tail -n 5 "$RIG/dpkg")"
like "$(cat "$RIG/dpkg")" 'tdc-postfix: .* is older' "it is told what that means"
before=$(delivered)
# It passes over fresh copies, until they have names that it reads.
# shellcheck disable=SC2016
command=$(sed -n 's/^  \(cd .*ready; for .*done\)$/\1/p' "$RIG/dpkg")
ok "and what is to be done" in_it sh -c "$command"
is "$(in_it sh -c 'ls /var/spool/tdc/ready' | grep -c ,)" 0 \
    "the names of fresh copies are plain after that"
in_it systemctl start world-intake
ok "and delivers what it finds" wait_for '[ "$(waiting)" = 0 ]' 150
is "$(($(delivered) - before >= 20))" 1 "to the intake"
before=$(delivered)
mail -n 5
ok "and takes new ones" wait_for '[ $(($(delivered) - before)) -ge 5 ]' 60

boot_done
