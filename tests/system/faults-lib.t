#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# faults-lib - whatever a library is asked while copies are delivered fails, once or
# from there on: memory, TLS, DNS.  The forwarder goes on, or ends with its line as
# it does without memory, and never by a signal; every copy is delivered, by it or by
# the next one, and what could not be done at once stands in the log.
#
# But for libunbound (1.17), which in places does not look whether it has got memory:
# it ends the process there, and the next one sends the copies; or it has an answer
# without the records that were in it, which nobody can tell from one that has none.
#
# FAULTS=all walks all of them (hours for memory, with TDC_TIMEOUT); else it is as
# many as a few dozen seconds allow, chosen by a seed that is told.  FAULTS="SEED"
# repeats that choice, FAULTS="NAME SKIP COUNT" makes these alone, one a line
# (COUNT 0: all that come, until a second has passed).
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/nthlib.sh
. tests/rig/walk.sh

case ${TDC_BUILD##*/} in
build-*)
	echo "1..0 # SKIP a sanitizer has the memory functions itself"
	exit 0 ;;
esac
copies=3

rig_up faults-lib
rig_ca
rig_dns
rig_intake intake
rig_conf <<-EOF
	tls_policy = verify
	min_connections = 1
	max_connections = 1
	idle_timeout = 100ms
	retry_delay = 300ms
	retry_limit = 100
EOF
nthlib_up
rig_by_hand=some
turn=0

# give - copies that nobody has seen yet
give()
{
	turn=$((turn + 1))
	files=
	for number in $(seq $copies); do
		rig_letter "$RIG/letter.$number" "turn $turn.$number"
		files="$files $RIG/letter.$number"
	done
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/fill" "$RIG/spool" $files
}

got()			# how many of them the intake has; each counts once
{
	find "$RIG/intake" -name '[0-9]*.eml' -exec \
	    grep -hao "^Subject: turn $turn\.[0-9]" {} + | sort -u | wc -l
}

all_got()
{
	[ "$(got)" = "$copies" ] && [ "$(rig_waiting)" = 0 ]
}

runs()
{
	rig_alive forwarder || nthlib_forwarder
}

# judge NAME - did it go on, or end as it may?
judge()
{
	code=running
	said=
	rig_alive forwarder && return
	wait "$(rig_pid forwarder)"
	code=$?
	said=$(tail -n 1 "$RIG/err/forwarder")
	[ "$1" = memory ] || return 1
	[ "$code" = 71 ] || said=$(tail -n "+$((errors + 1))" "$RIG/err/forwarder")
	case "$code $said" in
	"71 out of memory"|13[59]*"(ub_resolve+"*) ;;
	*) return 1 ;;
	esac
}

# unnamed - copies that were given up by such an answer since $lines
unnamed()
{
	tail -n "+$((lines + 1))" "$RIG/tdc.log" | grep -c "DNS Error .* NoData$"
}

# all_gone NAME - each was delivered, or given up so
all_gone()
{
	all_got || { [ "$1" = memory ] && [ "$(rig_waiting)" = 0 ] &&
	    [ $(($(got) + $(unnamed))) = "$copies" ]; }
}

# try NAME SKIP COUNT
try()
{
	title="$1, $2 pass, then $([ "$3" = 0 ] && echo all || echo "$3")"
	# a line like one that was written just now is written later, and once
	[ "$1" = memory ] || rig_stop forwarder
	runs || diag "it does not start: $(tail -n 2 "$RIG/err/forwarder")"
	lines=$(wc -l <"$RIG/tdc.log")
	errors=$(wc -l <"$RIG/err/forwarder")
	nthlib_fail "$@"
	give
	if [ "$3" = 0 ]; then
		rig_wait '! rig_alive forwarder' 1
	else
		rig_wait 'all_got || ! rig_alive forwarder' 15
	fi
	nthlib_mend
	sent=$(got)
	judge "$1"
	tap $? "$title: it goes on, or ends with a line" || diag "$code: $said"
	told=$(tail -n "+$((lines + 1))" "$RIG/tdc.log" |
	    grep -iE "warning|error|failed" | head -n 1 | cut -c1-150)
	runs
	rig_wait "all_gone $1" 15
	tap $? "$title: every copy is delivered" ||
		diag "$(got) of $copies, $(rig_waiting) wait"
	# one failure that kept nothing from being sent is that of the answer to QUIT
	[ "$1" = memory ] || [ "$nthlib_hits" = 0 ] || [ -n "$told" ] ||
		[ "$3 $nthlib_hits $sent" = "0 1 $copies" ]
	tap $? "$title: a line says why"
	echo "# $title: $nthlib_hits failed: $code: ${told##*TDC: }"
	[ "$nthlib_hits" -gt 0 ] || missed=$((missed + 1))
}

# plan SEED [ALL] - once each, and all from there on, in a random order; of memory,
# of which there are thousands, as many as of all the others
plan()
{
	awk -v seed="$1" -v all="${2:-}" '
		BEGIN { srand(seed) }
		$1 == "memory" { memory = $2; next }
		{
			print 0, $1, 0, 1	# of each, this one is tried
			for (i = 1; i < $2; i++) {
				print rand(), $1, i, 1
				n++
			}
			print rand(), $1, int(rand() * $2), 0
		}
		END {
			for (i = 0; i < (all ? memory : n); i++)
				print rand(), "memory",
				    all ? i : int(rand() * memory),
				    all || i % 8 ? 1 : 0
		}' "$RIG/calls" | sort -n | cut -d' ' -f2-
}

ok "it starts" nthlib_forwarder
give
ok "copies are delivered" rig_wait all_got 20
sleep 0.3		# the connection is idle, and closed
nthlib_count
give
ok "and once more, all calls counted" rig_wait all_got 20
sleep 0.3
nthlib_calls >"$RIG/calls"
nthlib_mend
diag "calls seen: $(tr '\n' ' ' <"$RIG/calls")"
for name in memory SSL_new SSL_connect SSL_read SSL_write ub_resolve; do
	ok "it calls $name" grep -q "^$name " "$RIG/calls"
done
walk 25 30000
# answers of DNS are kept, and then there are fewer allocations than were counted
ok "most did happen" [ "$missed" -le $((walked / 2 + 1)) ]
rig_stop forwarder
done_testing
