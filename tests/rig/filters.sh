# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# rig_filters - real milters that stand before ours; sourced by their tests,
# after rig.sh
#
#	. "$(dirname "$0")/../rig/rig.sh"
#	. tests/rig/filters.sh
#	rig_up filters; rig_ca; rig_dkim client.example; rig_filters_dns
#	rig_verifier refuser "On-BadSignature reject"
#	rig_way refuse_port unix:$RIG/refuser.sock
#	rig_postfix
#
# Each filter listens on the socket NAME.sock, and is as its package makes it
# but for its rules: what it calls bad is a body with the line $rig_bad.  None
# asks the network, but opendkim and opendmarc the DNS of this world.

rig_bad="This is what filters call bad."

# rig_way VARIABLE MILTERS [LINE...] - one more port of Postfix, with these
# milters before ours, and these lines in master.cf; for rig_postfix, later
rig_way()
{
	rig_way_port=$((${rig_way_port:-$(rig_port)} + 1))
	eval "$1=$rig_way_port"
	RIG_MASTER="${RIG_MASTER:-}
127.0.0.1:$rig_way_port inet n - n - - smtpd
	-o { smtpd_milters=$2 { unix:$RIG/milter.sock, default_action=accept } }"
	shift 2
	for rig_line in "$@"; do
		RIG_MASTER="$RIG_MASTER
	$rig_line"
	done
}

rig_socket()		# NAME: wait for its socket, and open it to Postfix
{
	rig_wait "[ -S $RIG/$1.sock ] || ! rig_alive $1" 30 &&
		chmod 666 "$RIG/$1.sock"
}

# rig_filters_dns [LINE...] - rig_dns with the key of rig_dkim and these
# lines.  libopendkim asks by libunbound, which asks no server on this machine
# and no port but 53 unless told so, and Nameservers cannot say so: opendkim
# would wait for five seconds and let the message through with no field added.
rig_filters_dns()
{
	rig_dns mx-host=intake.example,mx.intake.example,10 \
	    host-record=mx.intake.example,127.0.0.1 \
	    "txt-record=$(sed 's/ /,"/; s/$/"/' "$RIG/keys")" "$@"
	cat >"$RIG/unbound.conf" <<-EOF
		server:
		  do-not-query-localhost: no
		forward-zone:
		  name: "."
		  forward-addr: 127.0.0.1@$dns_port
	EOF
}

rig_verifier()		# NAME [LINE...]: opendkim, with these in its file
{
	rig_name=$1
	shift
	printf '%s\n' "Mode v" "Syslog no" \
	    "AuthservID gateway.example" "AlwaysAddARHeader yes" \
	    "ResolverConfiguration $RIG/unbound.conf" "$@" \
	    >"$RIG/$rig_name.conf"
	rig_start "$rig_name" opendkim -f -x "$RIG/$rig_name.conf" \
	    -p "local:$RIG/$rig_name.sock"
	rig_socket "$rig_name"
}

# rig_dmarc NAME - opendmarc, who believes the opendkim before it.  It asks
# the servers of /etc/resolv.conf, at port 53: dns_port has to be that, and
# the name spaces our own.
rig_dmarc()
{
	echo "nameserver 127.0.0.1" >"$RIG/resolv.conf"
	mount --bind "$RIG/resolv.conf" /etc/resolv.conf || return
	printf '%s\n' "Syslog no" "AuthservID gateway.example" \
	    "TrustedAuthservIDs gateway.example" "RejectFailures no" \
	    >"$RIG/$1.conf"
	rig_start "$1" opendmarc -f -c "$RIG/$1.conf" -p "local:$RIG/$1.sock"
	rig_socket "$1"
}

# rig_spamassassin NAME - spamass-milter and its spamd, with the header fields
# of SpamAssassin's own configuration and one rule
rig_spamassassin()
{
	mkdir "$RIG/sa" "$RIG/sa/rules" "$RIG/sa/site"
	cp /usr/share/spamassassin/10_default_prefs.cf "$RIG/sa/rules"
	echo "loadplugin Mail::SpamAssassin::Plugin::Check" \
	    >"$RIG/sa/site/init.pre"
	printf '%s\n' "body RIG_BAD /$rig_bad/" "score RIG_BAD 10" \
	    >"$RIG/sa/rules/20_rig.cf"
	rig_start spamd spamd --local --nouser-config --max-children=1 \
	    --username=nobody --syslog=stderr \
	    --configpath="$RIG/sa/rules" --siteconfigpath="$RIG/sa/site" \
	    --socketpath="$RIG/spamd.sock"
	rig_socket spamd || return
	rig_start "$1" spamass-milter -p "$RIG/$1.sock" -- -U "$RIG/spamd.sock"
	rig_socket "$1"
}

