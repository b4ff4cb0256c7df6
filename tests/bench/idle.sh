# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_idle - one copy alone, and a very long queue; sourced by bench.sh
#
# One copy: from the moment it is in the spool of an idle forwarder, which has
# to open a connection, until the sink thanks for it; beside it a client that
# does nothing but connect, STARTTLS and send.  The difference is ours.
#
# A long queue: from the start of the forwarder until the sink has the first
# copy, and the most memory that the forwarder ever held.

microseconds()		# NAME MICROSECONDS: one measurement, not printed
{
	echo "$1 $2" >>"$RIG/times"
}

bench_thanks()		# how many the sink has thanked for
{
	grep -c microseconds "$RIG/err/sink.out"
}

bench_one_ours()
{
	thanks=$(bench_thanks)
	committed=$("$TDC_BUILD/tests/tools/fill" -S -t -s 10000 "$RIG/spool") ||
		exit 1
	rig_wait "[ \$(bench_thanks) -gt $thanks ]" 30 || exit 1
	microseconds one-ours $(($(sed -n '$s/^microseconds //p' \
	    "$RIG/err/sink.out") - committed))
	# until its connections are gone
	rig_wait "[ -z \"\$(ss -Htn state established \
	    dport = :$sink_port)\" ]" 30 || exit 1
}

bench_one_pipeline()
{
	microseconds one-pipeline "$("$TDC_BUILD/tests/bench/pipeline" \
	    -S "127.0.0.1:$sink_port" -s 10000)"
}

bench_one()
{
	at_least=3
	bench_conf "$sink_port" "idle_timeout = 100ms"
	unset at_least
	mkdir -p "$RIG/spool"
	chown nobody "$RIG/spool"
	rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
	rig_wait "[ -d $RIG/spool/ready ]" 10
	bench_sink each
	for sample in $(seq "${BENCH_SAMPLES:-30}"); do
		bench_one_ours
		bench_one_pipeline
	done
	rig_stop forwarder
	rig_stop sink
	rm -rf "$RIG/spool"
	printf '%-58s %6.2f ms\n' "one copy, idle forwarder, median" \
	    "$(($(median one-ours) / 10))e-2" \
	    "one message, plain client, median" \
	    "$(($(median one-pipeline) / 10))e-2"
	printf '%-58s %6.2f ms   (to reach: below 2)\n' "  overhead" \
	    "$((($(median one-ours) - $(median one-pipeline)) / 10))e-2"
}

bench_long_queue()
{
	queue=${BENCH_QUEUE:-100000}
	echo "$queue copies waiting:"
	bench_conf
	mkdir -p "$RIG/spool"
	"$TDC_BUILD/tests/tools/fill" -n "$queue" -s 2000 "$RIG/spool" || exit 1
	bench_sink 1
	started=$(now)
	rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
	rig_wait "grep -q reached $RIG/err/sink.out" 60 || exit 1
	printf '%-58s %6d ms   (to reach: below 1000)\n' \
	    "start to first delivery" \
	    $(($(sed -n 's/^reached //p' "$RIG/err/sink.out") - started))
	rig_wait "[ \$(rig_waiting) -eq 0 ]" 300
	printf '%-58s %6d MB   (to reach: below 40)\n' \
	    "most memory until all are delivered" \
	    $(($(rig_vmhwm forwarder) / 1024))
	rig_stop forwarder
	rig_stop sink
	rm -rf "$RIG/spool"
}

bench_idle()
{
	rig_ca
	bench_sink 1
	rig_stop sink
	bench_one
	bench_long_queue
}
