#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# service - the package on a Debian that runs systemd: what an administrator
# meets from the installation on, day by day, until the purge
. "$(dirname "$0")/../rig/booted.sh"

boot_new service
boot_world
cp "$TDC_BUILD"/deb/tdc-postfix_*.deb "$root/packages"
boot_must

# ---- installed, and nothing said ----

in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "the package is installed"
unlike "$(cat "$RIG/dpkg")" '[Ff]ailed|[Ww]arning|[Ee]rror' "without a complaint"
for name in milter forwarder; do
	is "$(property tdc-$name ActiveState) $(property tdc-$name SubState) $(property tdc-$name Type)" \
	    "active running notify" "tdc-$name runs, and has told so"
	is "$(in_it systemctl is-enabled tdc-$name)" enabled \
	    "tdc-$name will after a reboot"
	like "$(in_it systemctl status tdc-$name)" 'Status: ".*intake_address' \
	    "tdc-$name: the status says what it waits for"
done
is "$(in_it systemctl is-active tdc-remediator tdc-metrics.socket tdc-metrics.timer)" \
    "inactive
inactive
inactive" "what nobody asked for does not run"
is "$(in_it systemctl --failed --no-legend --plain | grep tdc)" "" "no unit of ours has failed"
is "$(in_it stat -c '%a %U %G' /var/spool/tdc /var/spool/tdc/ready \
    /var/spool/tdc/failed /var/log/tdc /var/lib/tdc /var/lib/tdc-remediate \
    /var/spool/postfix/tdc)" \
    "710 tdc tdcstatus
