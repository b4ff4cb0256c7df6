# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# bench_history - what a history costs a queue that drains, and what it costs to
# ask one of a million rows; sourced by bench.sh
bench_history()
{
	copies=${BENCH_COPIES:-20000}
	rig_ca
	bench_sink 1
	rig_stop sink
	echo "$copies copies of 10000 bytes, with a history and without:"
	for round in $(seq "$rounds"); do
		for kept in without with; do
			database=
			[ "$kept" = without ] || database=$RIG/history.db
			bench_conf "$sink_port" "$many" \
			    "history_database = $database"
			bench_ours "$kept-history" "$copies" 10000
			rm -f "$RIG"/history.db*
		done
	done
	ratio "with a history / without" with-history without-history 1.05

	rows=${BENCH_ROWS:-1000000}
	"$TDC_BUILD/tests/tools/recall" fill "$RIG/history.db" "$rows" || exit 1
	echo "a history of $rows rows, $(($(stat -c %s "$RIG/history.db") /
	    rows)) bytes each; the slowest of twenty questions:"
	"$TDC_BUILD/tests/tools/recall" ask "$RIG/history.db" "$rows" |
		sed 's/^/  /'
}
