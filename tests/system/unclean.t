#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# unclean - what filters call bad is not journaled: by the fields that they
# write, as the installed table and one of the site know them
. "$(dirname "$0")/../rig.sh"

rig_up unclean
rig_ca
rig_dns
rig_intake intake
cat >"$RIG/site.pcre" <<-'EOF'
	/^X-Odd: trusted/						DUNNO
	/^X-Odd:.*\n\s+folded/						NO
EOF
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	unclean_header_checks = pcre:$PWD/contrib/unclean_headers.pcre,
	    pcre:$RIG/site.pcre
	log_skipped = yes
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# with FIELD...: a message with these fields
with()
{
	rig_letter "$RIG/letter" "x" "$@"
	rig_give -F "$RIG/letter" -f someone@client.example \
	    -t user@corp.example >"$RIG/said" || diag "$*: $(cat "$RIG/said")"
}

# unclean NAME - the last message was told to be that
unclean()
{
	like "$(rig_log | grep 'not journaled' | tail -n 1)" \
	    "not journaled: unclean header $1\$" "$2"
}

with "X-Spam-Flag: NO" "X-Spam-Status: No, score=1.0" "X-Spam: no" \
    "X-Virus-Status: Clean" "X-Virus-Scanned: by somebody"
with "X-Odd: trusted" " folded"
ok "clean ones are journaled" rig_wait '[ $(rig_count intake) = 2 ]' 10
with "X-Spam-Flag: YES"
unclean X-Spam-Flag "SpamAssassin: spam"
with "x-spam-status: Yes, score=9.1 required=5.0" "	tests=A,B"
unclean x-spam-status "SpamAssassin: spam by its status"
with "X-Spam: Yes"
unclean X-Spam "rspamd: spam"
with "X-Virus-Status: Infected (Eicar-Test-Signature)"
unclean X-Virus-Status "clamav-milter: a virus"
with "X-Odd: very" " folded"
unclean X-Odd "a pattern over a fold"

skipped=$(tdcctl status --json |
	sed -n 's/.*"skipped_unclean": \([0-9]*\).*/\1/p')
is "$skipped" 5 "each is counted"
is "$(rig_count intake)" 2 "and no other copy came"
ok "every original is in its mailbox" rig_wait '[ "$(rig_inbox user)" = 7 ]' 10
done_testing
