#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# downgrade - attempts to get at a copy: TLS taken away on the line, and
# certificates that prove nothing.  Each is a TLS error at the first attempt,
# and nothing of the message was sent
. "$(dirname "$0")/../rig/rig.sh"

rig_up downgrade
rig_ca
rig_dns host-record=mx.intake.example,127.0.0.1 \
    host-record=mx.provider.example,127.0.0.1
rig_intake intake
rig_postfix
mitm_port=$(rig_port)

host=mx.intake.example
configure()		# PORT [LINE...]: of the intake, or of who plays it
{
	port=$1
	shift
	rig_conf <<-EOF
		default_policy = DEFAULT
		intake_route = [$host]:$port
		min_connections = 1
		max_connections = 1
		idle_timeout = 0
		retry_delay = 100ms
		command_timeout = 5s
		$(printf '%s\n' "$@")
	EOF
}
configure "$mitm_port"
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder || exit 1

# carry - one letter; its result, attempts, and why TLS failed
carry()
{
	rig_letter "$RIG/letter" "a secret"
	rig_carry user@corp.example -F "$RIG/letter"
	attempts=$(grep -c 'New SMTP DCID' "$RIG/lines")
	why=$(sed -n 's/.* TLS failed: //p' "$RIG/lines")
}

# ---- on the line ----

attack()		# NAME WHY: someone sits between us and the intake
{
	rm -f "$RIG/wire"
	rig_start mitm perl tests/helpers/mitm.pl 127.0.0.1 "$mitm_port" 127.0.0.1 \
	    "$intake_port" "$RIG/wire" "$1"
	rig_wait "grep -q listening $RIG/err/mitm.out" 10
	carry
	rig_stop mitm
	is "$rig_result in $attempts: $why" "TLS Error in 1: $2" \
	    "on the line: $1"
	is "$(grep -aciE 'MAIL FROM|RCPT TO|DATA|BDAT|secret' "$RIG/wire")" 0 \
	    "$1: nothing of it went over the wire"
}

attack strip "STARTTLS not offered"
attack hide "STARTTLS not offered"
attack unknown "STARTTLS not offered"
attack refuse "STARTTLS unexpected response 454 4.7.0 not now"
attack inject "bytes in the clear after the reply to STARTTLS"
attack pretend "wrong version number"
attack cut "handshake ended: EOF"
is "$(rig_count intake)" 0 "the intake got none of them"

# The same way without an attack: that is what the wire shows then.
rm -f "$RIG/wire"
rig_start mitm perl tests/helpers/mitm.pl 127.0.0.1 "$mitm_port" 127.0.0.1 \
    "$intake_port" "$RIG/wire" none
rig_wait "grep -q listening $RIG/err/mitm.out" 10
carry
rig_stop mitm
is "$rig_result $(rig_count intake)" "successfully 1" "without an attack it arrives"
is "$(grep -ac STARTTLS "$RIG/wire") $(grep -aciE 'MAIL FROM|secret' \
    "$RIG/wire")" "1 0" "and is not to be read on the wire"
like "$(cat "$RIG"/intake/*.eml)" 'a secret' "but at the intake"

# ---- certificates ----

# certificate FILE CA KEY [OPTIONS] - for the intake's name, signed by a CA
certificate()
{
	file=$1
	ca=$2
	key=$3
	shift 3
	openssl req -newkey "$key" -nodes -keyout "$RIG/$file.key" \
	    -out "$RIG/$file.csr" -subj /CN=mx.intake.example \
	    2>>"$RIG/err/openssl"
	echo "subjectAltName=DNS:mx.intake.example" >"$RIG/$file.ext"
	openssl x509 -req -in "$RIG/$file.csr" -CA "$RIG/$ca.pem" \
	    -CAkey "$RIG/$ca.key" -CAcreateserial -extfile "$RIG/$file.ext" \
	    -out "$RIG/$file.pem" "$@" 2>>"$RIG/err/openssl"
}

# authority FILE KEY [OPTIONS] - a CA that we trust, with a key of this kind
authority()
{
	file=$1
	key=$2
	shift 2
	openssl req -x509 -newkey "$key" -nodes -keyout "$RIG/$file.key" \
	    -out "$RIG/$file.pem" -days 30 -subj "/CN=$file" "$@" \
	    2>>"$RIG/err/openssl"
	cat "$RIG/$file.pem" >>"$RIG/ca.pem"
}

