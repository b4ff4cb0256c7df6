#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# json - every verb with --json, in every form that it has, prints what the
# tables of tdcctl(8) say
#
# A new verb, or a new option of one, needs a row below: this test walks the
# table of verbs.
. "$(dirname "$0")/../rig/rig.sh"

rig_up json
rig_ca
rig_dns
rig_intake intake -R 'rcpt~kept@=550 5.1.1 \x01\xff \xc3\xa9 "no" \' \
    -R 'rcpt~later@=451 4.3.0 later \x1b[2J'
rig_postfix
rig_etd
mkdir "$RIG/kept" "$RIG/remediate"
chown nobody "$RIG/kept"
cat >"$RIG/policy" <<-'EOF'
	kept@corp.example kept@intake.example
	later@corp.example later@intake.example
	no@corp.example NO
	corp.example DEFAULT
EOF
echo '/(.*)\.odd\.example$/ journal@$1.example' >"$RIG/odd.pcre"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		policy_maps = check_recipient texthash:$RIG/policy
		    check_recipient pcre:$RIG/odd.pcre
		default_policy = NO
		alert_command = /bin/echo told
		undelivered = keep
		history_database = $RIG/kept/history.db
		trusted_relays = 10.0.0.0/8
		retry_delay = 1h
		retry_limit = 100
		queue_lifetime = 1d
		$(rig_etd_conf)
		intake_name = $(printf 'Caf\303\251 \351 \033[1m')
		$(printf '%s\n' "$@")
	EOF
}
conf "internal_networks = 192.0.2.99"
rig_milter || exit 1
rig_forwarder || exit 1

# ---- a world with something of everything ----

printf 'Message-ID: <a\033[31m\200\\%s\302\233\303\251@x>\r\nSubject: \377\r\n\r\n.\r\n' \
    '"' >"$RIG/odd"
rig_letter "$RIG/report" report "X-MS-Journal-Report:"
for to in user kept later no; do
	rig_send sender@client.example "$to@corp.example" -F "$RIG/odd" \
	    -e SMTPUTF8
done
rig_send sender@client.example user@corp.example \
    -x "ADDR=192.0.2.99 NAME=inside.example"
