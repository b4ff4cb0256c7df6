#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# policy-answers - tdcctl policy says what tdc-milter does: real messages by a
# real Postfix, and the same facts told to tdcctl
. "$(dirname "$0")/../rig/rig.sh"

rig_up policy-answers
submission=$(rig_port)
front=$(rig_port)
smtp_port=$(rig_port)
RIG_MASTER="127.0.0.1:$submission inet n - n - - smtpd
    -o milter_macro_daemon_name=submission
127.0.0.1:$front inet n - n - - smtpd
    -o smtpd_milters=
    -o content_filter=smtp:[127.0.0.1]:$smtp_port"
rig_postfix inet_protocols=all enable_long_queue_ids=yes smtp_send_xforward_command=yes \
    smtpd_authorized_xforward_hosts=127.0.0.0/8 recipient_delimiter=+ \
    "virtual_mailbox_domains=corp.example other.example intake.example"

printf '/^X-Spam-Flag: *YES/ NO\n/^Subject: it is\\n folded/ NO\n' >"$RIG/fields"
cat >"$RIG/people.in" <<-'EOF'
	corp.example		DEFAULT name=Corp
	bob@corp.example	NO name=Privileged
	carol@corp.example	carol@intake.example name=Carol
	dave@corp.example	DUNNO
EOF
cp "$RIG/people.in" "$RIG/people"
postmap "hash:$RIG/people"
echo '/^(.+)-x@other\.example$/ $1@intake.example name=$1' >"$RIG/made"

# The copies of a message and why there are none: by the log ...
did()			# QUEUE-ID
{
	sed -n 's/^.*: TDC: //p' "$RIG/tdc.log" >"$RIG/lines"
	sed -n "s/^MID \([1-9][0-9]*\) queue-id $1 from .* to \(.*\) policy \(.*\) size .*/\1 \3 \2/p" \
	    "$RIG/lines" | while read -r mid policy people; do
		intake=$(sed -n "s/^MID $mid with .* message intake address //p" \
		    "$RIG/lines")
		echo "$people" | tr , '\n' | sed "s/\$/: $intake by $policy/"
	done | sort
	sed -n "s/^.*queue-id $1 \(not journaled: .*\)/\1/p
	    s/^Warning: queue-id $1 \(accepted without .*\)/\1/p
	    s/^Warning: queue-id $1 \(deferred: .*\)/\1/p" "$RIG/lines"
}

# ... and by tdcctl: what the policy says counts unless another reason follows
says()			# OPTION... SENDER RECIPIENT...
{
	tdcctl policy "$@" >"$RIG/said" 2>&1 || diag "$(cat "$RIG/said")"
	grep '^not journaled: ' "$RIG/said" && return
	sed -n 's/^\(<.*>\): \(.*@.*\) (policy \([^ ]*\): .*)$/\1: \2 by \3/p
	    s/^\(<.*>\): \(.*@.*\) (default_policy)$/\1: \2 by default/p' \
	    "$RIG/said" | sort
	grep -e '^accepted without ' -e '^deferred: ' "$RIG/said"
}

# give TITLE WANTED - one message, as $from, $to, $client, $name, $helo, $port,
# $words and $letter say; $options are for tdcctl, and $told, the letter as it
# is told to it, may be another file.  What came of it is asked for in
# compare(), when the log is complete.
give()
{
	# shellcheck disable=SC2046
	said=$("$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$port" -F "$letter" \
	    -x "ADDR=$client NAME=$name $words" -h "$helo" -f "$from" \
	    $(printf -- ' -t %s' $to))
	id=$(echo "$said" | cut -d' ' -f5)
	case $said in
	*" 250 "*) ;;
	*" 451 "*)
		rig_wait "rig_log | grep -q ' deferred: '" 10
		id=$(rig_log | sed -n 's/.* queue-id \([^ ]*\) deferred.*/\1/p' |
		    tail -n 1) ;;
	*) diag "$1: $said" ;;
	esac
	given=$((given + 1))
	printf '%s\n' "$1" >"$RIG/given/$given.title"
	printf '%s\n' "$2" >"$RIG/given/$given.wanted"
	echo "$id" >"$RIG/given/$given.id"
	says $options -a "${client#IPV6:}/$name" -h "$helo" \
	    -m "${told:-$letter}" "<$from>" $to >"$RIG/given/$given.says"
	usual
}

