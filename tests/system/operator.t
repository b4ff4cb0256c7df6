#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# operator - what tdcctl tells of copies, and does to them, beside daemons that
# run and daemons that do not
. "$(dirname "$0")/../rig/rig.sh"

rig_up operator
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
	rig_conf <<-EOF
		min_connections = 1
		idle_timeout = 100ms
		undelivered = keep
		$*
	EOF
}
patient="retry_delay = 1000s
queue_lifetime = 2000s"
conf "$patient"

# ctl ARGUMENT... - exit code in $code, what it said in $said
ctl()
{
	said=$(tdcctl "$@" 2>&1)
	code=$?
}

# row MID - its first line in the queue, blanks made one
row()
{
	tdcctl queue | sed -n "s/  */ /g; s/^$1 //p"
}

logged()		# PATTERN
{
	rig_wait "rig_log | grep -Eq '$1'" 10
}

# ---- nobody ever ran ----

# never PATTERN - each verb that deals with the spool says so, and fails
never()
{
	for verb in status "status --json" tophosts "hoststatus the.tdc.queue" \
	    queue "queue --json" "show 1" "delete 1" "delete ALL" \
	    "requeue 1" flush "flush other.example"; do
		# shellcheck disable=SC2086
		ctl $verb
		is "$code $said" "66 tdcctl: spool_directory $RIG/spool $1: was tdc-milter ever started?" \
		    "$verb: $1"
	done
}
never "does not exist"
install -d -o nobody -m 700 "$RIG/spool"
never "was never used"
is "$(ls "$RIG/spool")" "" "and nothing is made"
said=$(setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" queue 2>&1)
is "$? $said" "66 tdcctl: spool_directory $RIG/spool: permission denied: run tdcctl as root or user nobody" \
    "who may not look is told who may"

# What is wrong with the call comes before what is wrong with the world.
for verb in show delete requeue; do
	for mid in x -1 0x1 99999999999999999999; do
		ctl $verb $mid
		like "$code $said" "^64 tdcctl: '$mid' is (not|neither) a MID" \
		    "$verb $mid: no MID"
	done
done
ctl delete all
is "$code $said" "64 tdcctl: 'all' is neither a MID nor ALL" "ALL is a word"

# Root's hand is that of the user, who may not always.
chown root "$RIG/spool"
ctl delete 1
is "$code $said" "66 tdcctl: spool_directory $RIG/spool: user nobody has no access" \
    "a spool that is not the user's"
like "$(tdcctl check)" "^warning: spool_directory: as user nobody: $RIG/spool: Permission denied" \
    "check warns of it"
chown nobody "$RIG/spool"
unlike "$(tdcctl check)" "warning: spool" "not when it is the user's"

# ---- nobody runs ----

rig_fill 2
rig_fill 1 -i copy@other.example
like "$(tdcctl status)" '^Milter: *not running' "no milter runs"
like "$(tdcctl status)" '^Forwarder: *not running' "no forwarder runs"
ctl flush
is "$code $said" "69 tdcctl: tdc-forwarder is not running" "nobody to flush"
is "$(tdcctl queue | tail -n 1)" "-- 3 waiting, 0 kept, 0 damaged" "the queue"
ctl hoststatus other.example
like "$said" "^Host mail status for: 'other.example'" "hoststatus of a domain"
like "$said" '^ *Active Recipients  *1$' "counts its copies"
like "$said" '^ *Unattempted Recipients  *1$' "those that were not tried"
like "$said" '^Oldest Message  *[0-9]+ seconds$' "and the oldest"
unlike "$said" '^Counters:' "not what is counted for all of them"
ctl hoststatus the.tdc.queue
like "$said" '^ *Active Recipients  *3$' "hoststatus of all"
like "$said" '^Host up/down: *unknown' "nobody knows"
like "$(tdcctl status)" '^ *Intake *unknown$' "nor does status"
like "$(tdcctl status --json)" '"host_down": null' "as JSON neither"
ctl hoststatus
is "$code" 64 "hoststatus wants a host"
ctl hoststatus nobody.example
like "$said" '^Oldest Message  *No Messages$' "a host without copies"
like "$said" '^No deliveries on record' "and without figures"
unlike "$said" 'Counters:|Last Activity' "of which none is made up"

ctl delete 2
is "$code $said" "0 1 deleted" "a waiting copy is deleted"
ctl delete 2
is "$code $said" "65 tdcctl: MID 2 is not in the spool" "it is gone"
ok "the log says who did it" logged 'MID 2 deleted by uid 0$'

# ---- retries, and a site that is down ----

rig_forwarder
rig_wait '[ "$(row 1 | cut -d" " -f2)$(row 3 | cut -d" " -f2)" = 11 ]' 10
like "$(row 1)" '^ready 1 ' "an attempt failed: it shows"
like "$(tdcctl status)" '^Forwarder: *running, pid [0-9]' "the forwarder runs"
ctl hoststatus the.tdc.queue
like "$said" '^ *Attempted Recipients  *2$' "so it does in hoststatus"
like "$said" '^Host up/down: *down' "the host is down"
like "$said" '^ *Soft Bounced Events  *2$' "and what was counted"
ctl hoststatus OTHER.example
like "$said" '^Host up/down: *down$' "hoststatus of one: that is down too"
like "$said" '^ *Soft Bounced Events  *1$' "with its own counters"
like "$said" '^ *Completed Recipients  *0$' "so far nothing is done"
like "$said" "^Last Activity  *[A-Z].*$(date +%Y)" "it was tried just now"
unlike "$said" 'Deleted Recipients' "not what is counted for all alone"
like "$(tdcctl status)" '^ *Intake *down at the last attempt$' "status tells it"
ctl flush nobody.example
is "$code $said" "65 tdcctl: no copies are waiting for nobody.example" \
    "flush of a domain without copies"
rig_intake intake -l 127.0.0.1:25
rig_intake other -l 127.0.0.2:25
ctl flush other.example
ok "flush of one domain" rig_wait '[ "$(rig_count other)" = 1 ]' 10
like "$(row 1)" '^ready 1 ' "leaves the other"
figures()
{
	tdcctl hoststatus "$1" |
		sed -En 's/^ *(Host up.down:|Delivered Rec.*|Curr.*tions|Active Rec[^ ]*)  +//p' |
		tr '\n' ' '
}
ok "hoststatus: it is up, has its copy, and no connection" \
    rig_wait '[ "$(figures other.example)" = "up 1 0 0 " ]' 10
is "$(figures intake.example)" "down 0 1 0 " "the other is down"
is "$(figures the.tdc.queue)" "down 1 1 0 " "together one is down"
ok "the log tells of it" logged 'flush of other.example: 1 retries due as soon as there is a connection$'
ctl flush
is "$code" 0 "flush of all"
ok "the retry does not wait for its hour" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_count intake)" 1 "and is delivered"
ctl flush
is "$code $said" "0 no copies are waiting" "flush of an empty queue"
ok "the log tells of all" logged 'flush of all intake domains: 1 retries due as soon as there is a connection$'
ctl flush a b
is "$code" 64 "flush wants one domain at most"
ctl flush 'a b'
is "$code" 65 "and a domain"

