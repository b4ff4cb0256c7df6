#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# memory - a body of 50 MB, and 50 sessions at once: neither program ever
# holds 30 MB
. "$(dirname "$0")/../rig/rig.sh"

rig_up memory
rig_ca
rig_dns
rig_intake intake -q
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
rig_milter
rig_forwarder

# most NAME - the most it ever held; less than 30 MB.  With a sanitizer built
# in the number means nothing.
most()
{
	held=$(rig_vmhwm "$1")
	diag "$2: tdc-$1 held $((held / 1024)) MB at most"
	case $TDC_BUILD in
	*/build) ok "$2: tdc-$1 stays under 30 MB" [ "$held" -lt 30720 ] ;;
	*) ok "$2: tdc-$1 # SKIP sanitizer" true ;;
	esac
}

rig_send sender@client.example user@corp.example -s 50000000
is $? 0 "a message of 50 MB is accepted"
ok "and its copy delivered" rig_wait '[ "$(rig_count intake)" = 1 ]' 60
size=$(find "$RIG/intake" -name '*.eml' -size +50000000c | wc -l)
is "$size" 1 "all of it"
most milter "50 MB"
most forwarder "50 MB"
rm -f "$RIG"/intake/*

rig_give -n 50 -p 50 -s 1000000 -t user@corp.example >"$RIG/said"
is $? 0 "50 sessions at once with 1 MB each"
rig_give -n 500 -p 50 -s 10000 -t user@corp.example >"$RIG/said"
is $? 0 "and with ten small messages each"
ok "every copy is delivered" rig_wait '[ "$(rig_count intake)" = 550 ] &&
    [ "$(rig_waiting)" = 0 ]' 60
most milter "50 sessions"
most forwarder "50 sessions"
done_testing
