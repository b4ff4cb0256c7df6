#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# send-test - tdcctl send-test: the way of a copy, step by step; each kind of
# failure, where it was, what to do and what would become of a copy; with real
# DNS, DNSSEC, TLS, MTA-STS and a login at Postfix.  It leaves no trace in the
# spool, the counters, the history and the running forwarder, and no secret
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up send-test
RIG_MX=yes
rig_ca
rig_selfsigned self mx.intake.example -addext subjectAltName=DNS:mx.intake.example
rig_cert other elsewhere.example
rig_cert web mta-sts.sts.example
openssl x509 -req -in "$RIG/cert.csr" -CA "$RIG/ca.pem" -CAkey "$RIG/ca.key" \
    -CAcreateserial -days -1 -extfile "$RIG/cert.ext" -out "$RIG/old.pem" \
    2>>"$RIG/err/openssl"
rig_dns mx-host=intake.example,mx.intake.example,10 \
    mx-host=intake.example,gone.intake.example,20 \
    host-record=mx.intake.example,127.0.0.1 \
    host-record=login.example,127.0.0.7 \
    mx-host=null.example,.,0 mx-host=hostless.example,gone.example,10 \
    mx-host=sts.example,mx.intake.example,10 \
    host-record=mta-sts.sts.example,127.0.0.1 \
    'txt-record=_mta-sts.sts.example,"v=STSv1; id=7;"' \
    host-record=closed.example,127.0.0.8 host-record=hole.example,127.0.0.9
install -d -o nobody -m 700 "$RIG/history"

conf()			# [LINE...]
{
	printf '%s\n' "history_database = $RIG/history/db" \
	    "idle_timeout = 100ms" "retry_delay = 20s" \
	    "connect_timeout = 1s" "command_timeout = 1s" "$@" | rig_conf
}

# test_it [ARGUMENT...] - what came of it: the exit status and the lines of text
# in $code and $out, and members of the result in $kind, $step and $retry
test_it()
{
	out=$(tdcctl send-test "$@" 2>"$RIG/said")
	code=$?
	printf '%s\n' "$out" >>"$RIG/all"
	kind=$(printf '%s\n' "$out" | sed -n 's/^  "kind": "\(.*\)",$/\1/p')
	step=$(printf '%s\n' "$out" | sed -n 's/^  "step": "\(.*\)",$/\1/p')
	retry=$(printf '%s\n' "$out" | sed -n 's/^  "retry": \(.*\),$/\1/p')
}

# stages - their names, in order
stages()
{
	printf '%s\n' "$out" | sed -n 's/^ *[0-9][0-9]*  \([A-Za-z-]*\) .*/\1/p' |
	    paste -sd' '
}

# fails NAME KIND STEP EXIT [ARGUMENT...]
fails()
{
	name=$1
	wanted=$2
	where=$3
	with=$4
	shift 4
	test_it --json "$@"
	again=false
	[ "$with" != 75 ] || again=true
	is "$code $kind at $step, again $retry" \
	    "$with $wanted at $where, again $again" "$name" ||
	    diag "$out" "$(cat "$RIG/said")"
}

# with [OPTION...] - an intake that is so
with()
{
	rig_stop intake
	rig_intake intake -l 127.0.0.1:25 "$@"
}

# state - of all that a copy would change
state()
{
	tdcctl status --json | grep -v '"time"'
	tdcctl hoststatus intake.example | grep -v '^Status as of'
	tdcctl history --json
	find "$RIG/spool" -printf '%P %s\n' | sort
}

# ---- delivered, while a forwarder runs ----

