#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# lists - the man pages are what the code says, and mandoc understands them
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
build=${TDC_BUILD:-build}
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT

# as_generated DIR: write the lists anew, and show what differs from man/
as_generated()
{
	sh tests/lint/man-lists.sh "$build" "$1" && diff -r man "$1"
}

cp -R man "$RIG/man"
is "$(as_generated "$RIG/man" 2>&1)" "" "the lists in man/ are those of the code"
is "$(grep -h '^\.\\" LIST ' man/* | sort)" '.\" LIST advice
.\" LIST counters
.\" LIST events
.\" LIST parameters
.\" LIST verbs' "each list stands in one page"

# The tool that writes the lists could be wrong in all of them alike.
is "$(awk '/^\.It Va / { name = $3 } /^Value: a time / { print name, $5, $7 }' \
    man/tdc.cf.5)" "spool_timeout 1ms 5m.
queue_lifetime 1ms 30d.
retry_delay 0 1d.
kept_lifetime 1ms 3650d.
connect_timeout 1ms 1d.
command_timeout 1ms 1d.
idle_timeout 0 1d.
alert_interval 1ms 30d.
alert_intake_down 0 30d.
history_lifetime 1ms 3650d.
api_poll_interval 1m 1d.
api_lookback 1d 30d.
remediation_timeout 30s 1m.
remediation_quarantine 0 3650d.
remediation_lifetime 100d 3650d.
remediation_max_age 1h 90d.
cluster_lease 10s 1h." "times are told in the largest unit that fits"
is "$(awk '/^\.It Va / { name = $3 } /^A change takes / { print name }' \
    man/tdc.cf.5)" "milter_socket
milter_socket_mode
milter_socket_group
spool_directory
user
milter_user
sandbox
history_database
history_lifetime
remediation_database
remediation_user" "and these parameters take a restart"

# A list that lags behind the code would have been noticed.
for page in tdc.cf.5 tdc-log.7 tdcctl.8; do
	awk '/^\.\\" LIST / { listed = 1 }
	    listed && /^\.It / && !gone { gone = 1; next } 1' \
	    "man/$page" >"$RIG/man/$page"
	is "$(diff -r man "$RIG/man" | grep -c '^< \.It')" 1 \
	    "$page without its first row"
	is "$(as_generated "$RIG/man" 2>&1)" "" "gets it back"
done
echo '.\" LIST nothing' >>"$RIG/man/tdc.7"
ok "a list that nobody knows is refused" \
    eval '! sh tests/lint/man-lists.sh "$build" "$RIG/man" 2>/dev/null'

# The reasons that the programs give are those that a page explains.
reasons=$(cat policy/inbound.c |
    sed -n '/skip_rows\[SKIPS\] = {/,/^};/p' | sed -n 's/.*"\(.*\)".*/\1/p')
ok "there are reasons not to journal" [ "$(echo "$reasons" | wc -l)" -ge 9 ]
mandoc -Tascii man/tdc-log.7 2>/dev/null | col -b | tr -s ' \n' '  ' \
    >"$RIG/tdc-log"
is "$(echo "$reasons" | while read -r reason; do
	grep -qF "$reason" "$RIG/tdc-log" || echo "$reason"
done)" "" "tdc-log(7) explains each of them"
is "$(mandoc -Tascii man/tdc-log.7 2>/dev/null | col -b |
    grep -E '(text|[A-Z])text|textn')" "" "no placeholders run together"

is "$(mandoc -Tlint -Wstyle man/* 2>/dev/null |
    grep -v 'referenced manual not found')" "" "mandoc has nothing to say"
for page in man/*; do
	name=${page#man/}
	is "$(mandoc -Tascii "$page" 2>/dev/null | col -b | head -n 1 | awk '{ print tolower($1) }')" \
	    "${name%.*}(${name##*.})" "$page is called so inside"
done

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
