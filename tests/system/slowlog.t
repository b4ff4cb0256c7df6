#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# slowlog - a log daemon that reads nothing, and a log file on a disk that
# writes nothing, hold up neither an original nor a delivery; and what is
# missing in the log is told
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no mounts of its own here, so no /dev/log"
	exit 0
fi
rig_up slowlog
rig_ca
rig_dns
rig_intake intake -q
rig_postfix
mkdir "$RIG/disk"
truncate -s 32m "$RIG/image"
mkfs.ext4 -q "$RIG/image" 2>"$RIG/err/mkfs" &&
    mount -o loop "$RIG/image" "$RIG/disk" 2>>"$RIG/err/mkfs" || {
	echo "1..0 # SKIP no disk of its own here"
	exit 0
}
thaw()
{
	fsfreeze -u "$RIG/disk" 2>/dev/null
	umount -l /dev
}
trap 'thaw; rig_down' EXIT

rig_dev
log_daemon()
{
	rig_syslog "$RIG/tdc.log"
}

stand()			# the log daemon goes on no more
{
	kill -STOP "$(rig_pid syslog)"
	rig_wait 'grep -q "^State:.*stopped" /proc/$(rig_pid syslog)/status' 5
}

go_on()
{
	kill -CONT "$(rig_pid syslog)"
}

sent=0

# give NAME N - all accepted, and none slow
give()
{
	rig_name=$1
	sent=$((sent + $2))
	rig_give -n "$2" -p 4 -m 10 -t user@corp.example >"$RIG/said"
	is $? 0 "$rig_name: all are accepted"
	slowest=$(awk '{ print $4 - $3 }' "$RIG/said" | sort -n | tail -n 1)
	diag "$rig_name: slowest $slowest ms"
	ok "$rig_name: none waits" [ "$slowest" -lt 5000 ]
	ok "$rig_name: every copy is delivered" \
	    rig_wait '[ "$(rig_counter delivered)" = $sent ]' 20
}

lines()			# PATTERN FILE...
{
	rig_pattern=$1
	shift
	cat "$@" 2>/dev/null | grep -c "$rig_pattern"
}

# ---- the log daemon ----

log_daemon
echo "no_such = 1" | rig_conf
for program in tdc-milter tdc-forwarder; do
	for option in -n -f; do
		"$TDC_BUILD/$program" $option -c "$RIG/tdc.cf" 2>/dev/null
		is $? 78 "$program $option: a wrong configuration"
	done
done
is "$(sed -n 's/.*\(tdc-[a-z]*\)\[[0-9]*\]: \(TDC: fatal: \).*: \(unk.*\)/\1 \2\3/p' \
    "$RIG/tdc.log")" \
"tdc-milter TDC: fatal: unknown parameter 'no_such'
tdc-forwarder TDC: fatal: unknown parameter 'no_such'" \
    "is told to syslog, once, by who would start"
rm "$RIG/tdc.log"
: >"$RIG/tdc.log"
rig_stop syslog
log_daemon
rig_conf <<-EOF
	default_policy = DEFAULT
	maillog_file =
	mail_logs_file =
	max_messages_per_connection = 1000
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
like "$(head -n 1 "$RIG/tdc.log")" \
    '^<22>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} tdc-milter\[[0-9]+\]: TDC: tdc-milter [0-9.]+ started$' \
    "lines have the form of syslog(3)"
give "all is well" 40
stand
give "the log daemon stands" 40
ok "most of their lines are not there" \
    [ "$(lines 'successfully delivered' "$RIG/tdc.log")" -lt 60 ]
go_on
ok "it goes on: all the lines come" rig_wait \
    '[ "$(lines "successfully delivered" "$RIG/tdc.log")" = 80 ] &&
     [ "$(lines " enqueued for forwarding" "$RIG/tdc.log")" = 80 ]' 10

rig_stop syslog
give "no log daemon" 40
log_daemon
ok "another one comes: it gets all the lines" rig_wait \
    '[ "$(lines "successfully delivered" "$RIG/tdc.log")" = 120 ] &&
     [ "$(lines " enqueued for forwarding" "$RIG/tdc.log")" = 120 ]' 10
is "$(rig_log | grep -c 'are missing')" 0 "no line is missing"

# Long names, and many: what cannot be kept is told.
stand
name=$(printf '%060d' 0)
rig_letter "$RIG/long" "$(printf '%0450d' 1)"
set --
n=0
while [ $((n += 1)) -le 10 ]; do
	set -- "$@" -t "$name$n@corp.example"