1770 tdc tdc-milter
700 tdc tdc
3770 tdc tdclog
750 tdc tdc
700 tdc-remediate tdc-remediate
750 tdc-milter postfix" "the directories are whose they should be"
for name in milter forwarder; do
	user=tdc
	[ $name = forwarder ] || user=tdc-milter
	is "$(in_it sh -c "id -nu \$(sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' \
	    /proc/$(property tdc-$name MainPID)/status)")" "$user" \
	    "tdc-$name is user $user"
done
mail
is "$?" 0 "mail passes"

# ---- configured ----

in_it sh -c 'cat >>/etc/tdc/tdc.cf' <<-EOF
	intake_address = journal@intake.example
	internal_networks = 127.0.0.0/8 [::1]/128
	tls_ca_file = /etc/world/ca.pem
	mail_logs_file = /var/log/tdc/mail_logs
	undelivered = keep
	retry_delay = 1s
EOF
in_it sed -i 's/^default_policy.*/default_policy = DEFAULT/' /etc/tdc/tdc.cf
in_it systemctl reload tdc-milter tdc-forwarder
is $? 0 "both reload"
ok "and wait for nothing more" wait_for \
    '[ -z "$(property tdc-milter StatusText)$(property tdc-forwarder StatusText)" ]' 20
in_it tdcctl postfix-enable >"$RIG/enable" 2>&1
is $? 0 "Postfix is told of it"
like "$(in_it postconf -h smtpd_milters)" 'unix:tdc/milter.sock' "in its main.cf"
in_it postfix check 2>/dev/null
in_it sh -c 'grep -v "^#" /etc/postfix/master.cf | grep "^smtp .*inet"' >"$RIG/master"
like "$(cat "$RIG/master")" '^smtp +inet +n +- +y ' "smtpd is in its chroot"
mail
is "$?" 0 "a message is taken"
ok "and its copy is at the intake" wait_for '[ "$(delivered)" = 1 ]' 30
like "$(in_it journalctl -o cat -u tdc-milter)" 'MID 1 .*enqueued for forwarding' \
    "the milter's line is in the journal"
like "$(in_it journalctl -o cat -u tdc-forwarder)" 'Message finished MID 1 done' \
    "the forwarder's, too"
ok "and rsyslog has both" wait_for \
    '[ "$(grep -csE "tdc-milter.* MID 1 .*enqueued|tdc-forwarder.*Message finished MID 1" "$root/var/log/mail.log")" = 2 ]' 20
unlike "$(in_it journalctl -o cat -u postfix@-)" 'connect to Milter service' \
    "Postfix has reached the socket each time"
check=$(in_it tdcctl check 2>&1)
is "$? $(echo "$check" | tail -n 1)" "0 /etc/tdc/tdc.cf: OK" \
    "tdcctl check finds nothing wrong" || diag "$check"

# ---- when a daemon hangs, or is killed ----

faster()		# NAME: systemd's patience is short
{
	mkdir -p "$root/etc/systemd/system/tdc-$1.service.d"
	printf '[Service]\nWatchdogSec=5s\nRestartSec=200ms\n' \
	    >"$root/etc/systemd/system/tdc-$1.service.d/faster.conf"
}

alive()			# NAME: another process than $pid, and it is ready
{
	[ "$(property "tdc-$1" MainPID)" != "$pid" ] &&
		[ "$(property "tdc-$1" ActiveState)" = active ]
}

faster milter
faster forwarder
in_it systemctl daemon-reload
for name in milter forwarder; do
	in_it systemctl restart tdc-$name
	pid=$(property tdc-$name MainPID)
	is "$(in_it cat "/proc/$pid/comm")" "tdc-$name" "tdc-$name runs" || continue
	in_it kill -STOP "$pid"
	ok "tdc-$name hangs: it is started again" wait_for 'alive $name' 60
	like "$(in_it journalctl -o cat -u tdc-$name)" 'Watchdog timeout' \
	    "tdc-$name: by the watchdog"
	pid=$(property tdc-$name MainPID)
	is "$(in_it cat "/proc/$pid/comm")" "tdc-$name" "tdc-$name runs" || continue
	in_it kill -KILL "$pid"
	ok "tdc-$name is killed: it is started again" wait_for 'alive $name' 30
	before=$(property tdc-$name MainPID)
	in_it systemctl reload tdc-$name
	is "$? $(property tdc-$name MainPID)" "0 $before" \
	    "tdc-$name reloads, and stays the process it was"
done
rm -r "$root"/etc/systemd/system/tdc-*.service.d
in_it systemctl daemon-reload
in_it systemctl restart tdc-milter tdc-forwarder
before=$(delivered)
mail
ok "and copies get through again" wait_for '[ "$(delivered)" -gt "$before" ]' 30

# ---- confined ----

# confine NAME DIRECTORY... - what an intruder in tdc-NAME may still do
confine()
{
	mkdir -p "$root/etc/systemd/system/tdc-$1.service.d"
	cat >"$root/etc/systemd/system/tdc-$1.service.d/tried.conf" <<-EOF
		[Service]
		Type=oneshot
		WatchdogSec=0
		Restart=no
		ExecStart=
		ExecStart=/tools/tools/confined $2
		ExecReload=
		StandardOutput=truncate:/var/world/tried
	EOF
	in_it systemctl daemon-reload
	in_it systemctl stop "tdc-$1"
	in_it systemctl start "tdc-$1"
	rm -r "$root/etc/systemd/system/tdc-$1.service.d"
	in_it systemctl daemon-reload
	cat "$root/var/world/tried"
}

elsewhere="/ /etc /etc/tdc /usr/sbin /var/lib /var/spool/postfix /home /root /run /dev"
# All that either of them has: a place of the one is elsewhere for the other.
theirs="/var/spool/tdc /var/spool/tdc/ready /var/spool/tdc/failed /var/lib/tdc
    /var/spool/postfix/tdc /run/tdc"
for name in milter forwarder; do
	# shellcheck disable=SC2086
	tried=$(confine $name "/var/log/tdc /tmp $(echo $theirs) $elsewhere")
	has="/var/spool/tdc/ready /var/spool/postfix/tdc /run/tdc"
	[ $name = milter ] ||
		has="/var/spool/tdc /var/spool/tdc/ready /var/spool/tdc/failed /var/lib/tdc"
	# shellcheck disable=SC2086
	is "$(echo "$tried" | sed -n 's/ allowed$//p')" \
	    "$(echo 'socket netlink'	# for postconf
	    printf 'write %s\n' /var/log/tdc /tmp $has)" \
	    "tdc-$name may write where it has to, and nothing else"
	for what in 'socket packet' 'socket vsock'; do
		like "$tried" "^$what refused: Address family not supported" \
		    "tdc-$name: no $what"
	done
	for what in ptrace namespace 'writable code' 'set-user-id file' \
	    'become root' module bpf keyring personality clock; do
		like "$tried" "^$what refused: Operation not permitted" \
		    "tdc-$name: no $what"
	done
	for place in /var/log/tdc /var/spool/tdc/ready /tmp; do
		like "$tried" "^exec $place refused: Permission denied" \
		    "tdc-$name: nothing is executed that was written in $place"
	done
done
tried=$(confine remediator "/tmp /var/log/tdc /var/spool/tdc \
    /var/spool/postfix/maildrop $elsewhere")
is "$(echo "$tried" | sed -n 's/^\(write .*\) allowed$/\1/p')" \
    "write /tmp
write /var/log/tdc
write /var/spool/postfix/maildrop" "tdc-remediator may not write copies"
for what in ptrace namespace 'writable code' 'set-user-id file' 'become root' \
    module bpf keyring personality clock; do
	like "$tried" "^$what refused: Operation not permitted" \
	    "tdc-remediator: no $what"
