#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# bench - cost and speed, as ratios side by side in one run
#
#	sh tests/bench/bench.sh BUILDDIR [milter|flush|bcc|forwarder|history|line|sessions|idle|policy|sandbox]...
#
# Every figure compares two ways of doing the same on this machine, in turns,
# BENCH_ROUNDS times (default 3).  Each round gives a ratio; their median is
# printed, and the least and the greatest.  Absolute times say more of the
# machine than of us.
#
# BENCH_DISK=4G measures on an ext4 of that size, with a journal, whose image
# lies in BENCH_DISK_DIR (default: the build directory).  An ext4 without one
# searches through all inodes deleted in the last minutes whenever a file is
# made, which counts against whoever makes files.  BENCH_DISK_FLUSH=1 makes each
# flush of that disk take a millisecond: the part "flush" is "milter" there.
TDC_BUILD=${1:-build}
export TDC_BUILD
. "$(dirname "$0")/../rig/rig.sh"
[ $# -eq 0 ] || shift
. tests/bench/milter.sh
. tests/bench/bcc.sh
. tests/bench/forwarder.sh
. tests/bench/history.sh
. tests/bench/line.sh
. tests/bench/sessions.sh
. tests/bench/idle.sh
. tests/bench/policy.sh
. tests/bench/sandbox.sh
rounds=${BENCH_ROUNDS:-3}

now()			# milliseconds
{
	date +%s%3N
}

note()			# NAME MILLISECONDS: one measurement
{
	echo "$1 $2" >>"$RIG/times"
	printf '  %-34s %7d ms\n' "$1" "$2"
}

middle()		# the median of numbers, one a line, that are in order
{
	awk '{ t[NR] = $1 }
	    END { print (t[int((NR + 1) / 2)] + t[int(NR / 2 + 1)]) / 2 }'
}

median()		# NAME: a whole number
{
	awk -v name="$1" '$1 == name { print $2 }' "$RIG/times" | sort -n |
		middle | cut -d. -f1
}

ratios()		# NAME AGAINST: one for each round, the least first
{
	awk -v a="$1" -v b="$2" '
		$1 == a { x[++n] = $2 }
		$1 == b { y[++m] = $2 }
		END { for (i = 1; i <= n && i <= m; i++) print x[i] / y[i] }
	    ' "$RIG/times" | sort -n
}

ratio()			# TITLE NAME AGAINST [WANTED]
{
	ratios "$2" "$3" >"$RIG/ratios"
	printf '%-58s %6.2f   (%.2f to %.2f%s)\n' "$1" \
	    "$(middle <"$RIG/ratios")" "$(head -n 1 "$RIG/ratios")" \
	    "$(tail -n 1 "$RIG/ratios")" "${4:+; to reach: $4}"
}

RIG_DISK=${BENCH_DISK:-}
RIG_DISK_DIR=${BENCH_DISK_DIR:-}
RIG_DISK_FLUSH=${BENCH_DISK_FLUSH:-}
rig_up bench
[ $# -gt 0 ] || set -- milter flush bcc forwarder history line sessions idle policy sandbox
for part in "$@"; do
	"bench_$part"
done
