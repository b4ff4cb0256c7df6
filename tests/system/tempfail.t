#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tempfail - milter_failure_action = tempfail: a message whose copies cannot all
# be made is deferred, and leaves none of them behind; with accept those that
# could be made stay
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no mount of our own to be had"
	exit 0
fi
rig_up tempfail
mkdir "$RIG/spool"
# Room for one copy, and not for two.
mount -t tmpfs -o size=2200k,mode=700,uid=65534,gid=65534 tmpfs "$RIG/spool"
rig_postfix

# conf ACTION
conf()
{
	rig_conf <<-EOF
		policy_maps = check_recipient inline:{ corp.example=DEFAULT,
		    third@other.example=third@intake.example,
		    other.example=second@intake.example }
		milter_failure_action = $1
		log_skipped = yes
	EOF
}

# give [OPTIONS] - a large message, and what became of it
give()
{
	rig_said=$(rig_give -s 1500000 -f s@client.example \
	    -t user@corp.example -t user@other.example "$@")
	rig_qid=$(echo "$rig_said" | cut -d ' ' -f 5)
	rig_reply=$(echo "$rig_said" | cut -d ' ' -f 2)
}

conf tempfail
ok "the milter starts" rig_milter || exit 1
give
is "$rig_reply" 451 "the client is to come again"
ok "no copy is left" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
is "$(rig_counter enqueued) $(rig_counter failed_tempfail) $(rig_counter journaled)" \
    "0 1 0" "nor counted"
unlike "$(rig_log)" ' enqueued for forwarding ' "nor told of"
like "$(rig_log)" '^TDC: Warning: queue-id [0-9A-F]+ deferred: spool: No space left on device' \
    "but the failure is"
give
is "$rig_reply" 451 "and again"
is "$(rig_log | grep -c '^TDC: Warning: queue-id [0-9A-F]* deferred: spool: No space left on device$')" \
    "$(rig_counter failed_tempfail)" "each that is deferred has a line of its own"
ok "still no copy" rig_wait '[ "$(rig_waiting)" = 0 ]' 5
rig_send s@client.example user@corp.example -s 1500000
is "$(rig_counter journaled)" 1 "what fits is taken"
rig_discard
rig_stop milter

conf accept
ok "the milter starts again" rig_milter
give
is "$rig_reply" 250 "accept: the message is taken"
is "$(rig_waiting) $(rig_counter failed_open)" "1 1" \
    "with the one copy that there is room for"
like "$(rig_log)" 'enqueued for forwarding .* journal@intake.example$' \
    "which is told of"
like "$(rig_log)" "^TDC: Warning: queue-id $rig_qid accepted without a copy: the one to second@intake.example: spool: No space left on device\$" \
    "and the other, too"
rig_discard
give -t third@other.example
like "$(rig_log | tail -n 1)" "^TDC: Warning: queue-id $rig_qid accepted without a copy: 2 of 3: spool: No space left on device\$" \
    "two of three, in one line"
rig_discard
chmod 500 "$RIG/spool/ready"
give
like "$(rig_log | tail -n 1)" "^TDC: Warning: queue-id $rig_qid accepted without a copy: spool: [^(]*Permission denied\$" \
    "all of them, for another reason, which is told at once"
is "$(rig_log | grep -c ' accepted without a copy: ')" \
    "$(rig_counter failed_open)" "each message has a line of its own"
done_testing