done
for unit in tdc-milter.service tdc-forwarder.service tdc-remediator.service \
    tdc-metrics.service; do
	ok "$unit: exposure is 2.0 at most" in_it sh -c \
	    "systemd-analyze security --no-pager --threshold=20 $unit >/dev/null"
done
is "$(in_it sh -c 'systemd-analyze verify --man=no /lib/systemd/system/tdc-*.service \
    /lib/systemd/system/tdc-*.socket /lib/systemd/system/tdc-*.timer 2>&1 | grep tdc')" "" \
    "systemd finds nothing wrong with the units"
in_it systemctl start tdc-milter tdc-forwarder

# ---- logs that are rotated while mail flows ----

enqueued()		# copies, by the counter
{
	in_it tdcctl status --json | sed -n 's/.*"enqueued": *\([0-9]*\).*/\1/p' |
		head -n 1
}

ok "both run again" wait_for '[ "$(property tdc-milter SubState)$(property tdc-forwarder SubState)" = runningrunning ]' 20
before=$(enqueued)
lines=$(cat "$root"/var/log/tdc/mail_logs* | grep -c 'enqueued for forwarding')
mail -n 0 -p 2 -m 20 &
sender=$!
for turn in 1 2 3; do
	sleep 1
	in_it logrotate --force /etc/logrotate.d/tdc-postfix ||
		tap 1 "logrotate, time $turn"
done
sleep 1
in_it pkill -TERM -x send
wait "$sender"
ok "what was taken is delivered" wait_for '[ "$(waiting)" = 0 ]' 120 ||
	diag "$(in_it tdcctl hoststatus; in_it tdcctl queue | tail -n 3)"
is "$(find "$root/var/log/tdc" -name 'mail_logs*' | wc -l)" 4 "the log was rotated three times"
sleep 1
is "$(($( (cd "$root/var/log/tdc" && zcat -f mail_logs*) | grep -c 'enqueued for forwarding') - lines))" \
    "$(($(enqueued) - before))" "and no line is missing"

# ---- power fails while copies wait ----

echo 'queue_lifetime = 1h' >>"$root/etc/tdc/tdc.cf"
in_it systemctl reload tdc-milter tdc-forwarder
in_it systemctl stop world-intake
before=$(delivered)
mail -n 300 -p 4 -m 20
is "$?" 0 "300 messages are taken while the intake is down"
is "$(waiting)" 300 "their copies wait"
boot_down KILL
is "$(waiting)" 300 "and are there after the power has failed"
boot_must
ok "all are delivered" wait_for '[ "$(waiting)" = 0 ]' 90
is "$(($(delivered) - before >= 300))" 1 "to the intake"
ok "and all originals" wait_for '[ "$(in_it mailq | grep -c "^[0-9A-F]")" = 0 ]' 60

# ---- gone ----

in_it systemctl stop world-intake
mail -n 3
in_it dpkg -r tdc-postfix >"$RIG/dpkg" 2>&1
is $? 0 "the package is removed"
like "$(cat "$RIG/dpkg")" 'Postfix still has tdc-milter' "which tells of Postfix"
is "$(in_it systemctl list-units --all --plain --no-legend 'tdc-*' | grep -v not-found)" "" \
    "no unit is left"
is "$(in_it pgrep -l tdc)" "" "no program is left"
mail
is "$?" 0 "mail passes"
in_it dpkg -P tdc-postfix >"$RIG/dpkg" 2>&1
is $? 0 "the package is purged"
like "$(cat "$RIG/dpkg")" 'kept /var/spool/tdc with 3 copies' "which tells of copies"
is "$(waiting)" 3 "and keeps them"
is "$(cd "$root" && ls -d etc/tdc var/log/tdc var/lib/tdc var/lib/tdc-remediate \
    var/spool/postfix/tdc etc/logrotate.d/tdc* etc/apparmor.d/*tdc* \
    lib/systemd/system/tdc* 2>/dev/null)" "" "nothing else is left"
in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >/dev/null 2>&1
is "$? $(waiting)" "0 3" "and they are there when it is installed again"
rm -r "$root"/var/spool/tdc/ready/*
in_it dpkg -P tdc-postfix >"$RIG/dpkg" 2>&1
ok "without copies the spool goes" test ! -e "$root/var/spool/tdc"

# ---- what the package's own test says ----

in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >/dev/null 2>&1
cp debian/tests/smoke "$root/packages"
in_it sh /packages/smoke >"$RIG/smoke" 2>&1
is $? 0 "debian/tests/smoke is content" || diag "$(tail -n 5 "$RIG/smoke")"

boot_done
