#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tls - TLS from the first byte, our own certificate, sessions that are taken
# up again; with ours and with Postfix as intakes
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 465"
	exit 0
fi
rig_up tls
rig_ca
rig_cert ours gateway.example
rig_selfsigned stranger gateway.example
rig_dns
chmod 644 "$RIG/ours.key" "$RIG/stranger.key"

# Postfix takes mail for intake.example on two further ports: by TLS from the
# first byte, and by STARTTLS.  It wants to see a certificate on both.
starttls_port=$(rig_port)
asks="-o smtpd_milters= -o syslog_name=postfix/asking
	-o smtpd_tls_cert_file=$RIG/cert.pem -o smtpd_tls_key_file=$RIG/cert.key
	-o smtpd_tls_CAfile=$RIG/ca.pem -o smtpd_tls_req_ccert=yes
	-o smtpd_tls_loglevel=1 -o smtpd_tls_session_cache_database="
RIG_MASTER="127.0.0.1:465 inet n - n - - smtpd
	-o smtpd_tls_wrappermode=yes $asks
127.0.0.1:$starttls_port inet n - n - - smtpd
	-o smtpd_tls_security_level=encrypt $asks"
rig_postfix "virtual_mailbox_domains = corp.example intake.example"

configure()		# PORT [LINE...]
{
	port=$1
	shift
	rig_conf <<-EOF
		default_policy = NO
		policy_maps = check_recipient inline:{ user@corp.example=DEFAULT }
		intake_route = [${host:-mx.intake.example}]:$port
		min_connections = 1
		max_connections = 1
		idle_timeout = 0
		retry_delay = 100ms
		$(printf '%s\n' "$@")
	EOF
}

restart()		# the same, and the forwarder knows of it
{
	rig_stop forwarder
	configure "$@"
	rig_forwarder || diag "the forwarder does not start"
}
configure 465
ok "milter starts" rig_milter

carry()			# one letter; its result, and why TLS failed
{
	rig_carry user@corp.example
	why=$(sed -n 's/.* TLS failed: //p' "$RIG/lines")
}

# ---- our certificate, and Postfix ----

certificate="tls_cert_file = $RIG/ours.pem"
key="tls_key_file = $RIG/ours.key"

restart 465 "$certificate" "$key"
carry
is "$rig_result" successfully "Postfix takes it on port 465, and our certificate"
like "$(cat "$RIG/maillog")" \
    'postfix/asking.*Trusted TLS connection established from' \
    "which it has seen and believed"
ok "it is in the mailbox" rig_wait '[ "$(rig_inbox everyone)" = 1 ]' 10
restart "$starttls_port" "$certificate" "$key"
carry
is "$rig_result" successfully "by STARTTLS likewise"
cat "$RIG/ours.pem" "$RIG/ours.key" >"$RIG/both.pem"
restart "$starttls_port" "tls_cert_file = $RIG/both.pem"
carry
is "$rig_result" successfully "certificate and key may be one file"

# Postfix ends its handshake with anyone, and then answers 421.
restart 465
carry
is "$rig_result" "Retries Exhausted" "without a certificate it does not, on port 465"
restart "$starttls_port"
carry
is "$rig_result" "Retries Exhausted" "nor by STARTTLS"
restart "$starttls_port" "tls_cert_file = $RIG/stranger.pem" \
    "tls_key_file = $RIG/stranger.key"
carry
is "$rig_result" "Retries Exhausted" "nor with one that it does not trust"
like "$(cat "$RIG/lines")" "'421', .*(not trusted|[Cc]ertificate)" "and says so"
ok "no more came than those" rig_wait '[ "$(rig_inbox everyone)" = 3 ]' 10

rig_stop forwarder
configure 465 "$certificate" "tls_key_file = $RIG/stranger.key"
"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>"$RIG/said"
like "$? $(cat "$RIG/said")" '^78 .*tdc.cf:[0-9]+: tls_key_file: .*mismatch' \
    "a key that is another certificate's is said at the start"
# no_key WHERE WHY NAME [LINE...] - a start is refused with these words
no_key()
{
	where=$1
	words=$2
	name=$3
	shift 3
	configure 465 "$@"
	"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>"$RIG/said" </dev/null
	like "$? $(cat "$RIG/said")" "^78 .*tdc.cf:[0-9]+: $where: $words\$" "$name"
}
no_key tls_cert_file \
    "$RIG/ours.pem: there is no private key in it, and tls_key_file is not set" \
    "a certificate without a key" "$certificate"
no_key tls_key_file "$RIG/ours.pem: there is no private key in it" \
    "a key file without a key" "$certificate" "tls_key_file = $RIG/ours.pem"
openssl ec -in "$RIG/ours.key" -aes128 -passout pass:secret \
    -out "$RIG/locked.key" 2>/dev/null
chown nobody "$RIG/locked.key"
no_key tls_key_file "$RIG/locked.key: its private key has a passphrase, and \
nobody is there to enter it" "a key with a passphrase" "$certificate" \
    "tls_key_file = $RIG/locked.key"
