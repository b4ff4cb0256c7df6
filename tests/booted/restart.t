#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# restart - tdc-milter is replaced while mail flows, on a Debian that runs
# systemd: by SIGUSR2, by an upgrade of the package, and by "systemctl restart"
# where systemd holds its socket; each message that is accepted has its copy
. "$(dirname "$0")/../rig/booted.sh"

boot_new restart
boot_world
cp "$TDC_BUILD"/deb/tdc-postfix_*.deb "$root/packages"
boot_must
in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "the package is installed" || diag "$(tail -n 5 "$RIG/dpkg")"
in_it sh -c 'cat >>/etc/tdc/tdc.cf' <<-EOF
	intake_address = journal@intake.example
	internal_networks = 127.0.0.0/8 [::1]/128
	tls_ca_file = /etc/world/ca.pem
	queue_lifetime = 1h
	max_messages_per_connection = 1000
EOF
in_it sed -i 's/^default_policy.*/default_policy = DEFAULT/' /etc/tdc/tdc.cf
in_it systemctl reload tdc-milter tdc-forwarder
boot_milter
ok "a message gets its copy" wait_for 'mail; [ "$(delivered)" -gt 0 ]' 30

# load - from several sessions, and from one that stays as long as the test
load()
{
	ok "$1: before it, nothing waits" wait_for '[ "$(waiting)" = 0 ]' 60
	before=$(delivered)
	: >"$RIG/slow"
	mail -n 0 -p 3 -m 5 &
	sender=$!
	in_it /tools/tools/send -S 127.0.0.1:25 -f slow@client.example \
	    -t user@corp.example -x "ADDR=192.0.2.2 NAME=slow.example" \
	    -n 0 -w 500 >"$RIG/slow" &
	slow=$!
	sleep 2
}

unload()		# NAME: each message that was accepted has its copy
{
	in_it pkill -TERM -x send
	wait "$sender" "$slow"
	is "$(cat "$RIG/sent" "$RIG/slow" | awk '$2 != 250' | head -n 3)" "" \
	    "$1: no message was refused, and no session broken"
	accepted=$(cat "$RIG/sent" "$RIG/slow" | wc -l)
	diag "$accepted messages accepted"
	ok "$1: each has its copy" wait_for \
	    '[ "$(waiting)" = 0 ] && [ $(($(delivered) - before)) = "$accepted" ]' 120 ||
		diag "$(($(delivered) - before)) copies"
	unlike "$(in_it journalctl -o cat)" 'warning: .*[Mm]ilter' \
	    "$1: Postfix never missed the milter"
}

anew()			# the main process is another one, which is ready
{
	[ "$(property tdc-milter MainPID)" != "$old" ] &&
		[ "$(property tdc-milter ActiveState)" = active ]
}

# ---- by SIGUSR2 ----

load SIGUSR2
first=$(property tdc-milter MainPID)
for turn in 1 2 3; do
	old=$(property tdc-milter MainPID)
	in_it systemctl kill --kill-who=main -s USR2 tdc-milter
	ok "SIGUSR2, time $turn: another is the main process" wait_for anew 60
	is "$(in_it cat "/proc/$(property tdc-milter MainPID)/comm")" tdc-milter \
	    "which runs"
done
is "$(in_it cat "/proc/$first/comm")" tdc-milter \
    "the first one serves a session that stays"
old=$(property tdc-milter MainPID)
in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "the package is installed again" || diag "$(tail -n 5 "$RIG/dpkg")"
ok "and its milter has taken over" anew
unload SIGUSR2
ok "with its session the first one ends" wait_for \
    '! in_it test -e "/proc/$first"' 20
unlike "$(in_it journalctl -o cat -b)" \
    'Stopp(ed|ing) tdc-milter|not our child|reception only permitted|refusing' \
    "systemd saw one service that ran all the time"
in_it kill -KILL "$(property tdc-milter MainPID)"
old=0
ok "when the new one is killed, systemd notices" wait_for \
    '[ "$(property tdc-milter NRestarts)" = 1 ] && anew' 60

# ---- a socket that systemd holds ----

in_it systemctl stop tdc-milter
in_it systemctl enable --now tdc-milter.socket >/dev/null 2>&1
in_it systemctl start tdc-milter
is "$(in_it systemctl is-active tdc-milter.socket tdc-milter.service)" "active
active" "with tdc-milter.socket both are active" ||
	diag "$(in_it journalctl -o cat -u tdc-milter | tail -n 3)"
is "$(in_it stat -c '%a %U %G' /var/spool/postfix/tdc/milter.sock)" \
    "660 tdc-milter postfix" "the socket is whose it should be"
load "systemctl restart"
# Sessions have ten seconds to end, and this one does not; so no slow one here.
in_it pkill -TERM -f 'slow@client.example'
for turn in 1 2 3 4; do
	old=$(property tdc-milter MainPID)
	in_it systemctl restart tdc-milter
	ok "restart, time $turn" anew
	sleep 1
done
old=$(property tdc-milter MainPID)
in_it systemctl kill --kill-who=main -s USR2 tdc-milter
ok "SIGUSR2 does so, too" wait_for anew 60
unload "systemctl restart"
before=$(delivered)
old=$(property tdc-milter MainPID)
in_it kill -KILL "$old"
mail
is $? 0 "it was killed just now: a message is taken"
ok "it waited for the next one, and has its copy" wait_for \
    '[ "$(delivered)" -gt "$before" ]' 30

# ---- one that does not start ----

cp "$root/etc/tdc/tdc.cf" "$RIG/tdc.cf"
echo 'no_such_parameter = 1' >>"$root/etc/tdc/tdc.cf"
in_it systemctl restart tdc-milter 2>/dev/null
begun=$(date +%s%3N)
mail -n 5
is $? 0 "a milter that cannot start: mail passes"
took=$(($(date +%s%3N) - begun))
diag "five messages in $took ms"
ok "and does not wait for it" [ "$took" -lt 25000 ]
cp "$RIG/tdc.cf" "$root/etc/tdc/tdc.cf"
in_it systemctl restart tdc-milter.socket tdc-milter.service
before=$(delivered)
mail
ok "once it can, there are copies" wait_for '[ "$(delivered)" -gt "$before" ]' 30

in_it dpkg -r tdc-postfix >"$RIG/dpkg" 2>&1
is $? 0 "the package is removed"
is "$(in_it systemctl list-units --all --plain --no-legend 'tdc-*' | grep -v not-found)" "" \
    "no unit is left"
is "$(in_it pgrep -l tdc)" "" "no program is left"
boot_done