cp "$RIG/ca.pem" "$RIG/first.pem"
cp "$RIG/ca.key" "$RIG/first.key"
authority good rsa:2048
authority weak rsa:1024
rig_selfsigned self mx.intake.example -addext subjectAltName=DNS:mx.intake.example
rig_cert other elsewhere.example
certificate fine good rsa:2048 -days 30
rig_ext="keyUsage = digitalSignature" rig_cert common mx.intake.example
rig_ext="subjectAltName = email:postmaster@mx.intake.example" \
    rig_cert mail mx.intake.example
rig_ext="subjectAltName = URI:https://mx.intake.example/" \
    rig_cert uri mx.intake.example
certificate expired good rsa:2048 -days -1
certificate short good rsa:1024 -days 30
certificate tiny good rsa:512 -days 30
certificate issued weak rsa:2048 -days 30
certificate md5 good rsa:2048 -days 30 -md5
certificate sha1 good rsa:2048 -days 30 -sha1
rig_selfsigned stranger "stranger CA"
certificate unknown stranger rsa:2048 -days 30
intermediate_of()	# a certificate below one that may issue none
{
	certificate leaf good rsa:2048 -days 30
	certificate below leaf rsa:2048 -days 30
	cat "$RIG/leaf.pem" >>"$RIG/below.pem"
}
intermediate_of

listen=$intake_port
meet()			# FILE [OPTIONS]: the intake shows this certificate
{
	file=$1
	shift
	rig_stop intake
	rm -f "$RIG/intake.journal"
	intake_port=$listen
	rig_intake intake -C "$RIG/$file.pem" -K "$RIG/$file.key" "$@" ||
		diag "no intake with $file"
	carry
}

refused()		# WHY NAME
{
	is "$rig_result in $attempts: $why" "TLS Error in 1: $1" "$2"
	is "$(grep -c ' C MAIL' "$RIG/intake.journal")" 0 \
	    "$2: nothing of it was sent"
}

rig_stop forwarder
configure "$listen"
ok "forwarder starts" rig_forwarder
meet fine
is "$rig_result" successfully "a good certificate"
failed="certificate verify failed:"
# other WANTED HAS - of the words about a certificate with other names
other()
{
	echo "$failed hostname mismatch: wanted $1, the certificate has $2"
}
meet expired
refused "$failed certificate has expired" "an expired certificate"
meet other
refused "$(other mx.intake.example elsewhere.example)" "another's name"
for file in common mail uri; do
	meet $file
	refused "$(other mx.intake.example \
	    "no name but the common name mx.intake.example")" \
	    "the name as the common name alone: $file"
done
label=$(printf '%050d' 0)
rig_ext="subjectAltName=DNS:one.example,IP:192.0.2.1,DNS:$label.example,\
DNS:four.example,email:mx.intake.example,IP:2001:db8::1" \
    rig_cert many mx.intake.example
meet many
refused "$(other mx.intake.example \
    "one.example, 192.0.2.1, $(echo "$label" | cut -c1-44)... and 2 more")" \
    "of many names the first, and of a long one the beginning"
meet self
refused "$failed self-signed certificate" "signed by itself"
meet unknown
refused "$failed unable to get local issuer certificate" "unknown authority"
meet below
refused "$failed invalid CA certificate" "issued by one who must not"
meet short
refused "$failed EE certificate key too weak" "RSA of 1024 bits"
meet tiny -T TLSv1.2:TLSv1.2
refused "$failed EE certificate key too weak" "RSA of 512 bits"
meet issued
refused "$failed CA certificate key too weak" "an authority's key of 1024 bits"
meet md5
refused "$failed CA signature digest algorithm too weak" "an MD5 signature"
meet sha1
refused "$failed CA signature digest algorithm too weak" "a SHA-1 signature"
meet fine -T TLSv1:TLSv1.1
refused "tlsv1 alert protocol version" "TLS 1.1"
rig_stop forwarder
configure "$listen" "tls_min_version = TLSv1.3"
rig_forwarder
meet fine -T TLSv1.2:TLSv1.2
refused "tlsv1 alert protocol version" "TLS 1.2 where 1.3 is asked for"

# secure: the intake domain, or a host below it, however one got there.
rig_stop forwarder
configure "$listen" "tls_policy = secure"
rig_forwarder
meet fine
is "$rig_result" successfully "secure: a host of the intake domain"
like "$(cat "$RIG/lines")" 'TLS trust: secure intake\.example$' \
    "and the log says so"
