#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# faults-start - whatever system call fails while the milter starts, the nth of
# its kind alone or all from there on: it ends, says why in a line and by its exit
# status, or serves all the same.  It never stands still, nor crashes.
#
# FAULTS=all walks all of them (half an hour, with TDC_TIMEOUT=3600); else it is
# as many as a few dozen seconds allow, chosen by a seed that is told.
# FAULTS="SEED" repeats that choice, FAULTS="CALL ERRNO SKIP COUNT" makes these
# alone, one a line.
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/faults.sh
. tests/rig/walk.sh

rig_up faults-start
rig_postfix virtual_transport=discard
echo "corp.example DEFAULT" >"$RIG/policy"
postmap "hash:$RIG/policy"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/policy
	min_free_space = 1M
EOF
export NOTIFY_SOCKET="$RIG/notify" WATCHDOG_USEC=1000000
faults_up -f
confines=$(faults_number SYS_close_range)	# what main() calls first
rig_by_hand=some

state()
{
	faults_ask state
	[ "$faults_said" != running ]
}

# served - a message goes through, and has its copy
served()
{
	[ -S "$RIG/milter.sock" ] && rig_give -s 100 -t user@corp.example \
	    >"$RIG/said" && [ "$(rig_waiting)" -gt 0 ]
}

# begun - it has ended, or Postfix has got past it
begun()
{
	state || { [ -S "$RIG/milter.sock" ] &&
	    rig_give -s 100 -t user@corp.example >"$RIG/said"; }
}

# in_main - it got so far; before that it is the loader that ends, by a signal when
# it has no memory
in_main()
{
	faults_ask calls
	case "$faults_said " in
	*" $confines:"*) true ;;
	*) false ;;
	esac
}

stops()
{
	faults_ask kill 9
	rig_wait state 10
	find "$RIG/spool" -type f -path '*/ready/*' -delete
	rm -f "$RIG/milter.sock"
}

# try CALL ERRNO SKIP COUNT
try()
{
	title="$1 $2, $3 pass, then $([ "$4" = 0 ] && echo all || echo "$4")"
	: >"$RIG/err/faults"
	faults_ask calls
	faults_ask fail "$(faults_numbers "$1")" "$(faults_number "$2")" \
	    "$3" "$4"
	faults_ask start
	rig_wait begun 20
	begun=$?
	faults_ask mend
	hits=${faults_said#hits }
	rig_wait 'state || served' 20 || begun=1
	faults_ask state
	said=$(grep -v '^$' "$RIG/err/faults" | tail -n 1)
	end=$faults_said
	case $begun:$end:$1 in
	0:running:*) true ;;
	0:exit*) [ "${end#exit }" -ge 64 ] && [ -n "$said" ] ;;
	# one of several threads stays root: libc ends us
	"0:signal 6:set"*) true ;;
	0:signal*) ! in_main ;;
	*) false ;;
	esac
	tap $? "$title: ends with a reason, or serves"
	echo "# $hits failed: $end: $said"
	[ "$end" != running ] || stops
	[ "$hits" -gt 0 ] || missed=$((missed + 1))
}

# plan SEED - each call, the nth of its kind, with one of its errors, once or
# from there on, in a random order
plan()
{
	while read -r call count; do
		echo "$call $count $(faults_errors "$call")"
	done <"$RIG/calls" | awk -v seed="$1" '
		BEGIN { srand(seed) }
		NF > 2 {
			# the first execve is that of the program itself
			for (i = $1 == "execve"; i < $2; i++) {
				error = $(3 + int(rand() * (NF - 2)))
				print rand(), $1, error, i, 1
				if (error != "EINTR")
					print rand(), $1, error, i, 0
			}
		}' | sort -n | cut -d' ' -f2-
}

# the first start makes what the next ones find
for i in 1 2; do
	faults_ask start
	rig_wait 'grep -q started "$RIG/tdc.log"' 20 || exit 1
	faults_calls | sort >"$RIG/calls"
	ok "it starts, and serves" rig_wait served 20
	stops
	faults_ask calls
	: >"$RIG/tdc.log"
done
diag "calls seen: $(tr '\n' ' ' <"$RIG/calls")"
walk 25 3000
ok "most did happen" [ "$missed" -le $((walked / 3)) ]
rig_stop faults
done_testing