# rig_clamav NAME [LINE...] - clamav-milter with these lines in its file, and
# its clamd, with one signature
rig_clamav()
{
	mkdir "$RIG/clamav"
	printf 'Rig.Test.Bad:0:*:%s\n' \
	    "$(printf '%s' "$rig_bad" | od -An -v -tx1 | tr -d ' \n')" \
	    >"$RIG/clamav/rig.ndb"
	printf '%s\n' "Foreground yes" "LocalSocket $RIG/clamd.sock" \
	    "DatabaseDirectory $RIG/clamav" >"$RIG/clamd.conf"
	rig_start clamd clamd -c "$RIG/clamd.conf"
	rig_socket clamd || return
	rig_name=$1
	shift
	printf '%s\n' "Foreground yes" "MilterSocket $RIG/$rig_name.sock" \
	    "ClamdSocket unix:$RIG/clamd.sock" \
	    "ReportHostname gateway.example" "$@" >"$RIG/$rig_name.conf"
	rig_start "$rig_name" clamav-milter -c "$RIG/$rig_name.conf"
	rig_socket "$rig_name"
}

# rig_rspamd NAME [LINE...] - rspamd as a milter that scans by itself, with one
# rule, and these lines for its module milter_headers.  Its lists of languages
# and of top level domains, which take it seconds to read, are empty here.
rig_rspamd()
{
	rig_name=$1
	shift
	mkdir "$RIG/$rig_name"
	chown nobody "$RIG/$rig_name"
	echo example >"$RIG/$rig_name/tld"
	{
		cat <<-EOF
			options {
				filters = "regexp";
				url_tld = "$RIG/$rig_name/tld";
				tempdir = "$RIG/$rig_name";
				hs_cache_dir = "$RIG/$rig_name";
				dns { nameserver = ["127.0.0.1:$dns_port"]; }
			}
			lang_detection { languages = "$RIG/$rig_name"; }
			logging { type = "console"; level = "error"; }
			worker "rspamd_proxy" {
				bind_socket = "$RIG/$rig_name.sock";
				milter = yes;
				upstream "local" { default = yes; self_scan = yes; }
			}
			modules {
				path = "/usr/share/rspamd/plugins/milter_headers.lua";
			}
			actions { reject = 15; add_header = 6; greylist = 4; }
			regexp {
				RIG_BAD { re = "/$rig_bad/{body}"; score = 7.0; }
			}
			milter_headers { use = [];
		EOF
		printf '%s\n' "$@" "}"
	} >"$RIG/$rig_name.conf"
	rig_start "$rig_name" rspamd -f -c "$RIG/$rig_name.conf" \
	    -u nobody -g nogroup --var="DBDIR=$RIG/$rig_name" \
	    --var="RUNDIR=$RIG/$rig_name" --var="LOGDIR=$RIG/$rig_name"
	rig_socket "$rig_name"
}

# ---- mail ----

# rig_through PORT SENDER FILE - rig_send by that way, to user@corp.example;
# the code of the reply is in $rig_code
rig_through()
{
	rig_said=$("$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$1" -F "$3" \
	    -x "ADDR=192.0.2.10 NAME=client.example" \
	    -f "$2@client.example" -t user@corp.example)
	rig_code=$(echo "$rig_said" | cut -d' ' -f2)
	rig_qid=$(echo "$rig_said" | cut -d' ' -f5)
}

# rig_journaled SENDER [SECONDS] - the file of the copy of that sender's
# message, once it is there
rig_journaled()
{
	rig_wait "grep -qsxF 'Sender: $1@client.example$(printf '\r')' \
	    $RIG/intake/*.eml" "${2:-10}" &&
		grep -lxF "Sender: $1@client.example$(printf '\r')" \
		    "$RIG"/intake/*.eml
}

# rig_delivered SENDER - the file in the mailbox, once it is there
rig_delivered()
{
	rig_wait "grep -qsrxF 'Return-Path: <$1@client.example>' \
	    $RIG/mail/user/new" 10 &&
		grep -lrxF "Return-Path: <$1@client.example>" \
		    "$RIG/mail/user/new"
}

# rig_same SENDER NAME - the journal's original and the message in the mailbox
# are the same, byte for byte, less what Postfix itself puts on top: the three
# fields of virtual(8) and its own Received:
rig_same()
{
	perl -0777 -pe '
		s/\A(?:(?:Return-Path|X-Original-To|Delivered-To): .*\n){3}//
		    or die "not delivered\n";
		s/^Received: from [^\n]*\n\tby gateway\.example (?:.*?\n(?![ \t]))//ms
		    or die "no Received:\n";
		s/\n/\r\n/g' "$(rig_delivered "$1")" >"$RIG/delivered" &&
	perl tests/helpers/report.pl original "$(rig_journaled "$1")" \
	    >"$RIG/original" &&
	cmp "$RIG/delivered" "$RIG/original" >&2
	tap $? "$2" || diff "$RIG/delivered" "$RIG/original" | cat -A |
		sed 's/^/#   /' >&2
}

rig_unfold()		# each header field on one line
{
	perl -0777 -pe 's/\n[ \t]+/ /g'
}
