#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fatal - a start that fails is in the maillog, and not on the terminal alone:
# in syslog as long as no configuration says otherwise, then where it says
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no mounts of its own here, so no /dev/log"
	exit 0
fi
rig_up fatal
rig_ca
rig_dns
rig_dev
trap 'umount -l /dev; rig_down' EXIT
syslog=$RIG/syslog
: >"$syslog"
rig_syslog "$syslog"

# start PROGRAM [OPTION...] - its exit code in $code, what it said in $said
start()
{
	program=$1
	shift
	: >"$syslog"
	: >"$RIG/tdc.log"
	said=$(timeout 20 "$TDC_BUILD/$program" "$@" -c "$RIG/tdc.cf" \
	    </dev/null 2>&1)
	code=$?
}

# fatal NAME CODE FILE - that start ended so, and its one line is in FILE alone
fatal()
{
	is "$code" "$2" "$1: exit code"
	is "$(printf '%s\n' "$said" | wc -l)" 1 "$1: one line on the terminal"
	file=$3
	rig_wait '[ -s "$file" ]' 5
	is "$(sed -n "s/^.* $program\[[0-9]*\]: TDC: fatal: //p" "$3")" \
	    "${said#"$program": }" "$1: the same in the maillog"
	is "$(cat "$syslog" "$RIG/tdc.log" | wc -l)" 1 "$1: and nowhere else"
}

# ---- no configuration ----

for program in tdc-milter tdc-forwarder; do
	echo "no_such = 1" | rig_conf
	start $program -f
	fatal "$program, unknown parameter" 78 "$syslog"
	like "$said" "tdc\.cf:[0-9]*: .*no_such" "which it names"
	like "$(cat "$syslog")" '^<18>' "with facility mail, level critical"
	start $program
	fatal "$program in the background, unknown parameter" 78 "$syslog"
	start $program -n
	is "$code $(cat "$syslog")" "78 " "$program -n: only looked"
	rm -f "$RIG/tdc.cf"
	start $program
	fatal "$program, no tdc.cf" 75 "$syslog"
done
echo "policy_maps = check_recipient hash:$RIG/none" | rig_conf
start tdc-milter
fatal "a table that is not there" 75 "$syslog"

# ---- one that says where ----

for program in tdc-milter tdc-forwarder; do
	echo "user = no-such-user" | rig_conf
	start $program -f
	fatal "$program, unknown user" 78 "$RIG/tdc.log"
done
echo "milter_socket = unix:$RIG/none/milter.sock" | rig_conf
start tdc-milter
fatal "no directory for the socket" 69 "$RIG/tdc.log"
rig_conf <<-EOF
	user = no-such-user
	maillog_file = $RIG/none/log
EOF
start tdc-milter
fatal "where it says there is no place" 78 "$syslog"
done_testing
