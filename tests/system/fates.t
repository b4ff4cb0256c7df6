#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fates - a copy has one fate, in the log and in the counters, also when an
# operator deletes it while it is sent, or when its file cannot be removed
. "$(dirname "$0")/../rig/rig.sh"

rig_up fates
rig_ca
rig_dns
rig_intake intake
rig_conf <<-EOF
	min_connections = 1
	command_timeout = 4s
	idle_timeout = 100ms
	retry_limit = 1
EOF

# sent - the intake has all of a message, and has not answered yet
sent()
{
	rig_wait "grep -Eq ' C (BDAT|DATA)' $RIG/intake.journal" 10
}

# said MID - what the log has of that copy
said()
{
	rig_log | sed -n "s/^TDC: MID $1 //p; /Message finished MID $1 /p"
}

# slow RULE - an intake that does this when it has all of a message
slow()
{
	rig_stop intake
	rm -f "$RIG/intake.journal"
	rig_intake intake -R "final=$1"
}

# quiet - the forwarder has nothing more to do
quiet()
{
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 15
}

# ---- deleted while it is sent ----

slow delay:3
rig_forwarder
rig_fill 1
ok "a copy is being sent" sent
is "$(tdcctl delete 1)" "1 deleted" "it is deleted meanwhile"
quiet
is "$(rig_count intake)" 1 "the intake took it all the same"
is "$(said 1)" "deleted by uid 0
was deleted while it was sent, and the intake took it: '2.0.0 Ok: queued as 1'" \
    "the log says so, and nothing else"
is "$(rig_counter deleted) $(rig_counter delivered)" "1 0" "it is counted once"

slow hang
rig_fill 1
ok "another is being sent" sent
is "$(tdcctl delete 2)" "1 deleted" "it is deleted meanwhile"
quiet
is "$(said 2)" "deleted by uid 0
was deleted while it was sent, and the intake did not take it" \
    "the intake did not take it: the log says that"
is "$(rig_counter deleted) $(rig_counter hard_bounced)" "2 0" \
    "and it is counted as deleted"

# ---- files that cannot be removed ----

rig_stop forwarder
slow 250
rig_fill 1
chown root "$RIG/spool/ready"
chmod 755 "$RIG/spool/ready"
rig_forwarder
ok "delivered, whatever becomes of the file" \
    rig_wait 'said 3 | grep -q "MID 3 done"' 10
is "$(rig_waiting)" 1 "which cannot be removed"
is "$(stat -c %s "$RIG"/spool/ready/*)" 0 "and so is emptied"
warned()
{
	rig_log | grep -c '^TDC: Warning: spool: unlink .*: Permission denied'
}
is "$(warned)" 1 "the log warns"
rig_stop forwarder
unlike "$(rig_log)" 'sent again' "nothing will be sent twice"
said=$(tdcctl delete 3 2>&1)
like "$? $said" "^74 tdcctl: spool: unlink '0000000000000003\.0.*': Permission denied\$" \
    "nobody else can remove it"
rig_forwarder
ok "the next forwarder sees it" rig_wait '[ "$(warned)" -gt 1 ]' 10
rig_stop forwarder
chown nobody "$RIG/spool/ready"
chmod 700 "$RIG/spool/ready"
rig_forwarder
ok "and removes it when it may" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(ls "$RIG/spool/failed")" "" "as something of no worth"
rig_stop forwarder
is "$(rig_count intake)" 2 "it was sent once"
is "$(rig_counter delivered) $(rig_counter deleted)" "1 2" "and counted once"
done_testing
