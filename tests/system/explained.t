#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# explained - why a message has no copy, or why its copies are not for each of
# its recipients: by default a line says it whenever somebody decided so, with
# log_skipped = yes always, and with -v all that a session is made of
. "$(dirname "$0")/../rig/rig.sh"

rig_up explained
rig_postfix smtpd_recipient_limit=2000 \
    "virtual_mailbox_domains=corp.example other.example no.example intake.example"
printf '/^(.+)@pattern\\.example$/ NO\n' >"$RIG/senders"

# conf [LINE...]
conf()
{
	rig_conf <<-EOF
		policy_maps = check_sender pcre:$RIG/senders,
		    check_recipient inline:{ no.example=NO,
		        { alice@corp.example = NO name=Privileged },
		        bob@corp.example=NO, corp.example=DEFAULT }
		$(printf '%s\n' "$@")
	EOF
}

# lines NAME FROM TO [LINE...] - all that the log has of that message but the
# two lines of each copy, without its queue id; TO may be several
lines()
{
	name=$1
	from=$2
	to=$3
	shift 3
	# shellcheck disable=SC2046,SC2086
	rig_send "$from" $(echo "$to" | sed 's/ / -t /g') ${options:-} || diag "$rig_said"
	is "$(rig_log | sed -n "s/^TDC: \(.*\)queue-id $rig_qid /\1/p" |
	    grep -v '^MID [1-9]')" "$(printf '%s\n' "$@")" "$name"
}
none="MID 0 not journaled:"
some="not journaled for some recipients:"
alice="policy Privileged says NO for <alice@corp.example>"
bob="policy bob@corp.example says NO for <bob@corp.example>"

# ---- by default, what was decided ----

conf
ok "the milter starts" rig_milter || exit 1
is "$(tdcctl config -n | grep -c log_skipped)" 0 "log_skipped is not set"
lines "a row says NO, and has a name" s@x.example alice@corp.example \
    "$none $alice; from <s@x.example>"
lines "a row without a name is called by its key" '' bob@corp.example \
    "$none $bob; from <>"
lines "a row of a sender" s@pattern.example user@corp.example \
    "$none policy /^(.+)@pattern\\\\.example\$/ says NO for <user@corp.example>; from <s@pattern.example>"
lines "several rows, and none" s@x.example \
    "alice@corp.example bob@corp.example c@no.example d@no.example e@other.example" \
    "$none $alice; $bob; policy no.example says NO for <c@no.example>,<d@no.example>; no policy asks for <e@other.example>; from <s@x.example>"
lines "no row for anybody: no line" s@x.example user@other.example
is "$(rig_counter skipped_policy)" 5 "all of them are counted"
lines "a copy for one, and a row that says NO for the other" s@x.example \
    "user@corp.example alice@corp.example" \
    "$some $alice; from <s@x.example>"
like "$(rig_log)" " queue-id $rig_qid from <s@x.example> to <user@corp.example> policy corp.example " \
    "after those of the copy"
lines "a copy for one, and no row for the other: no line" s@x.example \
    "user@corp.example user@other.example"
lines "a copy on its way" s@x.example journal@intake.example \
    "$none only to intake addresses"
lines "a copy on its way, and a row that says NO" s@x.example \
    "journal@intake.example bob@corp.example" \
    "$none intake address <journal@intake.example>; $bob; from <s@x.example>"
lines "a copy on its way, and no row for the other" s@x.example \
    "journal@intake.example user@other.example" \
    "$none intake address <journal@intake.example>; no policy asks for <user@other.example>; from <s@x.example>"
lines "a copy on its way, and a copy for the other" s@x.example \
    "user@corp.example journal@intake.example" \
    "$some intake address <journal@intake.example>; from <s@x.example>"
lines "a copy for all: no line" s@x.example user@corp.example

# However many recipients: one line, and it tells how many it does not name.
to=
for i in $(seq 300); do
	to="$to -t nobody.$i@no.example"
done
# shellcheck disable=SC2086
rig_give -f s@x.example $to >"$RIG/said"
said=$(rig_log | grep " queue-id $(cut -d' ' -f5 "$RIG/said") ")
is "$(printf '%s\n' "$said" | wc -l)" 1 "300 recipients: one line"
ok "of bounded length" [ "${#said}" -lt 1000 ]
named=$(printf '%s' "$said" | grep -o '<nobody' | wc -l)
like "$said" "> and $((300 - named)) more; from <s@x\\.example>\$" \
    "which tells how many it does not name"

