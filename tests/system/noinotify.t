#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# noinotify - other programs of the same user hold all inotify instances: the
# spool is looked at each second, and an operator's wishes are heard
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no /etc of its own here"
	exit 0
fi
rig_up noinotify
# A user nobody of whom no other test takes anything.
mkdir "$RIG/etc"
cp -a /etc/. "$RIG/etc/"
sed -i 's/^nobody:.*/nobody:x:64322:65534::\/:\/usr\/sbin\/nologin/' \
    "$RIG/etc/passwd"
mount --bind "$RIG/etc" /etc
chown nobody "$RIG/tdc.log" "$RIG/mail_logs"
rig_ca
rig_dns
rig_intake intake
rig_conf <<-EOF
	idle_timeout = 100ms
	min_connections = 1
EOF

# hold - all that there are
hold()
{
	rig_start hold setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    perl -e 'require "sys/syscall.ph";
		my $n = 0;
		$n++ while syscall(&SYS_inotify_init1, 0) != -1;
		$| = 1; print "$n: $!\n"; sleep'
	rig_wait "grep -q : $RIG/err/hold.out" 20
	cat "$RIG/err/hold.out"
}

hold >"$RIG/held"
like "$(cat "$RIG/held")" '^[1-9][0-9]*: Too many open files' \
    "all instances of the user are held"
rig_forwarder
ok "it says so" rig_wait "rig_log |
    grep -q 'Warning: no inotify: Too many open files; fs.inotify.max_user_instances'" 20
rig_fill 1 -i copy@intake.example
ok "a copy goes out" rig_wait '[ $(rig_count intake) = 1 ]' 20
# far less than the half minute that is between two scans otherwise
most=0
for i in 2 3 4 5 6; do
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 20
	began=$(date +%s%3N)
	rig_fill 1 -i copy@intake.example
	rig_wait "[ \$(rig_count intake) = $i ]" 40
	took=$(($(date +%s%3N) - began))
	[ "$took" -lt "$most" ] || most=$took
done
diag "at most $most ms"
is "$(rig_count intake)" 6 "and so do others"
ok "soon" [ "$most" -lt 15000 ]
ok "flush is heard" tdcctl flush
ok "and told" rig_wait "rig_log | grep -q 'flush of all intake domains'" 10
is "$(rig_log | grep -c 'no inotify')" 1 "all that is said once"
rig_stop hold
ok "when there are instances again, one is taken" \
    rig_wait "rig_log | grep -q 'inotify is there again'" 60
rig_fill 1 -i copy@intake.example
ok "and told the next copy" rig_wait '[ $(rig_count intake) = 7 ]' 20
done_testing
