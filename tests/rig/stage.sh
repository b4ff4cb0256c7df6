# SPDX-License-Identifier: BSD-2-Clause
#
# stage - what the demos say; sourced by them, after rig.sh.

stage_started=$(date +%s)
stage_expected=0
stage_wrong=0

title()			# TEXT...: a heading; bold on a terminal
{
	if [ -t 1 ]; then
		printf '\n\033[1m== %s\033[0m\n\n' "$*"
	else
		printf '\n== %s\n\n' "$*"
	fi
}

expect()		# TEXT COMMAND...: it must succeed
{
	stage_text=$1
	shift
	stage_expected=$((stage_expected + 1))
	if "$@"; then
		echo "   [as expected]  $stage_text"
	else
		stage_wrong=$((stage_wrong + 1))
		echo "   [WRONG]        $stage_text"
	fi
}

same()			# GOT WANTED
{
	[ "$1" = "$2" ]
}

# stage_end NAME - the last line; whether all was as expected
stage_end()
{
	printf '\n%s: %d of %d expectations wrong, %d seconds\n' "$1" \
	    "$stage_wrong" "$stage_expected" $(($(date +%s) - stage_started))
	[ "$stage_wrong" -eq 0 ]
}
