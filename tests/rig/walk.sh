# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# walk - failures one after the other, as many as fit into a time; sourced after
# rig.sh
#
#	plan() { ... }		-- SEED [all]: all failures, a line each
#	try() { ... }		-- the words of such a line; counts in $missed
#	walk 25 3000
#	... $walked were tried, $missed of them did not happen ...
#
# FAULTS=all walks all of them, as far as the second time allows, and FAULTS="WORDS",
# with a blank, that line alone, or those lines; else it is a seed, which is
# chosen and told where there is none.

walk()			# SECONDS SECONDS_FOR_ALL
{
	missed=0
	walked=0
	walk_seconds=$1
	FAULTS=${FAULTS:-$(date +%s)}
	case $FAULTS in
	all)	plan 1 all >"$RIG/plan"
		walk_seconds=$2 ;;
	*' '*)	echo "$FAULTS" >"$RIG/plan"
		walk_seconds=$2 ;;
	*)	plan "$FAULTS" >"$RIG/plan" ;;
	esac
	diag "FAULTS=$FAULTS, of $(wc -l <"$RIG/plan")"
	walk_end=$(($(date +%s) + walk_seconds))
	while [ "$(date +%s)" -lt "$walk_end" ] && read -r walk_line; do
		# shellcheck disable=SC2086
		try $walk_line
		walked=$((walked + 1))
	done <"$RIG/plan"
	diag "$walked failures were tried, $missed of them did not happen"
}