done
rig_give -n 1500 -p 8 -m 100 -F "$RIG/long" "$@" >"$RIG/said"
is $? 0 "more than can be kept: all are accepted"
sent=$((sent + 1500))
ok "more than can be kept: every copy is delivered" \
    rig_wait '[ "$(rig_counter delivered)" = $sent ]' 60
go_on
missing()
{
	rig_log | sed -n 's/.*Warning: \([0-9]*\) lines are missing.*/\1/p' |
	awk '{ n += $1 } END { print n + 0 }'
}
ok "it is told how many lines are missing" rig_wait '[ "$(missing)" -gt 0 ]' 10
ok "they are counted" rig_wait '[ "$(rig_counter log_lost)" = "$(missing)" ]' 40
diag "$(missing) lines lost, $(rig_counter log_lost) counted"

stand
rig_give -n 4 -t user@corp.example >"$RIG/said"
for program in forwarder milter; do
	began=$(date +%s%3N)
	rig_stop $program
	took=$(($(date +%s%3N) - began))
	ok "$program stops all the same ($took ms)" [ "$took" -lt 8000 ]
done
go_on
rig_stop syslog

# ---- a log file ----

chmod 777 "$RIG/disk"
rig_conf <<-EOF
	default_policy = DEFAULT
	maillog_file = $RIG/disk/tdc.log
	mail_logs_file = $RIG/mail_logs
EOF
rm "$RIG/tdc.log"
ln -s disk/tdc.log "$RIG/tdc.log"
: >"$RIG/disk/tdc.log"
: >"$RIG/mail_logs"
chown nobody "$RIG/disk/tdc.log"
ok "log file: milter starts" rig_milter
ok "log file: forwarder starts" rig_forwarder
rig_wait '[ "$(rig_waiting)" = 0 ]' 20
sent=$(rig_counter delivered)
before=$(lines 'successfully delivered' "$RIG/mail_logs")
fsfreeze -f "$RIG/disk"
give "the disk of the maillog stands" 40
ok "the disk of the maillog stands: the other log goes on" rig_wait \
    '[ "$(lines "successfully delivered" "$RIG/mail_logs")" = $((before + 40)) ]' 10
kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
give "the disk of the maillog stands: and a reload" 40
fsfreeze -u "$RIG/disk"
ok "it goes on: all the lines come" rig_wait \
    '[ "$(lines "successfully delivered" "$RIG/disk/tdc.log")" = $((before + 80)) ]' 10
is "$(lines 'configuration reloaded' "$RIG/disk/tdc.log")" 2 "also of the reload"
is "$(rig_log | grep -c 'are missing')" 0 "none is missing"

dd if=/dev/zero of="$RIG/disk/ballast" bs=4k 2>"$RIG/err/dd"
dd if=/dev/zero of="$RIG/disk/ballast2" bs=1k 2>>"$RIG/err/dd"
give "the disk of the maillog is full" 100
rm -f "$RIG"/disk/ballast*
ok "there is room again: it is told how many lines are missing" \
    rig_wait 'rig_give -t user@corp.example >"$RIG/said"
	[ "$(missing)" -gt 0 ]' 20
rig_stop milter
rig_stop forwarder

# ---- where the log goes ----

rig_wait '[ "$(rig_waiting)" = 0 ]' 1
rig_conf <<-EOF
	default_policy = DEFAULT
	maillog_file = /dev/stdout
	mail_logs_file =
EOF
rig_start milter "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf"
ok "/dev/stdout: with -f" rig_wait \
    'grep -q "TDC: tdc-milter .* started$" "$RIG/err/milter.out"' 10
kill -HUP "$(rig_pid milter)"
ok "/dev/stdout: and when it is not root any more" rig_wait \
    'grep -q "TDC: configuration reloaded$" "$RIG/err/milter.out"' 10
rig_stop milter
like "$(tail -n 1 "$RIG/err/milter.out")" 'TDC: tdc-milter .*stopped$' \
    "/dev/stdout: to the last line"
like "$("$TDC_BUILD/tdc-milter" -c "$RIG/tdc.cf" 2>&1; echo "exit $?")" \
    '/dev/stdout is for a program in the foreground' \
    "/dev/stdout: not in the background"
mkfifo -m 666 "$RIG/fifo"
rig_conf <<-EOF
	default_policy = DEFAULT
	maillog_file = $RIG/fifo
EOF
like "$(timeout 10 "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf" 2>&1)" \
    'maillog_file: .*/fifo is neither a file nor a device$' \
    "a fifo is refused, at once"
done_testing
