#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-keys - in which order we look for an address in a table is the order
# in which smtpd(8) looks in its access(5) tables
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-keys
: >"$RIG/keys"

# ask DELIMITERS PARENTS - one gateway, its table, random addresses
ask()
{
	smtp_port=$(rig_port)
	perl tests/helpers/addresses.pl make "$seed" 1500 "$RIG/keys" \
	    >"$RIG/addresses"
	printf '<> REJECT key=[3c3e]\n' >>"$RIG/keys"
	echo >>"$RIG/addresses"
	# smtpd waits for a text file to cool down
	touch -d '1 minute ago' "$RIG/keys"
	rm -rf "$RIG/queue" "$RIG/data"
	rig_postfix smtpd_milters= smtpd_delay_reject=no \
	    "recipient_delimiter = $1" \
	    "parent_domain_matches_subdomains = $2" \
	    "smtpd_recipient_restrictions = check_recipient_access texthash:$RIG/keys, permit" \
	    "smtpd_sender_restrictions = check_sender_access texthash:$RIG/keys, permit" \
	    smtpd_relay_restrictions=permit_mynetworks,reject smtpd_hard_error_limit=100000 \
	    smtpd_soft_error_limit=100000 smtpd_junk_command_limit=100000 \
	    smtpd_recipient_limit=100000 smtpd_reject_unlisted_recipient=no \
	    smtpd_recipient_overshoot_limit=100000 \
	    resolve_numeric_domain=yes allow_percent_hack=no \
	    allow_min_user=yes || return 1
	grep -v '^$' "$RIG/addresses" >"$RIG/recipients"
	perl tests/helpers/addresses.pl ask "$smtp_port" RCPT <"$RIG/recipients" \
	    >"$RIG/recipients.theirs"
	perl tests/helpers/addresses.pl ask "$smtp_port" MAIL <"$RIG/addresses" \
	    >"$RIG/senders.theirs"
	rig_stop postfix
}

# ours FILE OPTIONS... - address and key as we find them
ours()
{
	file=$1
	shift
	"$TDC_BUILD/tests/tools/tablequery" "$@" "texthash:$RIG/keys" <"$file" |
		cut -f1,2
}

# ask_client PARENTS - the same for clients and HELO names
ask_client()
{
	smtp_port=$(rig_port)
	perl tests/helpers/clients.pl make "$seed" 1200 "$RIG/keys" >"$RIG/clients"
	{
		cut -d ' ' -f 1 "$RIG/clients"
		cut -d ' ' -f 2 "$RIG/clients" | sed 's/.*/[&]/' | head -n 40
		cut -d ' ' -f 2 "$RIG/clients" | head -n 40
	} >"$RIG/helos"
	touch -d '1 minute ago' "$RIG/keys"
	rm -rf "$RIG/queue" "$RIG/data"
	rig_postfix smtpd_milters= \
	    "parent_domain_matches_subdomains = $1" \
	    inet_protocols=all smtpd_authorized_xclient_hosts=127.0.0.1 \
	    "smtpd_client_restrictions = check_client_access texthash:$RIG/keys, permit" \
	    smtpd_helo_restrictions= \
	    smtpd_hard_error_limit=100000 smtpd_soft_error_limit=100000 \
	    smtpd_junk_command_limit=100000 || return 1
	perl tests/helpers/clients.pl ask "$smtp_port" CLIENT <"$RIG/clients" \
	    >"$RIG/clients.theirs"
	rig_stop postfix
	smtp_port=$(rig_port)
	rm -rf "$RIG/queue" "$RIG/data"
	rig_postfix smtpd_milters= smtpd_delay_reject=no \
	    "parent_domain_matches_subdomains = $1" \
	    "smtpd_helo_restrictions = check_helo_access texthash:$RIG/keys, permit" \
	    smtpd_hard_error_limit=100000 smtpd_soft_error_limit=100000 \
	    smtpd_junk_command_limit=100000 || return 1
	perl tests/helpers/clients.pl ask "$smtp_port" HELO <"$RIG/helos" \
	    >"$RIG/helos.theirs"
	rig_stop postfix
}