rig_wait '[ "$(tdcctl history --json 2>/dev/null | wc -l)" = 2 ]' 20
rig_wait 'tdcctl queue | grep -q "said 451"' 10
rig_by_hand=1
echo "no copy" >"$RIG/spool/damaged"
chown nobody "$RIG/spool/damaged"
mv "$RIG/spool/damaged" "$RIG/spool/ready/00000000000000aa.1"
rig_wait 'tdcctl queue | grep -q "^170 *damaged"' 20
tdcctl history --verdict "hard bounced" --json >"$RIG/odd.json"
tdcctl queue --json | grep '"place":"ready"' >"$RIG/later.json"
kept=$(tdcctl queue | sed -n 's/^\([0-9]*\) *failed.*/\1/p')
later=$(tdcctl queue | sed -n 's/^\([0-9]*\) *ready.*/\1/p')
id=$(tdcctl history --json | head -n 1 | perl -MJSON::PP -ne '
	print decode_json($_)->{queue_id}')

tr '|' '\t' <<-END | "$TDC_BUILD/tests/tools/remedied" "$RIG/remediate/state.db"
	batch|7200|poll-1|tdc-remediator|gw.example|delete
	message|7200|id-1|<a@client.example>|phishing|evil@client.example|$(printf 'I\033[2J')
	action|7200|id-1|bob@corp.example|170|remediated|
	action|7200|id-1|carol@corp.example|170|failed|Authentication error
	action|7200|id-1|dave@corp.example|170|in-progress|
	message|7200|id-2|<b@client.example>|bec|evil@client.example|Invoice
	action|7200|id-2|bob@corp.example|171|reported|
	message|7200|id-3|<c@client.example>|bec|evil@client.example|Invoice
	reason|id-3|not journaled here
	note|window.hours|1700000000000
	note|pause|too much
	note|pause.bob@corp.example|too much for one
	spend|5
END
chown -R nobody "$RIG/remediate"
etd_age=400 rig_etd_message 1 '<sent@gateway.example>' neutral user@corp.example

# ---- every form of every verb ----
#
# VERB|EXIT|TABLE...|ARGUMENTS: with these it prints objects of these tables.
# "-" in place of a table: nothing at all.  A verb whose TABLE is "no" has no
# --json, for the reason behind it.  Rows are in an order in which each finds
# what it needs.
rows()
{
	cat <<-EOF
		check|0|check|
		check|1|check|--strict
		check|64|-|--nagios -w 1m -c 2m
		config|0|config|
		config|0|config|-n
		config|0|config|-d
		config|0|config|intake_address retry_delay
		config|64|config|intake_address intake_adress
		config|64|-|-h intake_address
		policy|0|policy-table|--table
		policy|0|policy policy-end|a@b.example user@corp.example no@corp.example x@other.example kept@intake.example
		policy|0|policy policy-end|-v a@b.example user@corp.example
		policy|0|policy policy-end|-a 192.0.2.1/c.example -d smtpd -h helo.example -m $RIG/odd a@b.example no@corp.example
		policy|0|policy policy-end|-a 10.0.0.1 -m $RIG/odd a@b.example user@corp.example
		policy|0|policy policy-end|-s a@b.example user@corp.example
		policy|0|policy policy-end|a@b.example x@y.odd.example
		policy|0|policy policy-end|-m $RIG/report a@b.example user@corp.example
		policy|64|-|a@b.example
		policy|0|policy-replay-end|--replay
		policy|0|policy-replay-end|--replay -v --since 1h --until 0m -f $RIG/tdc.log
		status|0|status|
		suspend|0|suspend|later@intake.example --for 1h --reason repair
		show|0|show|$later
		tophosts|0|tophosts|
		status|0|status|
		hoststatus|0|hoststatus|the.tdc.queue
		hoststatus|0|hoststatus|intake.example
		hoststatus|0|hoststatus|never.example
		metrics|0|no: it prints text for Prometheus|-o FILE --http
		queue|0|queue queue-damaged|
		queue|0|queue-shape|--shape
		resume|0|suspend|later@intake.example
		resume|65|-|later@intake.example
		alert-test|0|alert-test|
		top|0|no: it is a screen for people; metrics has the numbers|-d 1 -n 1
		track|0|track|--since 1h -f $RIG/maillog -f $RIG/tdc.log sender@client.example
		track|0|track|-f $RIG/maillog $id
		report|0|report|
		report|0|report|--since 1h --until 0m
		report|64|-|--html
		remediation-report|0|remediation-report remediation-batch remediation-message|
		remediation-report|0|remediation-report|--since 1h --until 0m
		remediation-report|64|-|--html
		verify-intake|65|verify-intake|--sent <sent@gateway.example>
		verify-intake|75|verify-intake|--to other@intake.example --wait 1s
		show|0|show|$kept
		show|0|show|$later
		show|65|-|4711
		history|0|history|
		history|0|history|--since 1h --until 0m --limit 10
		history|0|history|--address sender@client.example --verdict delivered
		history|0|history|--sender sender@client.example
		history|0|history|--recipient user@corp.example
		history|0|history|--intake journal@intake.example
		history|0|history|--queue-id $id
		history|0|history|--mid $kept
		history|0|-|--message-id nix
		history|0|history-import|--import -n $RIG/tdc.log
		history|0|history-import|--import --dry-run $RIG/tdc.log
		send-test|0|send-test|
		send-test|0|send-test|--to other@intake.example --from a@b.example
		send-test|69|send-test|--to kept@intake.example
		flush|0|flush|
		flush|0|flush|intake.example
		flush|65|-|never.example
		postfix-enable|0|no: it shows changes of files as diff(1) does|-n --dry-run --config-dir DIR
		postfix-disable|0|no: so does this|-n --dry-run --config-dir DIR
		monitor|0|no: all of it is JSON; see events.t and below|--counters
		reload|0|reload|
		requeue|0|queue delete|-n --since 1h --intake kept@intake.example
		requeue|0|delete|--dry-run --until 0m --intake never.example
		requeue|0|delete|$kept
		requeue|0|delete|ALL
		delete|0|delete|$later
		delete|0|delete|ALL
		delete|65|-|4711
		help|0|help|
		help|0|help|policy
		help|64|-|polcy
		version|0|version|
	EOF
}

# form VERB EXIT TABLES [ARGUMENT...] - one row, with --json in the first place
# and in the last
form()
{
	form_verb=$1
	form_exit=$2
	form_tables=$3
	shift 3
	form_call="$form_verb${*:+ $*}"
	tdcctl "$form_verb" --json "$@" >"$RIG/out" 2>"$RIG/said"
	is $? "$form_exit" "$form_call: exit status"
	cat "$RIG/out" "$RIG/said" >>"$RIG/shown"
	if [ "$form_exit" -gt 1 ] && [ "$form_verb" != send-test ]; then
		like "$(head -n 1 "$RIG/said")" '^tdcctl: ' "an error in words"
	else
		is "$(cat "$RIG/said")" "" "and no error"
	fi
	if [ "$form_tables" = - ]; then
		is "$(cat "$RIG/out")" "" "and nothing else"
		return
	fi
	# shellcheck disable=SC2086
	is "$(python3 tests/helpers/schema.py man/tdcctl.8 "$RIG/out" \
	    $form_tables 2>>"$RIG/seen")" "" "as the manual says: $form_tables"
	case $form_verb in
	delete|requeue|resume) ;;	# it is done
	*)	tdcctl "$form_verb" "$@" --json >"$RIG/again" 2>/dev/null
		is "$? $(wc -l <"$RIG/again")" "$form_exit $(wc -l <"$RIG/out")" \
		    "as well at the end" ;;
	esac
}