# ---- always, and never ----

# reload LINE... - the configuration with it is in force
reload()
{
	conf "$@"
	reloads=$(rig_log | grep -c ' configuration reloaded$')
	kill -HUP "$(rig_pid milter)"
	rig_wait '[ "$(rig_log | grep -c " configuration reloaded$")" -gt "$reloads" ]' 10
}

reload "log_skipped = YES"
lines "yes: no row for anybody" s@x.example user@other.example \
    "$none no policy asks for it"
lines "yes: a copy for one, and no row for the other" s@x.example \
    "user@corp.example user@other.example" \
    "$some no policy asks for <user@other.example>; from <s@x.example>"
lines "yes: a row" s@x.example alice@corp.example \
    "$none $alice; from <s@x.example>"
reload "log_skipped = no"
lines "no: a row" s@x.example alice@corp.example
lines "no: a copy for one" s@x.example "user@corp.example bob@corp.example"

# ---- each event ----

reload
unlike "$(rig_log)" ' session [0-9]+: ' "without -v nothing of that"
rig_stop milter
rig_start milter "$TDC_BUILD/tdc-milter" -f -v -c "$RIG/tdc.cf"
rig_wait '[ -S "$RIG/milter.sock" ]' 10
rig_letter "$RIG/letter" "plain" "X-Hidden: field"
seen=$(rig_log | wc -l)
rig_send s@x.example 'user@corp.example' -t '@relay.example:bob@corp.example' \
    -t user@other.example -t journal@intake.example -F "$RIG/letter"
rig_wait 'rig_log | grep -q "end of the session"' 10
n=$(rig_log | sed -n 's/^TDC: session \([0-9]*\): connect .*/\1/p' | tail -n 1)
is "$(rig_log | tail -n "+$((seen + 1))" | sed -n "s/^TDC: session $n: //p" |
    sed "s/$rig_qid/QID/; s/inline:.*}/TABLE/")" \
"connect from client.example[192.0.2.10], daemon 'gateway.example'
HELO client.example, no TLS
MAIL FROM:<s@x.example>, sender s@x.example, not authenticated
RCPT TO:<user@corp.example>, recipient user@corp.example
RCPT TO:<@relay.example:bob@corp.example>, recipient bob@corp.example
RCPT TO:<user@other.example>, recipient user@other.example
RCPT TO:<journal@intake.example>, recipient journal@intake.example
DATA, queue-id QID
policy is asked: client client.example[192.0.2.10], HELO client.example, sender <s@x.example>
<user@corp.example>: check_recipient TABLE, key 'corp.example': copy to journal@intake.example, policy corp.example
<bob@corp.example>: check_recipient TABLE, key 'bob@corp.example': no copy, policy bob@corp.example
<user@other.example>: default_policy: no copy, policy default
<journal@intake.example>: an intake address: no copy
end of the session" "with -v: each event of a session"
lines "and what became of it, whatever log_skipped says" s@x.example \
    user@other.example "$none no policy asks for it"
rig_send s@pattern.example user@corp.example
rig_wait 'rig_log | grep -q "queue-id $rig_qid not journaled"' 10
like "$(rig_log)" ": <user@corp.example>: check_sender pcre:$RIG/senders:1, key 's@pattern.example': no copy, policy /" \
    "and the line of a pattern"
reload "trusted_relays = 192.0.2.10" "internal_networks = 10.0.0.0/8"
rig_letter "$RIG/letter" "inside" \
    "Received: from x (desk.example [10.1.2.3]) by relay.example"
options="-F $RIG/letter"
lines "mail of ours by a relay, after a reload" s@x.example \
    user@corp.example "$none client in internal_networks"
like "$(rig_log)" '^TDC: session [0-9]+: by a trusted relay, from desk.example\[10\.1\.2\.3\]$' \
    "and whose mail it was"
unlike "$(cat "$RIG/tdc.log" "$RIG/err/milter")" 'Hidden|field|Subject|Good day' \
    "but nothing of what a message says"
like "$(cat "$RIG/err/milter")" "^TDC: session $n: DATA" \
    "also on standard error"
done_testing
