#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# counters - the one file that is mapped is cut short under a running milter:
# mail goes on, the end is not a silent one, and numbers do not begin again
. "$(dirname "$0")/../rig.sh"

rig_up counters
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
EOF
ok "milter starts" rig_milter
rig_send sender@client.example user@corp.example
is "$(rig_waiting)" 1 "a copy is made"
cp "$RIG/spool/counters" "$RIG/kept"

: >"$RIG/spool/counters"
rig_send sender@client.example user@corp.example
is $? 0 "counters cut short: the original is accepted"
ok "the milter ends" rig_wait '! rig_alive milter' 10
like "$(cat "$RIG/err/milter")" 'fatal: spool: counters or sites was cut short' \
    "and says why"
"$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf" 2>"$RIG/err/again"
is $? 73 "it does not start to count anew by itself"
like "$(cat "$RIG/err/again")" 'counters: damaged \(0 bytes\): move it away' \
    "but tells what to do"
rm "$RIG/spool/counters"
ok "that helps" rig_milter
rig_send sender@client.example user@corp.example
like "$(rig_log | grep enqueued | tail -n 1)" 'MID 2 ' \
    "and no MID of the spool is used again"
done_testing
