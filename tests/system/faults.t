#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# faults - whatever system call of the milter fails, once, always, or from some
# moment on: no original is refused, none waits a second longer than without us,
# and afterwards there are copies again.  The calls are those that it is seen to
# make, and each fails with what it may plausibly fail with.
#
# FAULTS=all walks all of them (minutes); else it is as many as a few dozen
# seconds allow, chosen by a seed that is told.  FAULTS="SEED" repeats that
# choice, FAULTS="CALL ERRNO SKIP COUNT" makes these alone, one a line (COUNT 0: all).
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/faults.sh
. tests/rig/walk.sh

patience=1000		# ms longer than without us

rig_up faults
bare_port=$(rig_port)
RIG_MASTER="127.0.0.1:$bare_port inet n - n - - smtpd -o smtpd_milters="
rig_postfix virtual_transport=discard
# whatever it may have to do with: tables, a log daemon, a listener, systemd
if [ -n "$RIG_ALONE" ]; then
	rig_dev
	rig_syslog "$RIG/tdc.log"
	syslog=yes
fi
echo "corp.example DEFAULT" >"$RIG/policy"
postmap "hash:$RIG/policy"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/policy
	min_free_space = 1M
	alert_command = /bin/true
	${syslog:+maillog_file =}
EOF
export NOTIFY_SOCKET="$RIG/notify" WATCHDOG_USEC=1000000
faults_up -f
rig_start listener "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" monitor
# what is not there any more when this test ends
rig_by_hand=some

# starts - the milter, which then serves
starts()
{
	lines=$(grep -c 'tdc-milter .* started' "$RIG/tdc.log")
	faults_ask start
	rig_wait '[ "$(grep -c "tdc-milter .* started" "$RIG/tdc.log")" -gt \
	    "$lines" ]' 20
}

# crowd PORT - 20 messages in ten sessions, half of them large: what send says
crowd()
{
	for size in 200 150000; do
		"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$1" -n 10 -p 5 \
		    -m 2 -s $size -x "ADDR=192.0.2.10 NAME=client.example" \
		    -t user@corp.example >"$RIG/crowd.$1.$size" &
		eval "crowd_$size=$!"
	done
	wait "$crowd_200" "$crowd_150000"
	cat "$RIG/crowd.$1.200" "$RIG/crowd.$1.150000"
}

# measure HOW - $bad is how many were not taken, $slow by how many ms the slowest
# was slower than without us, which is only looked at when HOW is "compare", and
# then at the same time
measure()
{
	: >"$RIG/bare"
	if [ "$1" = compare ]; then
		crowd "$bare_port" >"$RIG/bare" &
		crowd_bare=$!
	fi
	crowd "$smtp_port" >"$RIG/given"
	[ "$1" != compare ] || wait "$crowd_bare"
	bad=$(grep -vc '^[0-9]* 250 ' "$RIG/given")
	slow=$(($(slowest "$RIG/given") - $(slowest "$RIG/bare")))
}

slowest()		# FILE: in ms
{
	awk '{ t = $4 - $3; if (t > most) most = t } END { print most + 0 }' \
	    "$1"
}

stir()			# housekeeping, too
{
	touch "$RIG/policy.db"
	faults_ask kill 1
}

hit()			# has it failed by now?
{
	faults_ask hits
	[ "$faults_said" != "hits 0" ]
}

# serves - from now on, with a tdc-executor, without which nothing is started any
# more, and no table read
serves()
{
	faults_ask state
	if [ "$faults_said" = running ]; then
		pgrep -f "^tdc-executor $RIG/tdc.cf starter" >/dev/null && return
		faults_ask kill 15
		rig_wait 'faults_ask state; [ "$faults_said" != running ]' 20
	fi
	starts
}

# one CALL ERRNO SKIP COUNT HOW - let it fail; false: an original was refused or
# slow.  What no message has met is done once a second; then there are others.
one()
{
	serves
	faults_ask fail "$(faults_numbers "$1")" "$(faults_number "$2")" \
	    "$3" "$4"
	stir
	measure "$5"
	if ! hit && [ "$bad" = 0 ] && rig_wait hit 1; then
		measure "$5"
	fi
	faults_ask mend
	hits=${faults_said#hits }
	faults_ask state
	find "$RIG/spool/ready" -type f -delete
	[ "$bad" = 0 ] && [ "$slow" -le "$patience" ]
}

# again - copies are made as before: by this milter, or by the next
again()
{
	faults_ask state
	[ "$faults_said" = running ] || starts
	rig_wait 'rig_send sender@client.example user@corp.example &&
	    [ "$(rig_waiting)" -gt 0 ]' 20
	status=$?
	find "$RIG/spool/ready" -type f -delete
	return $status
}

# try CALL ERRNO SKIP COUNT - what is slow has to be slow three times
try()
{
	title="$1 $2, $3 pass, then $([ "$4" = 0 ] && echo all || echo "$4")"
	one "$@" quick || { [ "$bad" = 0 ] && { one "$@" compare ||
	    one "$@" compare; }; }
	tap $? "$title: no original is refused or waits" ||
		diag "$bad refused, $slow ms longer" \
		    "$(grep -v '^[0-9]* 250 ' "$RIG/given" | head -n 3)"
	if [ "$hits" = 0 ]; then
		missed=$((missed + 1))
		missing="$missing $1/$3"
	fi
	echo "# $title: $hits failed, $slow ms, $faults_said"
	again
	tap $? "$title: then all is as before" && return
	faults_ask kill 9
	rig_wait 'faults_ask state; [ "$faults_said" != running ]' 5
}

# plan - "CALL ERRNO SKIP COUNT" for all that was seen, in a random order
plan()
{
	while read -r call count; do
		for error in $(faults_errors "$call"); do
			# what is interrupted for ever is no failure
			ways="1 some"
			[ "$error" = EINTR ] || ways="$ways always later"
			for way in $ways; do
				echo "$call $error $way $count"
			done
		done
	done <"$RIG/calls" | awk -v seed="$1" '
		BEGIN { srand(seed) }
		{
			at = int(rand() * $4 * 0.7)
			what["1"] = "0 1"; what["some"] = at " 1"
			what["always"] = "0 0"; what["later"] = at " 0"
			print rand(), $1, $2, what[$3]
		}' | sort -n | cut -d' ' -f2-
}

ok "milter starts" starts || exit 1
measure quick
faults_ask calls
stir
measure quick
sleep 1.5			# and what it does by itself, once a second
is "$bad" 0 "all is well: all are taken"
diag "all is well: the slowest $slow ms"
faults_calls | sort >"$RIG/calls"
# malloc(3) gets its memory by one or the other
awk '$1 ~ /^(mmap|brk|mprotect|mremap)$/ { n += $2 }
    END { print "mmap,brk,mprotect,mremap", n }' "$RIG/calls" >"$RIG/memory"
cat "$RIG/memory" >>"$RIG/calls"
diag "calls seen: $(tr '\n' ' ' <"$RIG/calls")"
find "$RIG/spool/ready" -type f -delete
missing=
walk 35 3000
diag "not:$missing"
ok "nearly all did happen" [ "$missed" -le $((walked / 10 + 1)) ]
unlike "$(cat "$RIG/maillog")" 'milter .*timed out' \
    "nobody waited for an answer in vain"
faults_ask state
faults_ask kill 15
rig_wait 'faults_ask state; [ "$faults_said" != running ]' 20
is "$faults_said" "exit 0" "it ends as it should"
rig_stop faults
done_testing