conf
with
rig_forwarder
rig_fill 1
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
rig_wait '[ "$(tdcctl history --json 2>/dev/null | wc -l)" = 1 ]' 10
state >"$RIG/before"
rm "$RIG"/intake/*.eml
test_it
is "$code $(cat "$RIG/said")" "0 " "delivered"
is "$(stages)" "start MX address address MTA-STS policy connect greeting EHLO \
STARTTLS TLS certificate EHLO MAIL RCPT BDAT QUIT" "each step" || diag "$out"
for line in 'MX +intake.example: 10 mx.intake.example, 20 gone.intake.example' \
    'address +FAILED: gone.intake.example: NXDomain' \
    'address +mx.intake.example: 127.0.0.1' \
    'policy +mx.intake.example must show a trusted certificate for mx.intake.example' \
    'connect +127.0.0.1 port 25, from 127.0.0.1' \
    'greeting +220 mx.intake.example ESMTP' \
    'EHLO +250 mx.intake.example, PIPELINING, .*STARTTLS' \
    'TLS +TLSv1.3, TLS_' \
    'certificate +mx.intake.example, intake.example, mx2.intake.example; issued by CN=private test CA; valid until 20.* UTC; verify mx.intake.example' \
    'BDAT +250 2.0.0 Ok: queued as'; do
	like "$out" "^ *[0-9]+  $line" "which says: $line"
done
like "$out" '^delivered in [0-9]+ ms: [0-9]+ until the connection was ready, which copies share, and [0-9]+ for the message \([0-9]+ octets\)$' \
    "and what it took"
id=$(printf '%s\n' "$out" | tail -n 1)
like "$(rig_log)" "^TDC: test message $id to journal@intake.example: delivered, '250 2.0.0 Ok: queued as [0-9]+'\$" \
    "the maillog has it"
mail=$(cat "$RIG"/intake/*.eml | tr -d '\r')
like "$mail" '^X-MS-Journal-Report:' "the intake has a journal report"
like "$mail" '^Content-Type: message/rfc822' "around a message"
like "$mail" '^X-TDC-Test: gateway.example; ' "which is marked"
is "$(printf '%s\n' "$mail" | grep -c "^Message-ID: $id\$")" 1 "has that Message-ID"
is "$(printf '%s\n' "$mail" | grep -c '^Subject: tdc test gateway.example [A-Z]')" 3 \
    "and a subject that tells, which the report has too, twice"
like "$mail" '^Recipient: postmaster@gateway.example$' "it is postmaster's"
test_it --from anna@corp.example --to other@intake.example
like "$(cat "$RIG"/intake/*.eml | tr -d '\r')" '^From: <anna@corp.example>$' "or another's"
like "$(cat "$RIG/intake.journal")" 'RCPT TO:<other@intake.example>' "to another address"
unlike "$out" '^ *[0-9]+ +[<>] ' "not all that is said"
tdcctl -v send-test >"$RIG/out"
like "$(cat "$RIG/out")" '^ *[0-9]+ +> EHLO gateway.example$' "with -v, all that is said"
like "$(cat "$RIG/out")" '^ *[0-9]+ +< 250-PIPELINING$' "and heard"
test_it --json
is "$code $(printf '%s\n' "$out" | perl -MJSON::PP -0 -ne '
	my $j = decode_json($_);
	my ($mx) = grep { $_->{stage} eq "MX" } @{$j->{stages}};
	my ($c) = grep { $_->{stage} eq "certificate" } @{$j->{stages}};
	print "$j->{intake} $j->{delivered} $j->{exit} $mx->{mx}[1]{preference} $c->{verified}"')" \
    "0 journal@intake.example 1 0 20 1" "--json is one object"

# ---- a receiver that is Postfix, and wants a login ----

password='S3cret.of-the archive'
mkdir "$RIG/dovecot"
echo "archive:{PLAIN}$password" >"$RIG/dovecot/users"
chmod 644 "$RIG/cert.key"
smtp_port=2525
rig_postfix "virtual_mailbox_domains = login.example" "smtpd_milters =" \
    "smtpd_tls_cert_file = $RIG/cert.pem" \
    "smtpd_tls_key_file = $RIG/cert.key" \
    "smtpd_tls_security_level = may" "smtpd_tls_auth_only = yes" \
    "smtpd_sasl_auth_enable = yes" "smtpd_sasl_type = dovecot" \
    "smtpd_sasl_path = $RIG/dovecot/auth" "smtpd_relay_restrictions =" \
    "smtpd_recipient_restrictions = permit_sasl_authenticated, \
	check_client_access static:{530 5.7.0 Authentication required}, reject"
ok "Dovecot runs" rig_dovecot plain login
login()			# PASSWORD
{
	echo "login.example archive:$1" >"$RIG/logins"
	chown nobody "$RIG/logins"
	chmod 600 "$RIG/logins"
	conf "intake_route = [mx.intake.example]:2525" \
	    "intake_login_file = $RIG/logins" "intake_address = j@login.example"
}
login "$password"
test_it
is "$code" 0 "Postfix lets it in" || diag "$out"
like "$out" "AUTH +235 2.7.0 Authentication successful, as in $RIG/logins:1\$" \
    "by our login"
like "$out" 'route +intake_route = mx.intake.example port 2525: MX is not asked for' \
    "by intake_route"
ok "and delivers it" rig_wait '[ "$(rig_inbox everyone)" = 1 ]' 10
tdcctl -v send-test >>"$RIG/all"
like "$(cat "$RIG/all")" '> AUTH PLAIN \*\*\*$' "with -v the login is not shown"
rig_restrictions=$(postconf -h smtpd_recipient_restrictions)
postconf -e "smtpd_recipient_restrictions = check_client_access static:{550 5.7.1 not with $password}, reject"
rig_postfix_anew
tdcctl -v send-test >>"$RIG/all"
test_it
is "$code" 69 "an intake that repeats the login"
like "$out" 'RCPT +FAILED: \(not shown: it repeats the login\)$' "is not quoted"
like "$out" '^not delivered, .* at RCPT: \(not shown: ' "nowhere"
postconf -e "smtpd_recipient_restrictions = $rig_restrictions"
rig_postfix_anew
login "$password (not)"
fails "a wrong password" login-refused AUTH 75
: >"$RIG/logins"
fails "no login" login-wanted RCPT 75
is "$(cat "$RIG/all" "$RIG/tdc.log" "$RIG/mail_logs" | grep -cF "$password
$(printf '\0archive\0%s' "$password" | base64)
$(printf '%s' "$password" | base64)")" 0 "no secret was printed or logged"
login "$password"
postconf -e "smtpd_sasl_auth_enable = no"
rig_postfix_anew
fails "no AUTH" login-not-offered AUTH 75
postfix stop >/dev/null 2>&1
rm -f "$RIG/pid/postfix"

# ---- each kind of failure ----

conf
fails "no such domain" no-domain route 69 --to j@nowhere.example
fails "a null MX" null-mx route 69 --to j@null.example
fails "no address" no-mx route 69 --to j@hostless.example
fails "nobody listens" refused connect 75 --to j@closed.example
rig_silent hole 127.0.0.9 25
fails "nobody answers" connect-timeout connect 75 --to j@hole.example
while read -r kind_of at exit_of rule; do
	with -R "$rule"
	fails "$rule" "$kind_of" "$at" "$exit_of"
done <<-'ROWS'
	silent greeting 75 greeting=hang
	hung-up greeting 75 greeting=close
	busy greeting 75 greeting=421 4.7.0 too many
	unwelcome greeting 69 greeting=554 5.7.1 who are you
	no-smtp greeting 75 greeting=garbage
	name EHLO 75 ehlo=550 5.7.1 what a name
	starttls STARTTLS 69 starttls=454 4.7.0 no TLS now
	sender-refused MAIL 69 mail=550 5.7.1 not from you
	recipient-refused RCPT 69 rcpt=550 5.1.1 no such user
	later RCPT 75 rcpt=451 4.7.1 greylisted
	message-refused BDAT 69 final=554 5.6.0 no reports
	size BDAT 75 final=552 5.2.2 full
	message-timeout BDAT 75 final=hang
	message-lost BDAT 75 final=lost
ROWS
with -o SIZE=1000,STARTTLS
fails "too large for it" size MAIL 75
with -o -STARTTLS
fails "no TLS" no-starttls STARTTLS 69
with -o -CHUNKING -R "body=close@500"
fails "broken off in DATA" message-lost message 75
with -C "$RIG/self.pem" -K "$RIG/self.key"
fails "nobody vouches for it" certificate-chain handshake 69
with -C "$RIG/other.pem" -K "$RIG/other.key"
fails "another's name" certificate-name handshake 69
with -C "$RIG/old.pem" -K "$RIG/cert.key"
fails "no longer valid" certificate-expired handshake 69
test_it
like "$out" 'handshake +FAILED: 127.0.0.1: certificate verify failed: certificate has expired$' \
    "where it failed is marked"
like "$out" 'certificate +FAILED: mx.intake.example, .*; refused: certificate has expired$' \
    "the certificate is shown all the same"
with -V "$RIG/ca.pem" -T TLSv1.2:TLSv1.2
fails "it wants our certificate" tls-alert handshake 69

# What an operator reads.
with -R "rcpt=451 4.7.1 later"
test_it
is "$code $(printf '%s\n' "$out" | sed -n '/^not delivered/,$p' |
    sed 's/after [0-9]* ms/after n ms/' | paste -sd' ')" \
    "75 not delivered, after n ms, at RCPT: 127.0.0.1 said 451 4.7.1 later \
a copy would be tried again after 20s, at most 1 time and for no longer than \
120s, then given up, and be discarded \
later: The intake is there, and does not want the message now. \
what to do: Read its reply, and try again later; if it stays so, ask whoever \
runs it." "a failure in words" || diag "$out"
like "$(rig_log)" "^TDC: test message <.*> to journal@intake.example: not delivered, later: 127.0.0.1 said 451 4.7.1 later\$" \
    "the maillog has that too"
conf "retry_limit = 0" "undelivered = keep"
fails "no retry here" later RCPT 69
conf "alternate_intake_address = a@intake.example"
with -R "rcpt=550 5.1.1 $(printf '\033[31mred') no"
test_it
like "$(printf '%s\n' "$out" | paste -sd' ')" \
    'given up at once: Hard Bounced, and go to alternate_intake_address' \
    "another address would get it"
is "$(printf '%s\n' "$out" | grep -c "$(printf '\033')")" 0 "nothing for the terminal"

# ---- MTA-STS ----

rig_sts sts.example enforce other.example
rig_web
conf
with
fails "not named by the policy" mta-sts handshake 69 --to j@sts.example
like "$out" '"reply": "sts.example: mx.intake.example: not named by the MTA-STS policy"' \
    "of whom that is said"
rig_sts sts.example enforce mx.intake.example
test_it --to j@sts.example
is "$code" 0 "named by it"
like "$out" 'MTA-STS +policy 7, mode enforce' "which is shown"
like "$out" 'certificate .*; verify mx.intake.example, MTA-STS enforce 7' "and counts"
ok "but it is not saved: the spool is the forwarder's" [ ! -e "$RIG/spool/sts" ]

# ---- no trace ----

is "$(state | diff "$RIG/before" - 2>&1)" "" \
    "no counter, no copy, no history, no host has changed"
is "$(rig_log | grep -cvE 'TDC: (test message|tdc-forwarder .* started)')" \
    "$(rig_log | grep -cE 'DCID|MID')" "no word of a MID or DCID but of the copy"
is "$(rig_log | grep -c 'New SMTP DCID')" 1 "whose connection was the only one"
rig_stop forwarder
test_it
is "$code" 0 "it needs no forwarder"

# ---- DNSSEC and DANE: one signed zone, the root ----

zone=$RIG/zone
mkdir "$zone"
tlsa=$(openssl x509 -in "$RIG/cert.pem" -noout -pubkey |
    openssl pkey -pubin -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)
bad=$(echo "$tlsa" | tr 0123456789 9876543210)
cat >"$zone/root" <<ZONE
\$TTL 300
. SOA ns.example. hostmaster.example. 1 3600 600 86400 300
. NS ns.example.
ns.example. A 127.0.0.1
good.example. MX 10 mx.good.example.
mx.good.example. A 127.0.0.1
_25._tcp.mx.good.example. TLSA 3 1 1 $tlsa
wrong.example. MX 10 mx.wrong.example.
mx.wrong.example. A 127.0.0.1
_25._tcp.mx.wrong.example. TLSA 3 1 1 $bad
none.example. MX 10 mx.none.example.
mx.none.example. A 127.0.0.1
forged.example. MX 10 mx.forged.example.
mx.forged.example. A 127.0.0.1
ZONE
key=$(cd "$zone" && ldns-keygen -k -a ECDSAP256SHA256 .)
(cd "$zone" && ldns-signzone -o . -f signed root "$key") 2>>"$RIG/err/sign"
# One record that was changed after it was signed.
sed -i '/^forged.example.*MX.*mx.forged/s/MX\(.*\)10/MX\120/' "$zone/signed"
cat >"$RIG/nsd.conf" <<NSD
server:
	ip-address: 127.0.0.53@53
	username: ""
	pidfile: ""
	zonesdir: "$zone"
	database: ""
	xfrdfile: ""
	zonelistfile: "$zone/list"
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: "."
	zonefile: "signed"
NSD
rig_start nsd nsd -d -c "$RIG/nsd.conf"
rig_wait "grep -q 'nsd started' $RIG/err/nsd" 10
dane()			# TLS_POLICY
{
	conf "tls_policy = $1" "dns_servers = 127.0.0.53" \
	    "dns_trust_anchor_file = $zone/$key.key"
}
dane dane
test_it --to j@good.example
is "$code" 0 "DANE" || diag "$out"
like "$out" 'MX +good.example: 10 mx.good.example \(signed\)$' "DNS is signed"
like "$out" 'policy +mx.good.example must show the certificate of a TLSA record of mx.good.example \(3 1 1\)$' \
    "so a TLSA record counts"
like "$out" 'certificate .*; dane 3 1 1 of mx.good.example$' "and is matched"
fails "another key" dane-mismatch handshake 69 --to j@wrong.example
fails "a signature that is wrong" dnssec route 75 --to j@forged.example
dane dane-only
fails "no records" no-dane handshake 69 --to j@none.example
rig_stop nsd
rig_start rcode perl tests/helpers/rcode.pl 127.0.0.53 53 2
rig_wait "grep -q ready $RIG/err/rcode.out" 10
conf "dns_servers = 127.0.0.53"
fails "SERVFAIL" dns route 75

# ---- wrong calls ----

while IFS='|' read -r arguments reason; do
	# shellcheck disable=SC2086
	test_it $arguments
	is "$code $out$(head -n 1 "$RIG/said")" "64 tdcctl: send-test: $reason" \
	    "$arguments"
	like "$(cat "$RIG/said")" '^usage: tdcctl .* send-test \[--to INTAKE\]' \
	    "and its usage"
done <<-'CALLS'
	--to nobody|--to: 'nobody' is not an address (local@domain)
	--from a,b@c|--from: 'a,b@c' is not an address (local@domain)
	--to|--to needs a value
	--tp a@b|unknown option '--tp'
	x|unexpected argument 'x'
CALLS
conf "tls_ca_file = $RIG/no.pem"
test_it
like "$code $out$(cat "$RIG/said")" '^7[58] tdc-forwarder: .*tdc.cf:[0-9]+: tls_ca_file: ' \
    "a configuration that is wrong"
conf
chmod 644 "$RIG/tdc.cf"
setpriv --reuid=daemon --regid=daemon --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" send-test 2>"$RIG/said"
like "$? $(cat "$RIG/said")" \
    "^77 tdc-forwarder: must be started as root or as user nobody \\(" \
    "another user may not"
done_testing
