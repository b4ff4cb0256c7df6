#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# bench - cost and speed, as ratios side by side in one run
#
#	sh tests/bench.sh BUILDDIR [milter|forwarder|line|idle|policy]...
#
# Every figure compares two ways of doing the same on this machine, in turns,
# BENCH_ROUNDS times (preset 3); the median of the rounds counts.  Absolute
# times say more of the machine than of us.
#
# BENCH_DISK=4G measures on an ext4 of that size, with a journal, whose image
# lies in BENCH_DISK_DIR (preset: the build directory).  An ext4 without one
# searches through all inodes deleted in the last minutes whenever a file is
# made, which counts against whoever makes files.
TDC_BUILD=${1:-build}
export TDC_BUILD
. "$(dirname "$0")/rig.sh"
[ $# -eq 0 ] || shift
. tests/bench_milter.sh
. tests/bench_forwarder.sh
. tests/bench_line.sh
. tests/bench_idle.sh
. tests/bench_policy.sh
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

median()		# NAME
{
	awk -v name="$1" '$1 == name { print $2 }' "$RIG/times" | sort -n |
		awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}

ratio()			# TITLE NAME AGAINST [WANTED]
{
	awk -v a="$(median "$2")" -v b="$(median "$3")" -v title="$1" \
	    -v wanted="${4:-}" 'BEGIN {
		printf "%-58s %6.2f%s\n", title, a / b,
		    wanted != "" ? "   (to reach: " wanted ")" : "" }'
}

RIG_DISK=${BENCH_DISK:-}
RIG_DISK_DIR=${BENCH_DISK_DIR:-}
rig_up bench
[ $# -gt 0 ] || set -- milter forwarder line idle policy
for part in "$@"; do
	"bench_$part"
done