: >"$RIG/seen"
rows >"$RIG/rows"
while IFS='|' read -r verb code names arguments; do
	case $names in
	no*)	continue ;;
	esac
	# shellcheck disable=SC2086
	form "$verb" "$code" "$names" $arguments
done <"$RIG/rows"

# ---- each verb, each option, each key ----

tdcctl help --json | perl -MJSON::PP -ne '
	my $v = decode_json($_);
	print "$v->{verb}\n";
	print "$v->{verb} $_->{option}\n" for grep { $_->{option} ne "--json" }
	    @{$v->{options}};' | sort >"$RIG/wanted"
ok "there are verbs" [ "$(wc -l <"$RIG/wanted")" -gt 20 ]
perl -F'\|' -lane 'print $F[0];
	print "$F[0] $_" for grep { /^-/ } split " ", $F[3] // ""' "$RIG/rows" |
	sort -u >"$RIG/had"
is "$(comm -23 "$RIG/wanted" "$RIG/had")" "" "each verb and each option has a row"

rig_start counters "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" monitor --counters 1
rig_send sender@client.example user@corp.example
rig_wait '[ "$(wc -l <"$RIG/err/counters.out")" -ge 2 ]' 10
rig_stop counters
is "$(python3 tests/helpers/schema.py man/tdcctl.8 "$RIG/err/counters.out" \
    monitor-counters 2>>"$RIG/seen")" "" "monitor --counters"

# What takes a world of its own to be seen:
echo "x = y" >>"$RIG/tdc.cf"
form check 78 check
is "$(sed 's/^{"severity":"error","place":"\([^"]*\)".*/\1/' "$RIG/out")" \
    "$RIG/tdc.cf:$(wc -l <"$RIG/tdc.cf")" "an error has its place"
conf "alternate_intake_address = later@other.example"
rig_stop forwarder
rig_stop milter
rig_fill 1 -i kept@intake.example
rig_milter
rig_forwarder
rig_wait 'tdcctl queue --json | grep -q undelivered' 10
form queue 0 "queue queue-damaged"
form show 0 show "$(tdcctl queue --json | sed -n 's/^{"mid":\([0-9]*\).*undelivered.*/\1/p')"
sed 's/^kept@.*/kept@corp.example NO/; s/^no@.*/no@corp.example DEFAULT/' \
    "$RIG/policy" >"$RIG/policy.new"
mv "$RIG/policy.new" "$RIG/policy"
form policy 1 "policy-replay policy-replay-end" --replay -f "$RIG/maillog" \
    -f "$RIG/tdc.log"
is "$(sort -u "$RIG/seen" >"$RIG/all"
    python3 tests/helpers/schema.py man/tdcctl.8 "$RIG/all")" "" \
    "each key of the manual was seen with a value"

# ---- what is inside ----

# in_file FILE KEY - a value of the object there, as a reader of JSON has it
in_file()
{
	perl -CO -MJSON::PP -e 'print decode_json(scalar <STDIN>)->{$ARGV[0]}' \
	    "$2" <"$1"
}
hex()
{
	od -An -tx1 | tr -d ' \n'
}
for file in odd later; do
	is "$(in_file "$RIG/$file.json" message_id | hex)" \
	    "$(printf '<a\033[31m\\x80\\\\"\302\233\303\251@x>' | hex)" \
	    "bytes of any kind in a Message-ID: $file"
done
is "$(in_file "$RIG/later.json" reason | hex)" \
    "$(printf '127.0.0.1 said 451 4.3.0 later \033[2J' | hex)" "and in a reply"
is "$(in_file "$RIG/odd.json" reply | hex)" \
    "$(printf '550 5.1.1 \001\\xff \303\251 "no" \\\\' | hex)" \
    "and in one that refused the copy for good"
is "$(LC_ALL=C grep -c "$(printf '\033\\|\302[\200-\237]\|\177')" "$RIG/shown")" 0 \
    "a terminal obeys nothing in it"
tdcctl report --json | perl -MJSON::PP -e '
	local $/; my $r = decode_json(<STDIN>);
	print encode_json($_), "\n" for grep { $_->{reply} =~ /^550/ }
	    @{$r->{history}{reasons}}' >"$RIG/reason.json"
is "$(in_file "$RIG/reason.json" reply | hex)" \
    "$(printf '550 5.1.1 \001\\xff \303\251 "no" \\\\' | hex)" \
    "the report has it alike"
done_testing
