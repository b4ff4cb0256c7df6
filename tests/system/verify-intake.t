#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# verify-intake - a test message goes to a real intake and is found again in the
# API, with the address and the field that it had; each failure says what it is
. "$(dirname "$0")/../rig/rig.sh"

rig_up verify-intake
rig_ca
rig_dns
rig_intake intake -R 'rcpt~no@=550 5.1.1 nobody'
rig_etd
mkdir "$RIG/remediate"
chown nobody "$RIG/remediate"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		$(rig_etd_conf)
		$(printf '%s\n' "$@")
	EOF
}
verify()		# OPTION... - what it says in $RIG/said, and its exit status
{
	tdcctl verify-intake "$@" >"$RIG/said" 2>&1
	code=$?
	return $code
}
value()			# EXPRESSION, in Python
{
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2]))' "$RIG/said" "$1"
}

# know - once the intake has a message, let the API know it, as if it were some
# minutes old
know()
{
	# shellcheck disable=SC2034
	before=$(rig_count intake) etd_age=400
	(
		rig_wait '[ "$(rig_count intake)" -gt $before ]' 20 || exit
		mail=$(find "$RIG/intake" -name '[0-9]*.eml' | sort | tail -n 1)
		message_id=$(tr -d '\r' <"$mail" |
		    sed -n 's/^Message-ID: \(<tdc-test.*\)/\1/p' | head -n 1)
		client=$(tr -d '\r' <"$mail" |
		    sed -n 's/^X-IronPort-RemoteIP: //p' | head -n 1)
		rig_etd_message "${id:-77}" "$message_id" neutral \
		    postmaster@gateway.example "$(gateway "$client")"
	) &
	know=$!
}
gateway()		# CLIENT [FIELD [CLIENT]]: what the API says of it
{
	printf '"secureEmailGateway": {"headerName": "%s", "originalCIP": "%s"}' \
	    "${2-X-IronPort-RemoteIP}" "${3-$1}"
}

# ---- calls that are wrong, and no API ----

conf
wrong()			# REASON OPTION...
{
	reason=$1
	shift
	verify "$@"
	is "$code $(head -n 1 "$RIG/said")" "64 tdcctl: verify-intake: $reason" \
	    "wrong: $*"
}
wrong "--to: not an address (local@domain): 'nix'" --to nix
wrong "--wait: not a span of up to a day: '2d'" --wait 2d
wrong "--wait: not a span of up to a day: '0s'" --wait 0s
wrong "--sent: no Message-ID: ''" --sent ""
wrong "--sent needs a value" --sent
wrong "unknown option '--frob'" --frob
wrong "unexpected argument 'x'" x
rig_conf </dev/null
verify
is "$code $(cat "$RIG/said")" "78 tdcctl: verify-intake: there is no API: set api_region (or api_url) and api_credentials_file" \
    "no API"
is "$(rig_count intake)" 0 "nothing was sent"

# ---- found ----

conf
know
verify --wait 30s
wait $know
is "$code" 0 "it is sent and found"
like "$(cat "$RIG/said")" "^delivered in [0-9]+ ms.*
<tdc-test\.[0-9a-f]*@gateway\.example>
found after [0-9]+ s: id 77, verdict neutral
header       X-IronPort-RemoteIP
sender's IP  192\.0\.2\.1\$" "and this is what matched"
sent=$(sed -n 's/^\(<tdc-test.*\)/\1/p' "$RIG/said")
rig_etd_asked
like "$rig_asked" '^search 200$' "the API was asked"
id=78 know
verify --to other@intake.example --wait 30s --json
wait $know
is "$code $(value 'r["intake"], r["delivered"], r["found"], r["id"], r["client"], r["header"], r["client_matches"], r["header_matches"], r["copies"], r["exit"], r["seconds"] < 30')" \
    "0 ('other@intake.example', True, True, '78', '192.0.2.1', 'X-IronPort-RemoteIP', True, True, 1, 0, True)" \
    "as JSON, and at another intake"