openssl pkcs8 -topk8 -v2 aes128 -in "$RIG/ours.key" -passout pass:secret \
    -out "$RIG/locked8.key" 2>/dev/null
chown nobody "$RIG/locked8.key"
no_key tls_key_file "$RIG/locked8.key: its private key has a passphrase, and \
nobody is there to enter it" "one of PKCS #8" "$certificate" \
    "tls_key_file = $RIG/locked8.key"
cat "$RIG/stranger.key" "$RIG/ours.pem" >"$RIG/wrong.pem"
no_key tls_cert_file "$RIG/wrong.pem: key values mismatch" \
    "another's key in the file of the certificate" \
    "tls_cert_file = $RIG/wrong.pem"
postfix stop >/dev/null 2>&1
rm -f "$RIG/pid/postfix"
rig_wait '! rig_listens 465' 10

# ---- TLS from the first byte, and ours ----

RIG_MASTER=
rm -rf "$RIG/queue" "$RIG/data"
rig_postfix
restart 465
rig_intake intake -l 127.0.0.1:465 -t
carry
is "$rig_result" successfully "TLS from the first byte"
like "$(sed -n 1,2p "$RIG/intake.journal" | tr '\n' '|')" \
    ' E open.* E tls TLSv1.3 .* sni mx.intake.example' \
    "and nothing before it"
unlike "$(cat "$RIG/intake.journal")" 'STARTTLS' "no STARTTLS within"
rig_stop intake
rig_cert other elsewhere.example
rig_intake intake -l 127.0.0.1:465 -t -C "$RIG/other.pem" -K "$RIG/other.key"
carry
is "$rig_result: $why" "TLS Error: certificate verify failed: hostname mismatch: \
wanted mx.intake.example, the certificate has elsewhere.example" \
    "the certificate is looked at there, too"
rig_stop intake
rig_intake intake -l 127.0.0.1:465
carry
is "$rig_result" "TLS Error" "one that speaks in the clear there gets nothing"

# ---- a certificate of ours, and an intake that ends TLS without it ----

# In TLS 1.3 our side of the handshake is over when the other side looks.
for version in TLSv1.2 TLSv1.3; do
	for listen in 465 2525; do
		wrapped=
		[ "$listen" = 2525 ] || wrapped=-t
		rig_stop intake
		# shellcheck disable=SC2086
		rig_intake intake -l "127.0.0.1:$listen" $wrapped \
		    -V "$RIG/ca.pem" -T "$version:$version"
		restart "$listen"
		carry
		like "$rig_result: $why" '^TLS Error: .*alert' \
		    "$version, port $listen: no certificate, no TLS, no retry"
		restart "$listen" "$certificate" "$key"
		carry
		is "$rig_result" successfully "$version, port $listen: with it"
	done
done

# ---- sessions ----

# resumed VERSION - the second and third connection cost less than the first
resumed()
{
	rig_stop intake
	rm -f "$RIG/intake.journal"
	rig_intake intake -l 127.0.0.1:2525 -T "$1:$1"
	restart 2525
	carry
	carry
	carry
	is "$(sed -n "s/.* E tls $1 .* resumed \([a-z]*\) .*/\1/p" \
	    "$RIG/intake.journal" | paste -sd' ')" "no yes yes" \
	    "$1: sessions are resumed"
}
resumed TLSv1.2
resumed TLSv1.3

# A session is the server's to remember: another one there knows nothing of it.
rig_stop intake
rm -f "$RIG/intake.journal"
rig_intake intake -l 127.0.0.1:2525 -C "$RIG/other.pem" -K "$RIG/other.key"
carry
is "$rig_result: $why" "TLS Error: certificate verify failed: hostname mismatch: \
wanted mx.intake.example, the certificate has elsewhere.example" \
    "a server that does not know the session shows its certificate"

# ---- names with a dot behind them ----

# The root's dot is DNS's alone: no certificate has it, no server wants it.
host=mx.intake.example.
for listen in 465 2525; do
	rig_stop intake
	rm -f "$RIG/intake.journal"
	wrapped=
	[ "$listen" = 2525 ] || wrapped=-t
	# shellcheck disable=SC2086
	rig_intake intake -l "127.0.0.1:$listen" $wrapped
	restart "$listen"
	carry
	is "$rig_result: $why" "successfully: " "port $listen: a host with a dot"
	like "$(cat "$RIG/intake.journal")" ' E tls .* sni mx\.intake\.example( |$)' \
	    "port $listen: the server is told its name"
	like "$(cat "$RIG/lines")" 'TLS trust: verify mx\.intake\.example$' \
	    "port $listen: and so is the log"
done
restart 2525 "tls_policy = secure" "intake_address = journal@intake.example."
carry
is "$rig_result: $why" "successfully: " "an intake domain with a dot"
like "$(cat "$RIG/lines")" 'TLS trust: secure intake\.example$' \
    "is the domain that a certificate names"
done_testing