usual()
{
	from=someone@client.example
	to=user@corp.example
	client=198.51.100.7
	name=mx.client.example
	helo=client.example
	port=$smtp_port
	words=
	options=
	told=
	letter=$RIG/clean
}

begin()			# the lines of a tdc.cf from stdin: a new round
{
	rig_conf
	ok "milter starts" rig_milter
	given=0
	rm -rf "$RIG/given"
	mkdir "$RIG/given"
	usual
}

compare()		# what was said with what was done
{
	rig_stop milter
	for n in $(seq "$given"); do
		title=$(cat "$RIG/given/$n.title")
		was=$(did "$(cat "$RIG/given/$n.id")")
		is "$(cat "$RIG/given/$n.says")" "$was" "$title: the same answer"
		like "$was" "$(cat "$RIG/given/$n.wanted")" "$title"
	done
}

rig_letter "$RIG/clean" "a clean one" "X-Spam-Flag: no"

# relayed FIELD... - it comes by the relay, with these fields on top
relayed()
{
	client=192.0.2.99
	name=relay.example
	letter=$RIG/letter
	rig_letter "$letter" "relayed" "$@"
	grep -v '^From: ' "$letter" >"$letter.new"
	mv "$letter.new" "$letter"
}

headed()		# FIELD...: a message with these fields
{
	letter=$RIG/letter
	rig_letter "$letter" "headed" "$@"
}

# sized BYTES - a message of that size, which is told with bare LF
sized()
{
	letter=$RIG/letter
	told=$RIG/told
	perl -e '
		my $head = "Subject: size\r\n\r\n";
		my $rest = $ARGV[0] - length $head;
		print $head;
		print "x" x 70, "\r\n" and $rest -= 72 while $rest > 144;
		print "y" x ($rest - 2), "\r\n"' "$1" >"$letter"
	tr -d '\r' <"$letter" >"$told"
}

begin <<-EOF
	intake_address = all@intake.example
	log_skipped = yes
	recipient_delimiter = +
	internal_networks = 10.0.0.0/8 [2001:db8::]/32 127.0.0.0/8
	trusted_relays = 192.0.2.99 127.0.0.0/8
	skip_daemon_names = smuggler, submission
	journal_reports = skip
	max_message_size = 20000
	unclean_header_checks = pcre:$RIG/fields
	policy_maps = check_client inline:{ 203.0.113=NO, tor.example=DEFAULT },
	    check_helo inline:{ bad.example=DEFAULT },
	    check_sender inline:{ news.example=NO },
	    check_recipient hash:$RIG/people,
	    check_recipient regexp:$RIG/made
EOF

give "clean" '^<user@corp.example>: all@intake.example by Corp$'
to=user@other.example
give "no policy" '^not journaled: no policy asks for it$'
to=bob@corp.example
give "a NO" '^not journaled: policy Privileged says NO for '
to="bob+x@corp.example carol+x@corp.example erin@corp.example"
give "three recipients, two copies" '^<carol\+x@corp.example>: carol@intake.example by Carol$'
to=dave@corp.example
give "a DUNNO" '^not journaled: no policy asks for it$'
to=sue-x@other.example
give "an address that is made" '^<sue-x@other.example>: sue@intake.example by sue$'
to=all@intake.example
give "to the intake" '^not journaled: only to intake addresses$'
to="all@intake.example user@corp.example"
give "to the intake and to a user" '^<user@corp.example>: all@intake.example by Corp$'
from=bulk@news.example
give "a sender with NO" '^not journaled: policy news.example says NO for '
from=
give "the null sender" '^<user@corp.example>: '
client=203.0.113.9
give "a client with NO" '^not journaled: policy 203.0.113 says NO for '
name=exit.tor.example to=user@other.example
give "a client by its name" '^<user@other.example>: all@intake.example by tor.example$'
helo=mx.bad.example to=user@other.example
give "a HELO" '^<user@other.example>: all@intake.example by bad.example$'

to=Carol+X@Corp.Example
give "another case" '^<Carol\+X@Corp.Example>: carol@intake.example by Carol$'
to=postmaster
give "no domain" '^not journaled: no policy asks for it$'
client=10.1.2.3
give "an internal client" '^not journaled: client in internal_networks$'
client=IPV6:2001:db8::25
give "one of IPv6" '^not journaled: client in internal_networks$'
words=LOGIN=someone options=-s
give "an authenticated client" '^not journaled: client authenticated$'
port=$submission options="-d submission"
give "a daemon" '^not journaled: by skip_daemon_names$'
words=LOGIN=someone options=-s client=10.1.2.3
give "two reasons" '^not journaled: client authenticated$'

