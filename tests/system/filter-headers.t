#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# filter-headers - SpamAssassin, ClamAV, rspamd, OpenDKIM and OpenDMARC before us,
# each the real program: the fields that they write are those that the
# installed table knows, or a site's own for Authentication-Results
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/filters.sh

rig_up filter-headers
rig_ca
rig_dkim client.example
[ -z "$RIG_ALONE" ] || dns_port=53
rig_filters_dns "txt-record=_dmarc.client.example,v=DMARC1; p=none"
rig_intake intake

ok "SpamAssassin starts" rig_spamassassin spamass
rig_way spamassassin "unix:$RIG/spamass.sock"
ok "clamav-milter starts" rig_clamav clam "AddHeader Replace" \
    "OnInfected Accept"
rig_way clamav "unix:$RIG/clam.sock"
ok "rspamd starts" rig_rspamd rspamd
rig_way rspamd "unix:$RIG/rspamd.sock"
ok "rspamd with its extended fields starts" rig_rspamd extended \
    "extended_spam_headers = true;"
rig_way extended "unix:$RIG/extended.sock"
ok "opendkim starts" rig_verifier verifier
rig_way opendkim "unix:$RIG/verifier.sock"
if [ -n "$RIG_ALONE" ]; then
	ok "opendmarc starts" rig_dmarc dmarc
	rig_way opendmarc "unix:$RIG/verifier.sock, unix:$RIG/dmarc.sock,"
fi
rig_way signing "unix:$RIG/dkim.sock"

# No filter at all; and ways where Postfix takes away what a sender claims,
# before the milters see it.
rig_way open ""
rig_way guarded "" "-o cleanup_service_name=guard"
rig_way guarded_rspamd "unix:$RIG/rspamd.sock" \
    "-o cleanup_service_name=guard"
RIG_MASTER="$RIG_MASTER
guard unix n - n - 0 cleanup
	-o header_checks=pcre:$RIG/claims"
sed -n 's,^#\(/.*	IGNORE\)$,\1,p' contrib/unclean_headers.pcre >"$RIG/claims"

# The installed table, with what it proposes for Authentication-Results.
sed 's,^#\(/^Authentication-Results:.*	[NODU]*\)$,\1,' contrib/unclean_headers.pcre \
    >"$RIG/unclean.pcre"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	unclean_header_checks = pcre:$RIG/unclean.pcre
	log_skipped = yes
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# through WAY LETTER - it goes that way
through()
{
	eval "port=\$$1"
	sender=$(echo "$1-$2" | tr _ -)
	rig_through "$port" "$sender" "$RIG/$2"
}

# clean WAY LETTER FIELD - it is journaled as delivered, with this field
clean()
{
	through "$1" "$2"
	rig_same "$sender" "$1, $2: journaled as delivered"
	like "$(tr -d '\r' <"$RIG/original" | rig_unfold)" "^$3" \
	    "$1, $2: with ${3%%:*}"
}

# unclean WAY LETTER FIELD... - it is not journaled, because of the first of
# these fields, with all of which it is delivered
unclean()
{
	through "$1" "$2"
	title="$1, $2"
	is "$(rig_log | grep "queue-id $rig_qid ")" \
	    "TDC: MID 0 queue-id $rig_qid not journaled: unclean header ${3%%:*}" \
	    "$title: not journaled"
	shift 2
	for field in "$@"; do
		like "$(rig_unfold <"$(rig_delivered "$sender")")" "^$field" \
		    "$title: delivered with ${field%%:*}"
	done
}

# ---- what they write ----

rig_letter "$RIG/good" "good"
rig_letter "$RIG/bad" "bad"
printf '%s\r\n' "$rig_bad" >>"$RIG/bad"

clean spamassassin good 'X-Spam-Status: No, score=0\.0 required=5\.0 tests=none '
unclean spamassassin bad 'X-Spam-Flag: YES$' \
    'X-Spam-Status: Yes, score=10\.0 .*tests=RIG_BAD '
clean clamav good 'X-Virus-Status: Clean$'
unclean clamav bad 'X-Virus-Status: Infected \(Rig\.Test\.Bad\.UNOFFICIAL\)$'
clean rspamd good 'Subject: good$'
unclean rspamd bad 'X-Spam: Yes$'
clean extended good 'X-Rspamd-Action: no action$'
# Spam, and yet "False": rspamd says "True" of what it would reject.
unclean extended bad 'X-Rspamd-Action: add header$' \
    'X-Spamd-Result: default: False \[7\.00 / 15\.00\]; RIG_BAD'

# ---- who sent it ----

through signing good
perl tests/helpers/report.pl original "$(rig_journaled signing-good)" >"$RIG/signed"
sed 's/^Subject: good/Subject: Good/' "$RIG/signed" >"$RIG/altered"
ours='Authentication-Results: gateway\.example;'
clean opendkim signed "$ours dkim=pass "
clean opendkim good "$ours dkim=none"
unclean opendkim altered "$ours dkim=fail "
if [ -n "$RIG_ALONE" ]; then
	clean opendmarc signed "$ours dmarc=pass "
	unclean opendmarc good "$ours dmarc=fail "
fi
rig_letter "$RIG/elsewhere" "elsewhere" \
    "Authentication-Results: far.example; dkim=fail; dmarc=fail"
clean opendkim elsewhere "$ours dkim=none"

# ---- what a sender claims ----

rig_letter "$RIG/claims-spam" "claims" "X-Spam-Flag: YES"
rig_letter "$RIG/claims-dkim" "claims" \
    "Authentication-Results: gateway.example; dkim=fail"
rig_letter "$RIG/claims-dmarc" "claims" \
    "Authentication-Results: gateway.example; dmarc=fail"
unclean open claims-spam 'X-Spam-Flag: YES$'
clean spamassassin claims-spam 'X-Spam-Status: No, '
clean opendkim claims-dkim "$ours dkim=none"
unclean opendkim claims-dmarc "$ours dmarc=fail"
clean guarded claims-spam 'Subject: claims$'
unlike "$(cat "$RIG/original")" '^X-Spam' "Postfix took the claim away"
clean guarded claims-dmarc 'Subject: claims$'
unclean guarded_rspamd bad 'X-Spam: Yes$'
is "$(tdcctl status --json | grep -c '"failed_open": 0')" 1 "nothing failed"
done_testing
