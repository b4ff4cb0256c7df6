#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# queue - tdcctl queue and show: why the last attempt at a copy failed, and
# when it is tried again
. "$(dirname "$0")/../rig/rig.sh"

rig_up queue
rig_ca
RIG_MX=yes
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    mx-host=other.example,mx.other.example,10 \
    host-record=mx.other.example,127.0.0.2
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_cert cert mx.intake.example mx.other.example
conf()
{
	rig_conf <<-EOT
		min_connections = 1
		idle_timeout = 100ms
		queue_lifetime = 2000s
		retry_limit = 3
		$*
	EOT
}

# of MID - all lines of that copy, blanks made one
of()
{
	tdcctl queue | sed 's/  */ /g' | awk -v mid="$1" '
	    /^[0-9]/ || /^--/ { mine = $1 == mid } mine'
}
json()			# MID NAME
{
	tdcctl queue --json | perl -MJSON::PP -e '
		while (<STDIN>) {
			my $v = decode_json($_);
			print $v->{$ARGV[1]} // "null" if $v->{mid} == $ARGV[0];
		}' "$@"
}
# between NUMBER LEAST MOST
between()
{
	awk -v n="$1" -v least="$2" -v most="$3" \
	    'BEGIN { exit !(n ~ /^[0-9.]+$/ && n >= least && n <= most) }'
}
attempted()		# MID ATTEMPTS
{
	rig_wait "[ \"\$(json $1 attempts)\" = $2 ]" 20
}

# ---- nothing was tried ----

conf "retry_delay = 1000s"
rig_fill 1
like "$(of 1)" '^ next try when tdc-forwarder runs$' "nobody will try"
is "$(json 1 next_try) $(json 1 reason)" "null null" "as JSON"
unlike "$(of 1)" '^ \(' "and there is no reason"

# ---- each way to fail ----

rig_forwarder
attempted 1 1
like "$(of 1)" '^ \(127\.0\.0\.1: \[Errno 111\] Connection refused\)$' \
    "nobody answers"
like "$(of 1)" '^ next try in (9[0-9][0-9]\.[0-9]|1000\.0) s$' "when retry_delay is over"
is "$(json 1 reason)" "127.0.0.1: [Errno 111] Connection refused" "as JSON"
ok "in seconds" between "$(json 1 next_try)" 900 1000
like "$(tdcctl show 1)" '^Reason:     127\.0\.0\.1: \[Errno 111\]' "show has it, too"
like "$(tdcctl show 1)" '^Next try:   in (9[0-9][0-9]\.[0-9]|1000\.0) s$' "and when"
# One that was not tried, behind it.
rig_fill 1
like "$(of 2)" '^ next try when its host is up again$' "its host is down"
is "$(json 2 next_try) $(json 2 attempts)" "null 0" "as JSON"
rig_stop forwarder

rig_intake intake -l 127.0.0.1:25 -R "final=451 4.3.0 try, (later)"
rig_forwarder
attempted 2 1
like "$(of 2)" '^ \(127\.0\.0\.1 said 451 4\.3\.0 try, \(later\)\)$' \
    "what the intake said"
rig_stop intake
rig_fill 1 -i copy@other.example
attempted 3 1
like "$(of 3)" '^ \(127\.0\.0\.2: \[Errno 111\]' "each copy has its own"
like "$(of 2)" '4\.3\.0 try' "the other keeps its own"
rig_stop forwarder

# ---- a copy that is due ----

conf "retry_delay = 0"
rig_intake intake -l 127.0.0.1:25 -R greeting=hang
rig_forwarder
ok "a copy that is due" rig_wait '[ "$(json 1 next_try)" = 0 ]' 10
like "$(of 1)" '^ next try now$' "is tried now"
rig_stop forwarder
rig_stop intake

# ---- kept ----

conf "retry_delay = 100ms
undelivered = keep"
rig_intake intake -l 127.0.0.1:25 -R "final=554 5.7.1 not $(printf 'x%.0s' $(seq 300))"
rig_forwarder
ok "what is refused for good is kept" \
    rig_wait '[ "$(json 1 place)$(json 2 place)" = failedfailed ]' 20
like "$(of 1)" '^ \(127\.0\.0\.1 said 554 5\.7\.1 not x{100,}\.\.\.\)$' \
    "with its reason, which is cut"
unlike "$(of 1)" 'next try' "and not tried any more"
is "$(json 1 next_try)" null "as JSON"
rig_stop forwarder
like "$(tdcctl requeue 1 && of 1)" '^ \(127\.0\.0\.1 said 554' \
    "a copy that is requeued still has it"
rig_fill 1 -i copy@none.example
rig_forwarder
ok "a domain without MX" rig_wait '[ "$(json 4 place)" = failed ]' 20
is "$(json 4 reason)" "none.example MX: NXDomain" "is what DNS said"
rig_stop forwarder
echo "undelivered = keep
queue_lifetime = 1ms" | rig_conf
rig_fill 1
rig_forwarder
ok "one that is too old is kept" rig_wait '[ "$(json 5 place)" = failed ]' 20
like "$(of 5)" '^ \(not tried in time\)$' "and was not tried"
rig_stop forwarder

# ---- without extended attributes ----

rm -rf "$RIG/spool"
install -d -o nobody -m 700 "$RIG/spool"
mount -t ramfs none "$RIG/spool"
chown nobody "$RIG/spool"
chmod 700 "$RIG/spool"
conf "retry_delay = 1000s"
rig_stop intake
rig_fill 1
rig_forwarder
attempted 1 1
unlike "$(of 1)" '^ \(' "there is no reason"
is "$(json 1 reason)" null "as JSON"
like "$(of 1)" '^ next try in 9' "all else is there"

# ---- the oldest ----

oldest()
{
	tdcctl status --json | sed -n 's/^ *"oldest_age": \(.*\),$/\1/p'
}
rig_wait '[ "$(json 1 age)" -ge 3 ]' 10
rig_fill 1 -i copy@other.example
age=$(json 1 age)
ok "status has the age of the oldest copy" between "$(oldest)" "$age" $((age + 3))
rig_intake intake -l 127.0.0.1:25
tdcctl flush >/dev/null
ok "or of the next" rig_wait '[ "$(json 1 age)" = "" ] && [ "$(oldest)" -le "$(json 2 age)" ]' 20
rig_intake other -l 127.0.0.2:25
tdcctl flush >/dev/null
ok "until none waits" rig_wait '[ "$(oldest)" = null ]' 20
unlike "$(tdcctl status)" "Oldest copy" "then it is not told"
# The answer to the message does not come.
rig_stop intake
delayed=$(rig_log | grep -c Delayed)
rig_intake intake -l 127.0.0.1:25 -R final=hang
rig_fill 1
ok "one that is being sent to an intake that hangs ages, too" rig_wait \
    'age=$(oldest) && [ "$age" != null ] && [ "$age" -ge 2 ]' 20
like "$(tdcctl check --nagios -w 1s -c 2h)" \
    '^TDC .* a copy for intake.example has waited for [0-9]+ s' \
    "monitors are told"
is "$(rig_log | grep -c Delayed)" "$delayed" \
    "and no attempt has ended meanwhile"
rig_stop forwarder
umount "$RIG/spool"
done_testing