headed "X-Spam-Flag: YES"
give "spam" '^not journaled: unclean header X-Spam-Flag$'
headed "x-spam-flag :YES"
give "spam, a blank before the colon" '^not journaled: unclean header x-spam-flag$'
headed "Subject: it is" " folded"
give "spam, folded" '^not journaled: unclean header Subject$'
headed "no field" "X-Spam-Flag: YES"
give "not in the header" '^<user@corp.example>: '
headed "X-Spam-Flag: YES"
to=user@other.example
give "spam that no policy asks for" '^not journaled: no policy asks for it$'
headed "X-MS-Journal-Report:"
give "a journal report" '^not journaled: a journal report itself$'
headed "X-MS-Journal-Report:" "X-Spam-Flag: YES"
give "a journal report with spam" '^not journaled: a journal report itself$'
printf 'no header at all\r\nX-Spam-Flag: YES\r\n' >"$RIG/headless"
letter=$RIG/headless
give "no header" '^<user@corp.example>: '
headed "X-Spam-Flag: YES"
{ echo 'From someone Thu Jan  1 00:00:00 2026'; tr -d '\r' <"$letter"; } \
    >"$RIG/told"
told=$RIG/told
give "told as a mailbox has it" '^not journaled: unclean header X-Spam-Flag$'
sized 20000
give "as large as may be" '^<user@corp.example>: '
sized 20001
give "too large by one" '^not journaled: larger than max_message_size$'

relayed "Received: from x (x.example [198.51.100.7]) by relay.example; now"
give "relayed" '^<user@corp.example>: all@intake.example by Corp$'
relayed "Received: from x (x.example [10.2.3.4]) by relay.example; now"
give "relayed from inside" '^not journaled: client in internal_networks$'
relayed "Received: from x (x.example" " [203.0.113.1]) by relay.example"
give "relayed from a client with NO" '^not journaled: policy 203.0.113 says NO for '
relayed "Received: from relay (r [127.0.0.1]) by relay.example" \
    "Received: from tor.example (x.tor.example [198.51.100.7]) by r"
to=user@other.example
give "by two relays" '^<user@other.example>: all@intake.example by tor.example$'
relayed "Received: from bad.example (x [198.51.100.7]) by relay.example"
to=user@other.example
give "relayed, by its HELO" '^<user@other.example>: all@intake.example by bad.example$'
relayed "X-None: Received"
give "began at the relay" '^<user@corp.example>: '
relayed "Received: from x by relay.example" "Received: from y (y [10.1.1.1]) by x"
give "a client that is lost" '^<user@corp.example>: all@intake.example by default$'
relayed "Received: from x (x.example [10.2.3.4]) by relay.example; now" \
    "X-Spam-Flag: YES"
give "relayed from inside, and spam" '^not journaled: unclean header X-Spam-Flag$'

# through TITLE USER WANTED - by a Postfix in front, which tells the client by
# XFORWARD and in Received:.  tdcctl is told the message as it was delivered.
through()
{
	title=$1
	user=$2
	wanted=$3
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$front" -F "$RIG/clean" \
	    -x "ADDR=$client NAME=$name" -h "$helo" -f "$from" \
	    -t "$user@corp.example" >"$RIG/said" || diag "$(cat "$RIG/said")"
	ok "$title: it arrives" rig_wait "[ \$(rig_inbox $user) = 1 ]" 20
	told=$(echo "$RIG/mail/$user/new/"*)
	given=$((given + 1))
	echo "$title" >"$RIG/given/$given.title"
	echo "$wanted" >"$RIG/given/$given.wanted"
	# The id that it had at the gateway, in the newest field.
	sed -n 's/.* id \([0-9A-Za-z]*\).*/\1/p' "$told" | head -n 1 \
	    >"$RIG/given/$given.id"
	says -a 127.0.0.1/localhost -h gateway.example -m - "<$from>" \
	    "$user@corp.example" <"$told" >"$RIG/given/$given.says"
	usual
}
through "by a filter" grace '^<grace@corp.example>: all@intake.example by Corp$'
client=10.2.3.4
through "by a filter, from inside" heidi \
    '^not journaled: client in internal_networks$'