count=$(rig_count intake)
verify --sent "$sent"
is "$code $(head -n 1 "$RIG/said" | sed 's/after [0-9]* s/after N s/')" "0 found after N s: id 77, verdict neutral" \
    "one that was sent before"
verify --sent "$(echo "$sent" | tr -d '<>')"
is "$code" 0 "without its brackets"
is "$(rig_count intake)" "$count" "nothing is sent for that"
etd_age=400 rig_etd_message 79 "$sent" spam postmaster@gateway.example \
    "$(gateway 192.0.2.1)"
verify --sent "$sent"
like "$(cat "$RIG/said")" "^it is there 2 times: more than one intake got it" "twice"
rig_etd_forget 79

# ---- found, and not as it should be ----

etd_age=400 rig_etd_message 77 "$sent" neutral postmaster@gateway.example \
    "$(gateway 192.0.2.1 X-Other 10.0.0.1)"
verify --sent "$sent"
is "$code $(sed 1d "$RIG/said")" "65 header       FAILED: X-Other is told
sender's IP  FAILED: 10.0.0.1 is told, and 192.0.2.1 was written
what to do: in the portal of Secure Email Threat Defense, set the header of the sender's IP address to X-IronPort-RemoteIP (remote_ip_header)
tdcctl: verify-intake: the API has another header or sender's IP address than was written" \
    "another field and address"
etd_age=400 rig_etd_message 77 "$sent" neutral postmaster@gateway.example \
    "$(gateway 192.0.2.1 '\u001b[2J' '')"
verify --sent "$sent"
is "$code $(sed -n '2,3p' "$RIG/said")" "65 header       FAILED: \\x1b[2J is told
sender's IP  FAILED: nothing is told, and 192.0.2.1 was written" "nothing that a terminal obeys"
tdcctl verify-intake --sent "$sent" --json >"$RIG/said" 2>/dev/null
code=$?
is "$code $(value 'r["found"], r["client_matches"], r["header_matches"], r["exit"]')" \
    "65 (True, False, False, 65)" "as JSON"

# ---- not found ----

verify --sent "<nobody@x>" --wait 1s
is "$code $(cat "$RIG/said")" "75 tdcctl: verify-intake: <nobody@x> was not found: it takes longer, or the intake belongs to another tenant than the credentials; look again with --sent '<nobody@x>'" \
    "not found in time"
tdcctl verify-intake --sent "<nobody@x>" --wait 1s --json >"$RIG/said" 2>/dev/null
code=$?
is "$code $(value 'r["found"], r["id"], r["client_matches"], r["exit"]')" \
    "75 (False, None, False, 75)" "as JSON"
verify --to no@intake.example --wait 1s
is "$code" 69 "the intake does not take it: exit status"
like "$(cat "$RIG/said")" "^not delivered, after [0-9]+ ms, at RCPT: .*550 5\.1\.1" \
    "as send-test has it"
is "$(tail -n 1 "$RIG/said")" "tdcctl: verify-intake: the test message was not delivered, so it cannot be found" \
    "and what that means here"
conf "api_daily_requests = 1"
verify --sent "$sent" --wait 1s
is "$code" 75 "the API may not be asked: exit status"
like "$(head -n 1 "$RIG/said")" "^tdc-remediator: find: .*all 1 requests of this day" "why"
is "$(tail -n 1 "$RIG/said")" "tdcctl: verify-intake: $sent was not found: the API cannot be asked; look again with --sent '$sent'" \
    "and what that means"
conf
printf '%s\n' "client_id = x" "password = y" "api_key = z" >"$RIG/other"
rig_etd_credentials "$RIG/other"
verify --sent "$sent" --wait 60s
is "$code" 78 "credentials that it does not take: exit status, at once"
like "$(cat "$RIG/said")" "^tdc-remediator: find: .*(401|403|Forbidden|credentials)" "and why"
rm "$RIG/etd.credentials"
verify --sent "$sent" --wait 1s
like "$code $(cat "$RIG/said")" "^7[58] tdc-remediator: .*etd\.credentials" "no credentials"
done_testing
