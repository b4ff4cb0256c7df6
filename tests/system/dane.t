#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dane - tls_policy = dane and dane-only, with zones that are really signed: a
# root, the trust anchor, and below it signed.example, unsigned.example and
# expired.example, served by nsd
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up dane
RIG_MX=yes
rig_ca
cp "$RIG/ca.pem" "$RIG/issuer.pem"
cp "$RIG/ca.key" "$RIG/issuer.key"
# What the records can be: usage, selector and matching type.
kinds="200 201 202 210 211 212 300 301 302 310 311 312"
# shellcheck disable=SC2046
rig_cert ours mx.ta.signed.example next.signed.example real.signed.example \
    $(printf 'mx.k%s.signed.example ' $kinds)
cat "$RIG/issuer.pem" >>"$RIG/ours.pem"
# What tls_ca_file knows is another authority: here DANE alone can succeed.
rig_selfsigned ca "another test CA"
rig_cert known mx.plain.unsigned.example mx.half.unsigned.example \
    mx.bare.signed.example mx.part.signed.example
# Domains with an MTA-STS policy as well.
sts="sts-both sts-none sts-unusable"
# shellcheck disable=SC2046
rig_cert web $(printf 'mta-sts.%s.signed.example ' $sts)

# ---- the zones ----

# digest FILE 0|1 - SHA-256 of its first certificate, or of its public key
digest()
{
	if [ "$2" = 0 ]; then
		openssl x509 -in "$1" -outform DER
	else
		openssl x509 -in "$1" -noout -pubkey |
			openssl pkey -pubin -outform DER
	fi | openssl dgst -sha256 -r | cut -d' ' -f1
}
key=$(digest "$RIG/ours.pem" 1)
issuer=$(digest "$RIG/issuer.pem" 0)
wrong=$(digest "$RIG/known.pem" 1)
openssl req -x509 -newkey rsa:1024 -nodes -keyout "$RIG/weak.key" \
    -out "$RIG/weak.pem" -days 30 -subj /CN=mx.weak.signed.example \
    2>>"$RIG/err/openssl"
weak=$(digest "$RIG/weak.pem" 1)

# Its time is over, and nobody signed it.
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$RIG/old.key" -out "$RIG/old.csr" -subj /CN=nobody \
    2>>"$RIG/err/openssl"
openssl x509 -req -in "$RIG/old.csr" -signkey "$RIG/old.key" -days -1 \
    -out "$RIG/old.pem" 2>>"$RIG/err/openssl"
old=$(digest "$RIG/old.pem" 1)

# of_kind KIND - a record of that kind, of our certificate or its issuer's
of_kind()
{
	case $1 in
	2*) file=$RIG/issuer.pem ;;
	*) file=$RIG/ours.pem ;;
	esac
	case $1 in
	?0?) openssl x509 -in "$file" -outform DER ;;
	*) openssl x509 -in "$file" -noout -pubkey |
		openssl pkey -pubin -outform DER ;;
	esac >"$RIG/der"
	echo "$1" | sed 's/./& /g' | tr -d '\n'
	case $1 in
	??0) od -An -v -tx1 "$RIG/der" | tr -d ' \n' ;;
	??1) openssl dgst -sha256 -r "$RIG/der" | cut -d' ' -f1 ;;
	*) openssl dgst -sha512 -r "$RIG/der" | cut -d' ' -f1 ;;
	esac
}

zones=$RIG/zones
mkdir "$zones"

# top - what every zone begins with
top()
{
	echo '$TTL 300'
	echo "@ SOA ns.example. hostmaster.example. 1 3600 600 86400 300"
	echo '@ NS ns.example.'
}

# host NAME ADDRESS [TLSA]... - an intake domain with one mail host
host()
{
	echo "$1 MX 10 mx.$1"
	echo "mx.$1 A $2"
	name=$1
	shift 2
	for record in "$@"; do
		echo "_25._tcp.mx.$name TLSA $record"
	done
}

