#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# paths - a sender or recipient is what Postfix understood it to be, however
# the client wrote it: our tables give the answer that check_recipient_access
# and check_sender_access of the real smtpd(8) give for the same token
. "$(dirname "$0")/../rig/rig.sh"

rig_up paths
perl tests/helpers/paths.pl make 1 5000 "$RIG"
postmap "hash:$RIG/theirs" "hash:$RIG/ours"
everything="smtpd_relay_restrictions=permit_mynetworks,reject smtpd_reject_unlisted_recipient=no
	smtpd_hard_error_limit=100000 smtpd_soft_error_limit=100000
	smtpd_junk_command_limit=100000 mydestination=gateway.example,localhost
	local_transport=discard: relay_transport=discard: virtual_mailbox_domains=
	local_recipient_maps= smtpd_client_message_rate_limit=0
	mydomain=test myorigin=gateway.example recipient_delimiter=+"

# give VERB - from four clients
give()
{
	split -n r/4 "$RIG/paths" "$RIG/part."
	clients=
	for part in "$RIG"/part.a?; do
		perl tests/helpers/paths.pl give "$smtp_port" "$1" "$part" \
		    >"$part.taken" &
		clients="$clients $!"
	done
	# shellcheck disable=SC2086
	wait $clients
	cat "$RIG"/part.a?.taken | awk '{ n += $1 } END { print n + 0 }'
}

# both VERB CHECK RESTRICTION [NAME=VALUE...]
both()
{
	verb=$1
	check=$2
	restriction=$3
	shift 3
	rig_conf <<-EOF
		default_policy = DEFAULT name=none
		policy_maps = $check hash:$RIG/ours
		recipient_delimiter = +
		spool_sync = no
	EOF
	ok "$verb: the milter starts" rig_milter
	rm -rf "$RIG/queue" "$RIG/data"
	smtp_port=$(rig_port)
	# shellcheck disable=SC2086
	ok "$verb: Postfix starts" rig_postfix $everything "$restriction" "$@"
	taken=$(give "$verb")
	ok "$verb: many are taken ($taken)" test "$taken" -gt 1500
	perl tests/helpers/paths.pl compare "$RIG/spool" >"$RIG/compared"
	said=$(tail -n 1 "$RIG/compared")
	found=$(echo "$said" | sed 's/.*copies, \([0-9]*\) with.*/\1/')
	ok "$verb: many have a key ($found)" test "$found" -gt 700
	is "$said" "$taken copies, $found with a key, 0 wrong" \
	    "$verb: each is journaled by the policy of its key" ||
		diag "$(head -n 20 "$RIG/compared")"
	is "$(rig_counter messages) $(rig_counter journaled)" "$taken $taken" \
	    "$verb: each is counted"
	rig_stop milter
	rig_stop postfix
	rm -rf "$RIG/spool"
}

both RCPT check_recipient \
    "smtpd_recipient_restrictions=check_recipient_access hash:$RIG/theirs"
both MAIL check_sender \
    "smtpd_sender_restrictions=check_sender_access hash:$RIG/theirs"
both RCPT check_recipient \
    "smtpd_recipient_restrictions=check_recipient_access hash:$RIG/theirs" \
    resolve_dequoted_address=no allow_percent_hack=no append_dot_mydomain=yes
done_testing