seed=1
while IFS='|' read -r delimiters parents option; do
	ok "a Postfix with recipient_delimiter = '$delimiters'" \
	    ask "$delimiters" "$parents"
	title="delimiters '$delimiters', parents match: ${parents:-no}"
	ours "$RIG/recipients" -a "$delimiters" ${option:+"$option"} >"$RIG/got"
	ok "$title: hundreds of recipients were found" \
	    test "$(wc -l <"$RIG/got")" -gt 500
	is "$(diff "$RIG/got" "$RIG/recipients.theirs")" "" \
	    "$title: recipients"
	ours "$RIG/addresses" -a "$delimiters" ${option:+"$option"} >"$RIG/got"
	is "$(diff "$RIG/got" "$RIG/senders.theirs")" "" "$title: senders"
	seed=$((seed + 1))
done <<-'EOF'
	+|smtpd_access_maps|-p
	+||
	+-||
	-+|smtpd_access_maps|-p
	-||
	|smtpd_access_maps|-p
EOF

while IFS='|' read -r parents option; do
	ok "a Postfix that hears of clients" ask_client "$parents"
	title="parents match: ${parents:-no}"
	ours "$RIG/clients" -c ${option:+"$option"} >"$RIG/got"
	ok "$title: hundreds of clients were found" \
	    test "$(wc -l <"$RIG/got")" -gt 400
	is "$(diff "$RIG/got" "$RIG/clients.theirs")" "" "$title: clients"
	ours "$RIG/helos" -e ${option:+"$option"} >"$RIG/got"
	is "$(diff "$RIG/got" "$RIG/helos.theirs")" "" "$title: HELO names"
	seed=$((seed + 1))
done <<-'EOF'
	smtpd_access_maps|-p
	|
EOF

# ---- what patterns see: one key, and in which letters ----

printf '/^(.*)$/s\tseen=[$1]\n' >"$RIG/seen"
printf '/^(.*)$/s\tREJECT seen=[$1]\n' >"$RIG/patterns"
perl tests/helpers/addresses.pl make "$seed" 400 "$RIG/keys" >"$RIG/addresses"
perl tests/helpers/clients.pl make "$seed" 400 "$RIG/keys" >"$RIG/clients"
cut -d ' ' -f 1 "$RIG/clients" >"$RIG/helos"
touch -d '1 minute ago' "$RIG/patterns"
while IFS='|' read -r check asker verb file delay option; do
	smtp_port=$(rig_port)
	rm -rf "$RIG/queue" "$RIG/data"
	ok "a Postfix with patterns" rig_postfix smtpd_milters= \
	    "smtpd_delay_reject=$delay" recipient_delimiter=+ \
	    inet_protocols=all smtpd_authorized_xclient_hosts=127.0.0.1 \
	    "smtpd_${check}_restrictions = check_${check}_access pcre:$RIG/patterns, permit" \
	    smtpd_relay_restrictions=permit_mynetworks,reject \
	    smtpd_hard_error_limit=100000 smtpd_soft_error_limit=100000 \
	    smtpd_junk_command_limit=100000 smtpd_recipient_limit=100000 \
	    smtpd_recipient_overshoot_limit=100000 \
	    smtpd_reject_unlisted_recipient=no resolve_numeric_domain=yes \
	    allow_percent_hack=no allow_min_user=yes
	perl "tests/helpers/$asker.pl" ask "$smtp_port" "$verb" <"$RIG/$file" \
	    >"$RIG/theirs"
	rig_stop postfix
	# shellcheck disable=SC2086
	"$TDC_BUILD/tests/tools/tablequery" $option "pcre:$RIG/seen" <"$RIG/$file" |
		cut -f1,2 >"$RIG/got"
	ok "$check: hundreds were seen" test "$(wc -l <"$RIG/theirs")" -ge 400
	is "$(diff -a "$RIG/got" "$RIG/theirs" | head -n 6)" "" \
	    "$check: patterns see what smtpd shows them"
done <<-'EOF'
	recipient|addresses|RCPT|addresses|no|-a +
	sender|addresses|MAIL|addresses|no|-a +
	helo|clients|HELO|helos|no|-e
	client|clients|CLIENT|clients|yes|-c
EOF

done_testing
