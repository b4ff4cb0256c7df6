#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# unclean - what filters call bad is not journaled: by the fields that they
# write (tests/cases/filter-headers), as the installed table knows them, and by
# tables of the site
. "$(dirname "$0")/../rig/rig.sh"

rig_up unclean
rig_ca
rig_dns
rig_intake intake
cat >"$RIG/site.pcre" <<-'EOF'
	/^X-Odd: trusted/						DUNNO
	/^X-Odd:.*\n\s+folded/						NO
	/^X-Odd: left to the next/					DUNNO
EOF
cat >"$RIG/last.regexp" <<-'EOF'
	/^X-Odd: left to the next/	NO
	/^X-ODD: IN CAPITALS/i		NO
EOF
# What the installed table proposes for Authentication-Results.
sed -n 's,^#\(/^Authentication-Results:.*	[NODU]*\)$,\1,p' \
    contrib/unclean_headers.pcre >"$RIG/results.pcre"
# Where the milter's user can read it, which may not be so for the checkout.
cat contrib/unclean_headers.pcre >"$RIG/unclean_headers.pcre"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	unclean_header_checks = pcre:$RIG/unclean_headers.pcre
	log_skipped = yes
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
cleans=0
uncleans=0

# verdict clean|unclean NAME FIELD-LINE... - a message with this field is
# journaled, or is not, because of the field
verdict()
{
	wanted=$1
	title=$2
	shift 2
	rig_letter "$RIG/letter" "x" "$@"
	rig_send someone@client.example user@corp.example -F "$RIG/letter" ||
		diag "$title: $rig_said"
	# The log is written by a thread of its own.
	rig_wait 'said=$(rig_log | grep "queue-id $rig_qid ")' 10
	if [ "$wanted" = clean ]; then
		cleans=$((cleans + 1))
		like "$said" " queue-id $rig_qid from .* policy default" \
		    "$title: journaled"
	else
		uncleans=$((uncleans + 1))
		is "$said" "TDC: MID 0 queue-id $rig_qid not journaled: unclean header ${1%%:*}" \
		    "$title: not journaled"
	fi
}

# ---- the installed table ----

grep -v -e '^#' -e '^$' tests/cases/filter-headers >"$RIG/fields"
while IFS='	' read -r wanted writer field; do
	IFS='
'
	set -f
	# shellcheck disable=SC2046
	set -- $(printf '%b' "$field")
	set +f
	unset IFS
	verdict "$wanted" "$wanted by $writer: $(echo "$1" | cut -c 1-50)" "$@"
done <"$RIG/fields"
is "$((cleans + uncleans))" "$(wc -l <"$RIG/fields")" "all were tried"
verdict unclean "names are of any case" "x-spam-flag: yes"
verdict unclean "no blank after the colon" "X-Spam:Yes"
verdict unclean "many blanks, and a fold" "X-Spam: 	 " " yes"
verdict unclean "one bad field among good ones" "X-Spam-Flag: YES" \
    "X-Spam-Status: No" "X-Virus-Status: Clean"

# ---- tables of the site ----

cat >>"$RIG/tdc.cf" <<-EOF
	unclean_header_checks = pcre:$RIG/results.pcre, pcre:$RIG/site.pcre,
	    regexp:$RIG/last.regexp
EOF
sed -i '/unclean_header_checks = .*unclean_headers/d' "$RIG/tdc.cf"
kill -HUP "$(rig_pid milter)"
ok "the milter reads them" \
    rig_wait 'rig_log | grep -q "configuration reloaded"' 10
verdict clean "the installed table is out of force" "X-Spam-Flag: YES"
verdict unclean "a pattern over a fold" "X-Odd: very" " folded"
verdict clean "the first row decides: DUNNO" "X-Odd: trusted" " folded"
verdict unclean "DUNNO leaves it to the next table" "X-Odd: left to the next"
verdict clean "regexp: a flag" "X-Odd: In Capitals"

ours="Authentication-Results: gateway.example;"
verdict unclean "OpenDKIM: fail" "$ours" \
    "	dkim=fail reason=\"signature verification failed\"" \
    "	header.d=client.example; dkim-atps=neutral"
verdict clean "OpenDKIM: pass" "$ours" \
    "	dkim=pass (1024-bit key) header.d=client.example"
verdict clean "OpenDKIM: words of the sender" "$ours" \
    "	dkim=pass (1024-bit key) header.i=; dkim=fail@client.example"
verdict unclean "OpenDMARC: fail" \
    "$ours dmarc=fail (p=none dis=none) header.from=client.example"
verdict clean "OpenDMARC: fail of a list that is excepted" \
    "$ours dmarc=fail (p=none dis=none) header.from=list.example"
verdict clean "OpenDMARC: pass" \
    "$ours dmarc=pass (p=none dis=none) header.from=client.example"
verdict clean "OpenDMARC: another gateway's" \
    "Authentication-Results: far.example; dmarc=fail (p=none dis=none)"

skipped=$(tdcctl status --json |
	sed -n 's/.*"skipped_unclean": \([0-9]*\).*/\1/p')
is "$skipped" "$uncleans" "each is counted"
ok "every clean one has a copy" \
    rig_wait '[ "$(rig_count intake)" -ge "$cleans" ] && [ "$(rig_waiting)" = 0 ]' 10
is "$(rig_count intake)" "$cleans" "and no other"
ok "every original is in its mailbox" \
    rig_wait '[ "$(rig_inbox user)" = $((cleans + uncleans)) ]' 10
done_testing
