#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sandbox - the daemons give up system calls, programs and files at their start,
# in all of their threads; mail goes on, and what is out of reach is told
. "$(dirname "$0")/../rig/rig.sh"

rig_up sandbox
rig_ca
rig_dns
rig_intake intake -q
rig_postfix

status_of()		# PID FIELD: of all its threads, each value once
{
	sed -n "s/^$2:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$1/task/"*/status |
		sort -u | tr '\n' ' '
}

starter_of()		# PID
{
	pgrep -P "$1" -x tdc-executor
}

# Where nothing that is configured at first leads.
elsewhere=$(mktemp -d /srv/tdc.XXXXXX) || elsewhere=$(mktemp -d /opt/tdc.XXXXXX)
chmod 755 "$elsewhere"
RIG_PLACES=$elsewhere	# the unit's, too, by a drop-in
trap 'rig_last=$?; rm -rf "$elsewhere"; (exit $rig_last); rig_down' EXIT
printf 'user@corp.example DEFAULT\n' >"$elsewhere/table"
postmap "hash:$elsewhere/table"

common="history_database = $RIG/history/history.db
remediation_database = $RIG/state/state.db
remediation_user = nobody"
mkdir "$RIG/history" "$RIG/state"
chown nobody "$RIG/history" "$RIG/state"
rig_conf <<-EOF
	default_policy = DEFAULT
	$common
EOF
programs="milter forwarder"
[ ! -x "$TDC_BUILD/tdc-remediator" ] || programs="$programs remediator"

rig_milter
if grep -q 'TDC: sandbox: ' "$RIG/tdc.log"; then
	echo "1..0 # SKIP $(sed -n 's/.*TDC: sandbox: //p' "$RIG/tdc.log")"
	exit 0
fi
rig_forwarder
for name in $programs; do
	[ $name != remediator ] || rig_program remediator tdc-remediator
done
unlike "$(rig_log)" 'sandbox: ' "this kernel and this build have all of it"

# ---- in force, in all threads ----

here=$(status_of $$ Seccomp)	# 2 in some containers
[ "${TDC_UNIT:-}" != yes ] || here="2 "	# those of the unit

for name in $programs; do
	pid=$(rig_pid $name)
	starter=$(starter_of "$pid")
	is "$(status_of "$pid" Seccomp)" "2 " "$name: a filter"
	is "$(status_of "$pid" NoNewPrivs)" "1 " "$name: no new privileges"
	is "$(status_of "$pid" CapEff)" "0000000000000000 " \
	    "$name: no capabilities"
	is "$(stat -c %U "/proc/$pid/environ")" root "$name: leaves no core"
	is "$(status_of "$starter" Seccomp)" "$here" "$name: its starter has none"
	is "$(stat -c %U "/proc/$starter/environ")" root \
	    "$name: its starter leaves no core either"
	is "$(readlink "/proc/$starter/fd/"* | grep -vc '^/dev/null$')" 1 \
	    "$name: its starter has one end of a socket, and nothing else"
done
rig_send a@client.example user@corp.example
is $? 0 "a message is taken"
ok "and its copy delivered" rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20

# ---- what a reload can and cannot bring ----

reload()		# NAME PATTERN: how often it is in the log afterwards
{
	: >"$RIG/mail_logs"
	kill -HUP "$(rig_pid "$1")"
	rig_wait 'grep -Eq "configuration (not )?reloaded" "$RIG/mail_logs"' 10
	grep -c "$2" "$RIG/mail_logs"
}

rig_conf <<-EOF
	default_policy = NO
	policy_maps = check_recipient hash:$elsewhere/table
	$common
EOF
is "$(reload milter 'configuration reloaded')" 1 \
    "a database elsewhere: the starter's reader reads it"
rig_send a@client.example user@corp.example
ok "and it is asked" rig_wait '[ "$(rig_counter delivered)" = 2 ]' 20

# One that waits for a lock, as postmap(1) holds it, is there to be looked at.
reader_waits()
{
	reader=$(pgrep -f "^tdc-table-reader hash $elsewhere/table.db wait")
}
exec 9<"$elsewhere/table.db"
flock -x 9
tdcctl policy a@client.example user@corp.example >"$RIG/said" 2>&1 9<&- &
asks=$!
ok "a reader waits for a lock" rig_wait reader_waits 10
ok "it has a filter" rig_wait '[ "$(status_of "$reader" Seccomp)" = "2 " ]' 10
is "$(status_of "$reader" NoNewPrivs)" "1 " "and no new privileges"
is "$(sed -n 's/^Max cpu time *\([0-9]*\) .*/\1/p' "/proc/$reader/limits")" 60 \
    "nor more time than it may need"
exec 9<&-
wait $asks
like "$(cat "$RIG/said")" "hash:$elsewhere/table" "and reads when it has it"
rig_conf <<-EOF
	default_policy = NO
	policy_maps = check_recipient texthash:$elsewhere/table
	$common
EOF
is "$(reload milter "not reloaded: .*denied; $elsewhere is out of reach until a restart")" \
    1 "a text file elsewhere: told, with what to do"
rig_stop milter
ok "after a restart it is in reach" rig_milter
rig_send a@client.example user@corp.example
ok "and it is asked" rig_wait '[ "$(rig_counter delivered)" = 3 ]' 20
mkdir "$elsewhere/log"
chown nobody "$elsewhere/log"
rig_conf <<-EOF
	default_policy = DEFAULT
	mail_logs_file = $elsewhere/log/mail_logs
	$common
EOF
is "$(reload forwarder "not reloaded: .*mail_logs_file.*denied; $elsewhere/log is out of reach")" \
    1 "a log elsewhere: told, too"

# ---- the end ----

for name in $programs; do
	starter=$(starter_of "$(rig_pid $name)")
	rig_stop $name KILL
	ok "$name: the starter ends with it" \
	    rig_wait '! rig_running "$starter"' 10
done

# ---- not wanted ----

rig_conf <<-EOF
	default_policy = DEFAULT
	sandbox = no
	$common
EOF
for name in $programs; do
	rig_program $name tdc-$name
	is "$(status_of "$(rig_pid $name)" Seccomp)" "$here" \
	    "$name, sandbox = no: no filter"
	is "$(starter_of "$(rig_pid $name)")" "" \
	    "$name, sandbox = no: no starter"
	rig_stop $name
done

done_testing