# Untried copies that wait for a site, because the lead's copy has failed.
rig_stop intake
rig_fill 3
rig_wait '[ "$(rig_counter soft_bounced)" -ge 3 ]' 10
rig_intake intake -l 127.0.0.1:25
ctl flush intake.example
ok "a site that was down is tried at once, with all its copies" \
    rig_wait '[ "$(rig_waiting)" = 0 ]' 10

# ---- given up, kept ----

like "$(tdcctl status)" '^ *Intake *up$' "status: all are up"
rig_stop intake
rig_stop forwarder
is "$(figures other.example)" "unknown 1 0 0 " "figures outlive the forwarder"
like "$(tdcctl status)" '^ *Intake *unknown$' "not what holds now alone"
rig_forwarder
like "$(tdcctl status)" '^ *Intake *unknown$' "until something is sent"
rig_stop forwarder
conf "retry_limit = 2
retry_delay = 100ms"
rig_intake intake -l 127.0.0.1:25 -R "final=451 4.3.0 later"
rig_forwarder
rig_fill 2
rig_wait '[ "$(rig_waiting)" = 0 ]' 20
is "$(row 7 | cut -d' ' -f1-2)" "failed 3" "a kept copy shows its attempts"
like "$(tdcctl show 7)" '^Attempts: *3$' "and in detail"
is "$(tdcctl queue --json | sed -n 's/.*"mid":7,.*"attempts":\([0-9]*\).*/\1/p')" \
    3 "and as JSON"
rig_stop forwarder
ctl requeue 7
is "$code $said" "0 1 requeued" "it is requeued"
is "$(row 7 | cut -d' ' -f1-2)" "ready 0" "and waits anew"
ok "the log says who did it" logged 'MID 7 requeued by uid 0$'
ctl requeue 7
is "$code $said" "65 tdcctl: MID 7 is waiting already" "not twice"
is "$(rig_counter requeued)" 1 "and is counted once"
deleted=$(rig_counter deleted)
ctl delete ALL
is "$code $said" "0 1 deleted" "all that were kept are deleted"
is "$(rig_counter deleted) $(rig_counter deleted_kept)" "$((deleted + 1)) 1" \
    "and counted as what had been given up"
is "$(tdcctl queue | tail -n 1)" "-- 1 waiting, 0 kept, 0 damaged" \
    "not the one that waits"

# A copy that was never tried is kept without attempts.
conf "queue_lifetime = 1ms"
rig_fill 1
rig_forwarder
rig_wait '[ "$(rig_waiting)" = 0 ]' 20
is "$(row 9 | cut -d' ' -f1-2)" "failed 0" "who died untried has no attempts"
rig_stop forwarder

# ---- damaged ----

conf "$patient"
rig_by_hand=1
echo "no copy" >"$RIG/spool/ready/00000000000000aa.1"
chown nobody "$RIG/spool/ready/00000000000000aa.1"
rig_forwarder
rig_wait 'ls "$RIG/spool/failed" | grep -q damaged' 10
is "$(row 170)" "damaged 1" "a damaged file is shown"
is "$(rig_counter set_aside)" 1 "and counted"
like "$(tdcctl queue --json)" '"mid":170,"place":"damaged"' "as JSON as well"
like "$(tdcctl status)" '^ *Damaged files in failed/  *1$' "and in status"
like "$(tdcctl status --json)" '"damaged": 1,' "as JSON as well"

# ---- the milter ----

rig_milter
like "$(tdcctl status)" "^Milter: *running, pid $(rig_pid milter)$" \
    "the milter runs"
rig_stop milter KILL
like "$(tdcctl status)" '^Milter: *not running' "it runs no more"

# ---- an attempt that has not come to its end ----

rig_stop intake
rig_stop forwarder
rm -f "$RIG/intake.journal"
rig_intake intake -l 127.0.0.1:25 -R greeting=hang
rig_forwarder
rig_fill 1
ok "a connection is made, and nothing said" \
    rig_wait 'grep -q " E open" "$RIG/intake.journal"' 10
like "$(tdcctl hoststatus intake.example)" '^Host up/down: *unknown$' \
    "so nobody knows yet whether the host is up"
done_testing