signed()			# KEY of ee
{
	top
	host ee 127.0.0.11
	echo "_25._tcp.mx.ee 1 TLSA 3 1 1 $1"
	host ta 127.0.0.11 "2 0 1 $issuer"
	host ta-other 127.0.0.11 "2 0 1 $issuer"
	host next 127.0.0.11 "2 0 1 $issuer"
	host wrong 127.0.0.11 "3 1 1 $wrong"
	host rolled 127.0.0.11 "3 1 1 $wrong" "3 1 1 $key"
	host unusable 127.0.0.11 "1 1 1 $key" "0 0 1 $issuer" "3 1 9 $key" \
	    "3 1 1 abcd"
	host weak 127.0.0.13 "3 1 1 $weak"
	host weak-unusable 127.0.0.13 "1 1 1 $weak"
	host bogus 127.0.0.11 "3 1 1 $wrong"
	host fail 127.0.0.11
	echo "_25._tcp.mx.fail NS ns.example."
	host part 127.0.0.12
	echo "_tcp.mx.part NS ns.example."
	host bare 127.0.0.12
	echo "out MX 10 mx.half.unsigned.example."
	echo "two MX 10 mx.fail"
	echo "two MX 20 mx.ee"
	echo "alias MX 10 mx.alias"
	echo "mx.alias CNAME real"
	echo "real A 127.0.0.11"
	echo "_25._tcp.real TLSA 2 0 1 $issuer"
	for kind in $kinds; do
		host "k$kind" 127.0.0.11 "$(of_kind "$kind")"
	done
	host old 127.0.0.14 "3 1 1 $old"
	host byname 127.0.0.11
	echo "_25._tcp.mx.byname CNAME keys"
	echo "keys TLSA 3 1 1 $key"
	host sts-both 127.0.0.11 "3 1 1 $key"
	host sts-none 127.0.0.12
	host sts-unusable 127.0.0.11 "1 1 1 $key"
	for name in $sts; do
		echo "_mta-sts.$name TXT \"v=STSv1; id=1;\""
		echo "mta-sts.$name A 127.0.0.1"
	done
	echo "away MX 10 mx.away"
	echo "mx.away CNAME host.unsigned.example."
	echo "_25._tcp.mx.away TLSA 3 1 1 $key"
}

unsigned()			# KEY of ee
{
	top
	host plain 127.0.0.12
	host half 127.0.0.12 "3 1 1 $wrong"
	echo "safe MX 10 mx.ee.signed.example."
	echo "host A 127.0.0.11"
}

# sign ZONE [OPTIONS] - and leave its DS for the zone above
sign()
{
	zone=$1
	shift
	key_file=$(cd "$zones" && ldns-keygen -k -a ECDSAP256SHA256 "$zone")
	(cd "$zones" && ldns-signzone "$@" -o "$zone" \
	    -f "$zones/$zone.signed" "$zones/$zone.zone" "$key_file") \
	    2>>"$RIG/err/sign" || echo "# cannot sign $zone" >&2
}

signed "$key" >"$zones/signed.example.zone"
unsigned >"$zones/unsigned.example.zone"
{ top; echo "_25 TLSA 3 1 1 $wrong"; } \
    >"$zones/_tcp.mx.part.signed.example.zone"
{ top; host late 127.0.0.11 "3 1 1 $key"; } >"$zones/expired.example.zone"
sign signed.example
sign expired.example -i 20200101000000 -e 20200201000000
# One record set that was changed after it was signed.
sed -i "/^_25._tcp.mx.bogus.*TLSA/s/$wrong/$key/" "$zones/signed.example.signed"
{
	top
	echo "ns.example. A 127.0.0.1"
	for zone in signed expired unsigned; do
		echo "$zone.example. NS ns.example."
		cat "$zones/K$zone".example*.ds 2>/dev/null
	done
} >"$zones/..zone"
sign .
cat "$zones"/K.+*.key >"$RIG/anchor"

dns_port=$(rig_port)
{
	cat <<-EOF
		server:
			ip-address: 127.0.0.1@$dns_port
			username: ""
			pidfile: ""
			zonesdir: "$zones"
			database: ""
			xfrdfile: ""
			zonelistfile: "$zones/list"
			server-count: 1
			rrl-ratelimit: 0
		remote-control:
			control-enable: no
	EOF
	# the last of them has no file: nsd says SERVFAIL
	for zone in . signed.example expired.example unsigned.example \
	    _tcp.mx.part.signed.example _25._tcp.mx.fail.signed.example; do
		file=$zone.signed
		[ -e "$zones/$file" ] || file=$zone.zone
		printf 'zone:\n\tname: "%s"\n\tzonefile: "%s"\n' "$zone" "$file"
	done
} >"$RIG/nsd.conf"
rig_start nsd nsd -d -c "$RIG/nsd.conf"
ok "nsd serves the zones" rig_wait "grep -q 'nsd started' $RIG/err/nsd" 10

# ---- the gateway ----

# shellcheck disable=SC2046
rig_postfix
for domain in $(printf 'k%s.signed ' $kinds) $(printf '%s.signed ' $sts) \
    old.signed byname.signed out.signed ee.signed ta.signed ta-other.signed next.signed wrong.signed \
    rolled.signed unusable.signed weak.signed weak-unusable.signed \
    bogus.signed fail.signed part.signed bare.signed \
    two.signed alias.signed away.signed plain.unsigned half.unsigned \
    safe.unsigned late.expired; do
	echo "$domain@corp.example copy@$domain.example"
