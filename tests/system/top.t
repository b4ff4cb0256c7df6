#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# top - what goes on, again and again: on a terminal, which is left as it was
# whatever ends it, and on what is none; nothing that a peer says gets there
. "$(dirname "$0")/../rig/rig.sh"

rig_up top
rig_ca
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	retry_delay = 1000s
	queue_lifetime = 2000s
	min_connections = 1
EOF

is "$(tdcctl top -n 1 2>&1; echo $?)" \
    "tdcctl: spool_directory $RIG/spool does not exist: was tdc-milter ever started?
66" "no spool yet"
wrong()			# REASON OPTION...
{
	reason=$1
	shift
	is "$(tdcctl top "$@" 2>&1; echo $?)" "tdcctl: top: $reason
usage: tdcctl [-c FILE] [-v] top [-d SECONDS] [-n COUNT]
64" "wrong: $*"
}
wrong "-d: not from 0.1 to 3600 seconds: '0'" -d 0
wrong "-d: not from 0.1 to 3600 seconds: '1s'" -d 1s
wrong "-d: not from 0.1 to 3600 seconds: '3601'" -d 3601
wrong "-n: bad number '0'" -n 0
wrong "-n needs a value" -n
wrong "unknown option '-x'" -x
wrong "unexpected argument '5'" 5

# ---- not on a terminal ----

rig_milter || exit 1
rig_forwarder || exit 1
rig_send a@client.example b@corp.example
ok "a copy is delivered" rig_wait '[ "$(rig_counter delivered)" = 1 ]' 20
tdcctl top -n 1 >"$RIG/out"
is "$?" 0 "one screen"
like "$(cat "$RIG/out")" '^Programs:  tdc-milter since 2.*, tdc-forwarder since 2' "what runs"
like "$(cat "$RIG/out")" '^Messages:  -/s seen, -/s journaled; 0 accepted without a copy$' \
    "rates are not known yet"
like "$(cat "$RIG/out")" '^Copies:    0 waiting, 0 kept; -/s delivered' "copies"
like "$(cat "$RIG/out")" '^ +0 +- +[01] +- +- +0  up +intake\.example$' "an intake domain"

# Some are delivered while it shows screen after screen.
"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" top -d 0.1 -n 10000 >"$RIG/out" &
top=$!
rig_wait '[ -s "$RIG/out" ]' 10
rig_send a@client.example b@corp.example -n 20
ok "20 more are delivered" rig_wait '[ "$(rig_counter delivered)" = 21 ]' 20
screens=$(grep -c '^tdcctl top' "$RIG/out")
rig_wait "[ \$(grep -c '^tdcctl top' $RIG/out) -gt $((screens + 2)) ]" 10
kill "$top"
wait "$top" 2>/dev/null
awk '/ intake\.example$/ { print $4, $5 }' "$RIG/out" >"$RIG/rates"
like "$(grep -v '^-' "$RIG/rates")" '^[1-9][0-9.]* 0\.0$' "their rate is seen"
like "$(tail -n 1 "$RIG/rates")" '^0\.0 0\.0$' "and that it is over"
is "$(LC_ALL=C grep -c '[^ -~]' "$RIG/out")" 0 "without an escape"
tdcctl top -d 0.1 | head -n 3 >"$RIG/out"
is "$(wc -l <"$RIG/out")" 3 "it ends when nobody reads"

# ---- on a terminal, with a hostile intake ----

rig_stop intake
rig_intake intake -R 'rcpt=451 4.3.0 \x1b[31m\x9b2J \x07<b>later</b> \x1b]0;owned\x07'
rig_send a@client.example b@corp.example
ok "one is deferred" rig_wait '[ "$(rig_counter soft_bounced)" -ge 1 ]' 20
TERM=xterm
export TERM
# on LINESxCOLUMNS ACTION... - with a screen each 100 ms
on()
{
	prlimit --core=0 python3 tests/helpers/screen.py "$@" -- \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" top -d 0.1 >"$RIG/screen" 2>&1
}
end="modes as before, cursor shown, old screen"
on 24x200 for=later show key=q
is "$(grep -E '^(no|exit|SIG|unknown|still)' "$RIG/screen")" "exit 0, $end" "q ends it"
like "$(cat "$RIG/screen")" '^ +1 +[0-9.]+ s +[01] +[0-9.-]+ +[0-9.-]+ +0 +(up|down) +intake\.example$' \
    "what waits, and for how long"
like "$(cat "$RIG/screen")" '^ +\(.*451.*x1b\[31m.*<b>later</b>.*\)$' "and what the intake said"
for name in INT TERM HUP QUIT SEGV USR1; do
	on 24x80 for=intake.example "kill=$name"
	is "$(cat "$RIG/screen")" "SIG$name, $end" "so does SIG$name, and cleans up"
done
on 24x80 for=intake.example "key=$(printf '\003')"
is "$(cat "$RIG/screen")" "SIGINT, $end" "and ^C"
on 24x80 for=intake.example "key=$(printf '\032')" stops kill=CONT for=intake.example key=q
is "$(cat "$RIG/screen")" "stopped, $end
exit 0, $end" "^Z leaves it for a while"

# Small, smaller, large.
rig_stop forwarder
for n in 1 2 3 4 5 6 7 8 9; do
	rig_fill 1 -i "journal@domain$n.example"
done
on 24x80 for=domain9 show size=9x30 'for=and 8 more' show size=1x1 'for=^t$' \
    size=40x120 for=domain9 key=q
is "$(grep -E '^(no|exit|SIG|unknown|still)' "$RIG/screen")" "exit 0, $end" "it follows the size of the window"
is "$(grep -c 'domain[0-9]' "$RIG/screen") $(awk 'length > 80' "$RIG/screen")" "9 " \
    "and draws what there is room for"
on 24x80 for=domain9 kill=STOP stops kill=CONT for=domain9 key=q
is "$(grep -E '^(no|exit|SIG|unknown|still)' "$RIG/screen")" "exit 0, $end" "it goes on after a stop that it cannot see"

# A spool that is gone meanwhile, and there again.
on 24x80 for=domain9 "run=mv $RIG/spool $RIG/other" 'for=^spool_directory .* does not exist' \
    for=domain9 "run=mv $RIG/other $RIG/spool" for=^tdcctl key=q
is "$(cat "$RIG/screen")" "exit 0, $end" \
    "a spool that vanishes is told, and looked at when it is back"
done_testing