rig_cert domain intake.example
meet domain
is "$rig_result" successfully "secure: the intake domain itself"
for name in a.host.intake.example "*.intake.example" "*.mx.intake.example"; do
	rig_cert below elsewhere.example "$name"
	meet below
	is "$rig_result" successfully "secure: a name below it: $name"
done
domain="intake.example or a name below it"
meet other
refused "$(other "$domain" elsewhere.example)" "secure: another's name"
rig_ext="keyUsage = digitalSignature" rig_cert common intake.example
meet common
refused "$(other "$domain" "no name but the common name intake.example")" \
    "secure: the intake domain as the common name alone"
rig_cert alike xintake.example intake.example.example "*.example"
meet alike
refused "$(other "$domain" \
    "xintake.example, intake.example.example, *.example")" \
    "secure: names that look like it"
rig_cert above example
meet above
refused "$(other "$domain" example)" "secure: the domain above it"
# tls_names: of which names it must have one.
named()			# NAMES...: from now on
{
	rig_stop forwarder
	configure "$listen" "tls_policy = secure" "tls_names = $*"
	rig_forwarder
}
# row CERT NAMES RESULT... - by these names it is good, or what was wanted
row()
{
	named "$2"
	meet "$1"
	if [ "$3" = good ]; then
		is "$rig_result" successfully "tls_names = $2: $1"
	else
		refused "$(other "$3" "$4")" "tls_names = $2: not $1"
	fi
}
rig_cert deep a.mx.provider.example
rig_cert star "*.provider.example"
rig_ext="keyUsage = digitalSignature" rig_cert only mx.provider.example
row domain nexthop good
row below nexthop intake.example "elsewhere.example, *.mx.intake.example"
row below "dot-nexthop" good
row domain dot-nexthop "a name below intake.example" intake.example
row deep ".provider.example" good
row star ".provider.example" good
row deep "provider.example, mx.provider.example" \
    "provider.example, mx.provider.example" a.mx.provider.example
row star "nexthop, mx.provider.example" good
row only ".provider.example mx.provider.example" \
    "a name below provider.example, mx.provider.example" \
    "no name but the common name mx.provider.example"
row fine hostname good
like "$(cat "$RIG/lines")" "TLS trust: secure mx\\.intake\\.example\$" \
    "the log has the names"
row domain hostname mx.intake.example intake.example
host=127.0.0.1
rig_ext="subjectAltName=IP:127.0.0.1" rig_cert address mx.intake.example
row address hostname good
meet fine
refused "$failed IP address mismatch: wanted 127.0.0.1, the certificate has mx.intake.example" \
    "tls_names = hostname: not the name of an address"
host=mx.intake.example
for bad in "*.provider.example" "" "a..b" "." "a/b" "provider.example."; do
	configure "$listen" "tls_names = $bad"
	"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>"$RIG/said" </dev/null
	like "$? $(cat "$RIG/said")" '^78 .*tls_names: .* (is|has) no ' \
	    "tls_names = $bad is refused"
done
rig_cert provider mx.provider.example
host=mx.provider.example
for policy in secure verify; do
	rig_stop forwarder
	configure "$listen" "tls_policy = $policy"
	rig_forwarder
	meet provider
	case $policy in
	secure) refused "$(other "$domain" mx.provider.example)" \
	    "secure: the host where the mail goes, of another domain" ;;
	*) is "$rig_result" successfully "which verify asks for" ;;
	esac
done
meet domain
refused "$(other mx.provider.example intake.example)" \
    "and the intake domain it does not"
host=mx.intake.example

# A session is no way past the check: what was resumed under encrypt is not
# taken for verified after a change of tls_policy.
rig_stop forwarder
configure "$listen" "tls_policy = encrypt"
rig_forwarder
meet self
is "$rig_result" successfully "encrypt: any certificate will do"
like "$(cat "$RIG/lines")" 'TLS trust: encrypt only$' "and the log says so"
meet short
refused "EE certificate key too weak" "encrypt: but not with 1024 bits"
meet self
configure "$listen"
kill -HUP "$(rig_pid forwarder)"
rig_wait "rig_log | grep -q 'configuration reloaded'" 10
: >"$RIG/intake.journal"
carry
refused "$failed self-signed certificate" "then verify"
done_testing
