# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_line - the same over a long line; sourced by bench.sh
#
# Between the client and the sink of bench/forwarder.sh stands tests/bench/delay,
# which makes each round trip 50 ms long.  With one transaction in a flight no
# client can do more than connections / round trip.

bench_delay()		# MS: in front of the sink; its port in $delay_port
{
	rig_start delay "$TDC_BUILD/tests/bench/delay" -d "$1" \
	    -l 127.0.0.1:0 -t "127.0.0.1:$sink_port"
	rig_wait "grep -q listening $RIG/err/delay.out 2>/dev/null" 10 ||
		exit 1
	delay_port=$(sed -n '1s/.*://p' "$RIG/err/delay.out")
}

bench_line()
{
	copies=${BENCH_LINE_COPIES:-2000}
	trip=50
	rig_ca
	bench_sink 1
	rig_stop sink
	bench_delay "$trip"
	bench_queue "$delay_port"
	echo "$copies copies of 10000 bytes, $trip ms round trip," \
	    "$connections connections:"
	for round in $(seq "$rounds"); do
		note limit $((copies * trip / connections))
		bench_conf "$delay_port" "flight_messages = 1" "$many"
		bench_ours line-1 "$copies" 10000
		bench_conf "$delay_port" "flight_messages = 8" "$many"
		bench_ours line-8 "$copies" 10000
	done
	for round in $(seq "${BENCH_SMTP_ROUNDS:-1}"); do
		bench_smtp_both line-smtp "$copies" 10000
	done
	ratio "one round trip for each copy / tdc-forwarder" limit line-1 0.9
	ratio "  with flight_messages = 8" limit line-8 3
	ratio "Postfix smtp(8), connections reused / tdc-forwarder" \
	    line-smtp-reuse line-1 3
	ratio "  with flight_messages = 8" line-smtp-reuse line-8 10
	ratio "Postfix smtp(8) / tdc-forwarder" line-smtp line-1
	rig_stop postfix
	rig_stop delay
}
