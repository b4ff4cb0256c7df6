# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_sessions - what it costs that a connection carries ten messages, and
# what flights that grow gain; sourced by bench.sh
#
# To the sink of bench/forwarder.sh, and over the long line of bench/line.sh.

# bench_session NAME MESSAGES SIZE [PORT] - to the sink, or to PORT
bench_session()
{
	echo "$2 copies of $3 bytes, by messages of a connection and of a flight:"
	for round in $(seq "$rounds"); do
		for carried in 1000 10; do
			for flight in 1 8 auto; do
				bench_conf "${4:-$sink_port}" \
				    "max_messages_per_connection = $carried" \
				    "flight_messages = $flight"
				bench_ours "$1-$carried-$flight" "$2" "$3"
			done
		done
	done
	for flight in 1 8 auto; do
		ratio "1000 by a connection / 10, flight_messages = $flight" \
		    "$1-1000-$flight" "$1-10-$flight"
	done
	for carried in 1000 10; do
		ratio "$carried by a connection, 1 in a flight / auto" \
		    "$1-$carried-1" "$1-$carried-auto"
		ratio "$carried by a connection, 8 in a flight / auto" \
		    "$1-$carried-8" "$1-$carried-auto"
	done
}

bench_sessions()
{
	rig_ca
	bench_sink 1
	rig_stop sink
	bench_session near "${BENCH_COPIES:-20000}" 10000
	bench_delay 50
	bench_session far "${BENCH_LINE_COPIES:-2000}" 10000 "$delay_port"
	rig_stop delay
}
