# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# tap - what tests say; sourced by rig.sh

rig_tests=0
rig_failed=0

ok()			# NAME COMMAND...: it must succeed
{
	rig_tests=$((rig_tests + 1))
	rig_title=$1
	shift
	if "$@"; then
		echo "ok $rig_tests - $rig_title"
	else
		rig_failed=$((rig_failed + 1))
		echo "not ok $rig_tests - $rig_title"
		echo "# failed: $*" | head -n 20 | sed '2,$s/^/# /' >&2
		return 1
	fi
}

is()			# GOT WANTED NAME
{
	ok "$3" [ "$1" = "$2" ] ||
		printf '%s\n' "got: $1" "wanted: $2" | sed 's/^/# /' >&2
}

like()			# GOT PATTERN NAME: some line matches (grep -E)
{
	ok "$3" rig_like "$1" "$2"
}

rig_like()
{
	printf '%s\n' "$1" | grep -Eq -- "$2"
}

unlike()		# GOT PATTERN NAME: no line matches
{
	ok "$3" rig_unlike "$1" "$2"
}

rig_unlike()
{
	! rig_like "$1" "$2"
}

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /' >&2
}

# done_testing - all ended well, and nobody complained meanwhile
done_testing()
{
	for pid in forwarder milter; do
		[ ! -e "$RIG/pid/$pid" ] || rig_stop "$pid"
	done
	is "$(grep -hE 'Sanitizer|runtime error:|panic|assert' "$RIG"/err/*)" \
	    "" "no program complained"
	echo "1..$rig_tests"
	[ "$rig_failed" -eq 0 ]
	exit
}