client=127.0.0.1
through "by a filter, from itself" frank \
    '^not journaled: client in internal_networks$'
compare
is "$(sed -n 's/^.*: TDC: Warning: trusted/warning: trusted/p' "$RIG/tdc.log")" \
"warning: trusted relay 192.0.2.99 names no client that can be read, and is taken for it: 'Received: from x by relay.example'" \
    "one client was lost"
client=192.0.2.99
relayed "Received: from x by relay.example"
like "$(tdcctl policy -a 192.0.2.99 -m "$letter" "$from" "$to")" \
    "^$(sed -n 's/^.*: TDC: Warning: trusted/warning: trusted/p' "$RIG/tdc.log")\$" \
    "tdcctl warns in the same words"

# ---- where nobody can say ----

for action in accept tempfail; do
	begin <<-EOF
		intake_address =
		milter_failure_action = $action
		trusted_relays = 192.0.2.99
		policy_maps = check_client inline:{ 192.0.2.99=NO, 198.51.100.7=a@intake.example }
	EOF
	relayed "Received: from x by relay.example"
	give "a client that is lost, $action" \
	    '^(accepted without a copy|deferred): check_client inline:.*: the client is not known: default_policy decides$'
	give "one that is not, $action" \
	    '^<user@corp.example>: a@intake.example by 198.51.100.7$'
	compare
done

begin <<-EOF
	default_policy = DEFAULT
EOF
give "default_policy" '^<user@corp.example>: journal@intake.example by default$'
compare

# ---- what was not told ----

rig_conf <<-EOF
	default_policy = DEFAULT
	internal_networks = 127.0.0.0/8
	trusted_relays = 192.0.2.99
	skip_daemon_names = submission
	journal_reports = skip
	unclean_header_checks = pcre:$RIG/fields
EOF
is "$(tdcctl policy s@x r@x | grep assumed)" \
"assumed: the client is outside internal_networks and trusted_relays (see -a)
assumed: the daemon is none of skip_daemon_names (see -d)
assumed: the header is clean (see -m)
assumed: the message is no journal report (see -m)" "what is assumed"
is "$(tdcctl policy -a 192.0.2.99 -d smtpd s@x r@x | grep assumed)" \
"assumed: the header names no client before the relay (see -m)
assumed: the header is clean (see -m)
assumed: the message is no journal report (see -m)" "of a relay"
is "$(tdcctl policy -a 192.0.2.99 -d smtpd -m "$RIG/clean" s@x r@x)" \
    "<r@x>: journal@intake.example (default_policy)" "nothing, when all is told"

for told in "-s" "-d submission" "-a 127.0.0.1"; do
	# shellcheck disable=SC2086
	is "$(tdcctl policy $told s@x r@x | grep -c .)" 1 "nothing: $told decides"
done

for nets in "internal_networks = 10.0.0.0/8" "trusted_relays = 192.0.2.99"; do
	printf '%s\ndefault_policy = DEFAULT\n' "$nets" | rig_conf
	is "$(tdcctl policy s@x r@x | head -n 1)" \
	    "assumed: the client is outside ${nets%% *} (see -a)" "${nets%% *}"
done
echo 'default_policy = DEFAULT' | rig_conf
is "$(tdcctl policy s@x r@x)" "<r@x>: journal@intake.example (default_policy)" \
    "where nothing could decide otherwise"

# fails STATUS MESSAGE FILE - of a message that cannot be read
fails()
{
	said=$(tdcctl policy -m "$3" s@x r@x 2>&1)
	is "$? $said" "$1 tdcctl: $2" "-m ${3##*/}: $1"
}
fails 66 "open $RIG/none: No such file or directory" "$RIG/none"
fails 66 "read $RIG/given: Is a directory" "$RIG/given"
{ printf 'X: '; head -c 1100000 /dev/zero | tr '\0' x; } >"$RIG/long"
fails 65 "$RIG/long: the header is larger than 1048576 bytes" "$RIG/long"
head -c 3000000 /dev/zero | tr '\0' x >"$RIG/large"
is "$(tdcctl policy -m "$RIG/large" s@x r@x | grep '^<')" \
    "<r@x>: journal@intake.example (default_policy)" "a large message"
done_testing