done >"$RIG/policy"

configure()		# TLS_POLICY
{
	rig_conf <<-EOF
		policy_maps = check_recipient texthash:$RIG/policy
		idle_timeout = 0
		retry_delay = 100ms
		min_connections = 1
		tls_policy = $1
		dns_trust_anchor_file = $RIG/anchor
	EOF
}
configure dane
rig_intake ours -l 127.0.0.11:25 -C "$RIG/ours.pem" -K "$RIG/ours.key"
rig_intake known -l 127.0.0.12:25 -C "$RIG/known.pem" -K "$RIG/known.key"
rig_intake weak -l 127.0.0.13:25 -C "$RIG/weak.pem" -K "$RIG/weak.key"
rig_intake old -l 127.0.0.14:25 -C "$RIG/old.pem" -K "$RIG/old.key"
for name in $sts; do
	rig_sts "$name.signed.example" enforce elsewhere.example
done
rig_sts sts-unusable.signed.example enforce mx.sts-unusable.signed.example
ok "nginx serves the policies" rig_web
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder || exit 1

# carry DOMAIN - one letter for that intake domain; what became of it
carry()
{
	rig_carry "$1@corp.example"
	why=$(sed -n 's/^TDC: DCID [0-9]* TLS \(trust\|failed\): //p
	    s/^TDC: \(DNS Temporary.*\)/\1/p' "$RIG/lines" | paste -sd'|')
}

row()			# DOMAIN RESULT WHY NAME
{
	carry "$1"
	is "$rig_result: $why" "$2: $3" "$4"
}

good=successfully
bad="TLS Error"
later="Connection Error"
again() { printf '%s|%s' "$1" "$1"; }

row ee.signed $good "dane 3 1 1 of mx.ee.signed.example" \
    "DANE-EE: the key alone counts, no name, no authority"
row ta.signed $good "dane 2 0 1 of mx.ta.signed.example" \
    "DANE-TA: the issuer, and the name of the host"
row next.signed $good "dane 2 0 1 of mx.next.signed.example" \
    "DANE-TA: or the name of the intake domain"
row ta-other.signed "$bad" "dane of mx.ta-other.signed.example|certificate verify failed: hostname mismatch: \
wanted mx.ta-other.signed.example or ta-other.signed.example, the certificate \
has mx.ta.signed.example, \
next.signed.example, real.signed.example and 12 more" \
    "DANE-TA: but no other name"
row wrong.signed "$bad" "dane of mx.wrong.signed.example|certificate verify failed: no matching DANE TLSA records" \
    "another's key is refused"
row rolled.signed $good "dane 3 1 1 of mx.rolled.signed.example" \
    "of two records, the old key's and the new one's, one is enough"
row unusable.signed $good "encrypt only, no usable TLSA records" \
    "records that are of no use for mail: TLS all the same"

for kind in $kinds; do
	row "k$kind.signed" $good \
	    "dane $(echo "$kind" | sed 's/./& /g')of mx.k$kind.signed.example" \
	    "each kind of record: $kind"
done
row old.signed $good "dane 3 1 1 of mx.old.signed.example" \
    "DANE-EE: a certificate may be old, and signed by itself"
row byname.signed $good "dane 3 1 1 of mx.byname.signed.example" \
    "records may be found by a CNAME"

row weak.signed "$bad" "dane of mx.weak.signed.example|certificate verify failed: EE certificate key too weak" \
    "the right key, but of 1024 bits, is refused"
row weak-unusable.signed "$bad" "encrypt only, no usable TLSA records|EE certificate key too weak" \
    "also where it is not looked at otherwise"

# No answer is never "there is none".
row fail.signed "$later" "$(again "DNS Temporary Failure mx.fail.signed.example TLSA - SERVFAIL")" \
    "TLSA look-up fails: not delivered, tried again"
row bogus.signed "$later" "$(again "DNS Temporary Failure mx.bogus.signed.example TLSA - DNSSEC validation failed")" \
    "TLSA records that were tampered with: likewise"
row late.expired "$later" "$(again "DNS Temporary Failure late.expired.example MX - DNSSEC validation failed")" \
    "signatures that have expired: likewise"
row two.signed $good "DNS Temporary Failure mx.fail.signed.example TLSA - SERVFAIL|dane 3 1 1 of mx.ee.signed.example" \
    "but the next host is tried"

# CNAMEs.
row alias.signed $good "dane 2 0 1 of real.signed.example" \
    "behind a signed CNAME: the records of the name it leads to"
row away.signed $good "dane 3 1 1 of mx.away.signed.example" \
    "a signed CNAME leads to an unsigned name: its own records"

# No DANE: what verify asks.
row plain.unsigned $good "verify mx.plain.unsigned.example, MX not signed" \
    "an unsigned domain: verify"
row half.unsigned $good "verify mx.half.unsigned.example, MX not signed" \
    "TLSA records without signature are none"
row safe.unsigned "$bad" "verify mx.ee.signed.example, MX not signed|certificate verify failed: self-signed certificate in certificate chain" \
    "nor do those of a host count to which unsigned MX records lead"
row out.signed $good "verify mx.half.unsigned.example, address not signed" \
    "nor the records of an unsigned host to which signed MX records lead"
row part.signed $good "verify mx.part.signed.example, TLSA records not signed" \
    "TLSA records in an unsigned zone below are none"
row bare.signed $good "verify mx.bare.signed.example, no TLSA records" \
    "signed, but no TLSA records: verify"

# MTA-STS: where there is no DANE.
row sts-both.signed $good "dane 3 1 1 of mx.sts-both.signed.example" \
    "DANE comes before a policy that does not even name the host"
row sts-none.signed "$bad" "mx.sts-none.signed.example: not named by the MTA-STS policy" \
    "no TLSA records: the policy counts"
row sts-unusable.signed "$bad" "verify mx.sts-unusable.signed.example, no usable TLSA records, MTA-STS enforce 1|certificate verify failed: self-signed certificate in certificate chain" \
    "none of use: it asks for more than TLS"

# A session is resumed only while the records are the same.
resumed()		# yes or no: the last handshake at ours
{
	sed -n 's/.* tls TLS.* resumed \([a-z]*\).*/\1/p' "$RIG/ours.journal" |
		tail -n 1
}

publish()		# KEY: it is in the TLSA record of ee from now on
{
	signed "$1" >"$zones/signed.example.zone"
	ldns-signzone -o signed.example -f "$zones/signed.example.signed" \
	    "$zones/signed.example.zone" \
	    "$(echo "$zones"/Ksigned.example*.key | sed 's/\.key$//')"
	kill -HUP "$(rig_pid nsd)"
	rig_wait "drill -p $dns_port @127.0.0.1 TLSA \
	    _25._tcp.mx.ee.signed.example | grep -qi '3 1 1 $1'" 10
	sleep 2.1		# its TTL is 1
}
row ee.signed $good "dane of mx.ee.signed.example" \
    "the same again, by a session that has proved it before"
is "$(resumed)" yes "which is resumed"
ok "the key in the record changes" publish "$wrong"
row ee.signed "$bad" "dane of mx.ee.signed.example|certificate verify failed: no matching DANE TLSA records" \
    "a session is no proof for new records"
ok "the key in the record changes back" publish "$key"

# ---- dane-only ----

rig_stop forwarder
configure dane-only
ok "dane-only starts" rig_forwarder
row ee.signed $good "dane 3 1 1 of mx.ee.signed.example" "dane-only: with DANE"
row unusable.signed "$bad" "mx.unusable.signed.example: no usable TLSA records" \
    "dane-only: no usable record, no delivery"
row sts-none.signed "$bad" "mx.sts-none.signed.example: no TLSA records" \
    "dane-only: whatever a policy says"
row bare.signed "$bad" "mx.bare.signed.example: no TLSA records" "dane-only: no record, no delivery"
row plain.unsigned "$bad" "mx.plain.unsigned.example: MX not signed" "dane-only: unsigned, no delivery"
row fail.signed "$later" "$(again "DNS Temporary Failure mx.fail.signed.example TLSA - SERVFAIL")" \
    "dane-only: no answer is tried again"

# ---- the anchor ----

# Another key of the same name: nothing that this root says is believed.
rig_stop forwarder
mv "$RIG/anchor" "$RIG/anchor.ours"
(cd "$RIG" && cat "$(ldns-keygen -k -a ECDSAP256SHA256 .).key") >"$RIG/anchor"
ok "starts with another anchor" rig_forwarder
row ee.signed "$later" "$(again "DNS Temporary Failure ee.signed.example MX - DNSSEC validation failed")" \
    "an answer that our anchor does not vouch for is none"
rig_stop forwarder
echo "this is no key" >"$RIG/anchor"
"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>"$RIG/said"
is "$?" 78 "a file without anchors is a configuration error"
like "$(cat "$RIG/said")" \
    "tdc.cf:[0-9]+: dns_trust_anchor_file: .*/anchor: these are no trust anchors" \
    "and said with file and line"
done_testing
