#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-checks - what each check sees of a message that a real Postfix takes:
# client, HELO, sender, recipient, both; in every form an address may have
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-checks
rig_postfix "virtual_mailbox_domains=corp.example other.example bücher.example xn--bcher-kva.example" \
    inet_protocols=all recipient_delimiter=+-
cat >"$RIG/pairs" <<-'EOF'
	"boss@pair.example user@corp.example"	DEFAULT name=Pair
	"pair.example bank@"			NO
	"<> bounces@corp.example"		DEFAULT name=PairNull
	"quoted@pair.example other.example"	DEFAULT name=PairDomain
EOF
cat >"$RIG/senders" <<-'EOF'
	<>				DEFAULT name=Null
	"john doe"@quoted.example	DEFAULT name=Quoted
	plain@quoted.example		DEFAULT name=Unquoted
	s@[192.0.2.77]			DEFAULT name=Literal
	[192.0.2.78]			DEFAULT name=LiteralDomain
	parent.example			DEFAULT name=Parent
	MiXeD@Case.Example		DEFAULT name=Case
	müller.example			DEFAULT name=OtherForm
	users+list@			DEFAULT name=Extension
	users@				DEFAULT name=NoExtension
EOF
touch -d '1 minute ago' "$RIG/pairs" "$RIG/senders"
postmap "hash:$RIG/pairs"
postmap "lmdb:$RIG/senders"
printf '10.1.0.0/16 DEFAULT name=Network\n2001:db8::/32 DEFAULT name=Six\n' \
    >"$RIG/clients"
printf '/^MX1\\./i DEFAULT name=CaseOfClient\n' >"$RIG/names"
cat >"$RIG/recipients" <<-'EOF'
	bücher.example			DEFAULT name=Letters
	xn--bcher-kva.example		DEFAULT name=Labels
	team@corp.example		DEFAULT name=Team
EOF
rig_conf <<-EOF
	log_skipped = yes
	recipient_delimiter = +-
	policy_maps = check_client cidr:$RIG/clients,
	    check_client pcre:$RIG/names,
	    check_client inline:{ { mta.example = DEFAULT name=Host } },
	    check_helo inline:{ { helo.example = DEFAULT name=Helo },
	        { [192.0.2.5] = DEFAULT name=HeloLiteral } },
	    check_pair hash:$RIG/pairs,
	    check_sender lmdb:$RIG/senders,
	    check_recipient texthash:$RIG/recipients
EOF
rig_milter

# by POLICY FROM TO [XCLIENT [OPTIONS]] - which policy decides; "-": none
by()
{
	policy=$1
	from=$2
	to=$3
	words=${4:-ADDR=192.0.2.10}
	shift "$(($# < 4 ? 3 : 4))"
	rig_send "$from" "$to" -x "$words" "$@"
	rig_wait "rig_log | grep -q ' queue-id $rig_qid '" 5
	got=$(rig_log |
		sed -n "s/.* queue-id $rig_qid .* policy \([^ ]*\) size.*/\1/p")
	is "${got:--}" "$policy" "<$from> to <$to>, $words"
}

by Network s@x.example user@corp.example ADDR=10.1.2.3
by - s@x.example user@corp.example ADDR=10.2.2.3
by Six s@x.example user@corp.example ADDR=IPV6:2001:db8::25
by Host s@x.example user@corp.example "ADDR=192.0.2.10 NAME=a.MTA.example"
by CaseOfClient s@x.example user@corp.example "ADDR=192.0.2.10 NAME=MX1.x.example"
by - s@x.example user@corp.example "ADDR=192.0.2.10 NAME=mx1.x.example"
by Helo s@x.example user@corp.example '' -h a.HELO.example
by HeloLiteral s@x.example user@corp.example '' -h '[192.0.2.5]'

by Pair boss@pair.example user@corp.example
by Pair Boss@Pair.Example User+x@Corp.Example
by - boss@sub.pair.example user@corp.example
by - any@sub.pair.example bank-x@corp.example
by PairNull '' bounces@corp.example
by PairDomain quoted@pair.example a@other.example

by Null '' user@corp.example
by Quoted '"john doe"@quoted.example' user@corp.example
by Quoted '"John\ Doe"@Quoted.example' user@corp.example
by Unquoted '"plain"@quoted.example' user@corp.example
by Literal 's@[192.0.2.77]' user@corp.example
by LiteralDomain 'x@[192.0.2.78]' user@corp.example
by Parent s@a.b.parent.example user@corp.example
by - s@notparent.example user@corp.example
by Case mixed@CASE.example user@corp.example
by Extension Users+List@any.example user@corp.example
by NoExtension users-list@any.example user@corp.example
by NoExtension users+x-list@any.example user@corp.example

by Team s@x.example team@corp.example
by Team s@x.example Team-Berlin@corp.example
by Team s@x.example team+a-b@CORP.example
by Letters s@x.example user@bücher.example '' -e SMTPUTF8
by Letters s@x.example user@BÜCHER.example '' -e SMTPUTF8
by Labels s@x.example user@xn--bcher-kva.example
by OtherForm s@xn--mller-kva.example user@corp.example

# parent_domain_matches_subdomains the other way, and the letters gone.
sed -i '/^b/d' "$RIG/recipients"
sed -i 's/^recipient_delimiter.*/&\nparent_domain_matches_subdomains = no/' \
    "$RIG/tdc.cf"
kill -HUP "$(rig_pid milter)"
rig_wait '[ "$(rig_log | grep -c reloaded)" = 1 ]' 5
by Labels s@x.example user@bücher.example '' -e SMTPUTF8
by Labels s@x.example user@XN--bcher-KVA.example
by - s@a.parent.example user@corp.example
by Parent s@parent.example user@corp.example
by - s@x.example user@corp.example "ADDR=192.0.2.10 NAME=a.mta.example"
by Host s@x.example user@corp.example "ADDR=192.0.2.10 NAME=mta.example"

done_testing
