# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# tap - what tests say; sourced by rig.sh

rig_tests=0
rig_failed=0

tap()			# STATUS NAME
{
	rig_tests=$((rig_tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $rig_tests - $2"
	else
		rig_failed=$((rig_failed + 1))
		echo "not ok $rig_tests - $2"
		echo "# failed: $2" >&2
		return 1
	fi
}

ok()			# NAME COMMAND...: it succeeds
{
	rig_title=$1
	shift
	"$@"
	tap $? "$rig_title"
}

is()			# GOT WANTED NAME: they are the same
{
	[ "$1" = "$2" ]
	tap $? "$3" && return
	printf '%s\n' "$2" >"$RIG/wanted"
	printf '%s\n' "$1" >"$RIG/got"
	diff -U 100 "$RIG/wanted" "$RIG/got" | sed '1,3d; s/^/#   /' >&2
	return 1
}

like()			# GOT PATTERN NAME: a line of it matches (grep -E)
{
	printf '%s\n' "$1" | grep -Eq -- "$2"
	tap $? "$3" && return
	diag "no line like $2 in:" "$1"
	return 1
}

unlike()		# GOT PATTERN NAME: no line of it matches
{
	! printf '%s\n' "$1" | grep -E -- "$2" | sed 's/^/#   /' | grep . >&2
	tap $? "$3"
}

diag()			# LINE...
{
	printf '%s\n' "$@" | sed 's/^/#   /' >&2
}

# fates_add_up - messages are the sum of what became of them, and copies are,
# where there are counters that can be read.  $rig_by_hand is how many copies
# the test itself has put into the spool, or, below 0, taken out of it; "some":
# it cannot tell.
fates_add_up()
{
	[ -e "$RIG/spool/counters" ] && tdcctl status --json >"$RIG/counted" \
	    2>/dev/null || return 0
	[ "${rig_by_hand:-0}" = some ] ||
		is "$(awk -F '[":, ]+' '
			$2 ~ /^(enqueued|requeued|diverted|deleted_kept)$/ { sum += $3 }
			$2 ~ /^(delivered|hard_bounced|set_aside)$/ { sum -= $3 }
			$2 ~ /^(deleted|waiting)$/ { sum -= $3 }
			END { print -sum }' "$RIG/counted")" "${rig_by_hand:-0}" \
		    "every copy is in the counter of its fate, or waits"
	is "$(awk -F '[":, ]+' '
		$2 ~ /^(journaled|aborted|skipped_|failed_)/ { sum += $3 }
		$2 == "messages" { messages = $3 }
		END { print sum - messages }' "$RIG/counted")" 0 \
	    "every message that was seen is in the counter of its fate"
}

# done_testing - all ended well, and nobody complained meanwhile
done_testing()
{
	for pid in forwarder milter; do
		[ ! -e "$RIG/pid/$pid" ] || rig_stop "$pid"
	done
	fates_add_up
	is "$(grep -hE 'Sanitizer|runtime error:|panic|assert' "$RIG"/err/*)" \
	    "" "no program complained"
	echo "1..$rig_tests"
	[ "$rig_failed" -eq 0 ]
	exit
}
