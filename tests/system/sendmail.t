#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# sendmail - Sendmail as the MTA: other macros, at other times; the same copies,
# and the original goes its way
. "$(dirname "$0")/../rig/rig.sh"

rig_up sendmail
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP Sendmail reads files of /etc, and this is no world of its own"
	exit 0
fi
rig_ca
rig_dns
rig_intake intake
rig_intake box			# where the originals go
smtp_port=$(rig_port)
sendmail=$rig_top/build/sendmail/usr
libraries=$(dirname "$sendmail"/lib/*/libwrap.so.0)

# Sendmail trusts no file below a directory that anybody may write, as /tmp.  We
# are there ourselves in one of these at most.
case "$RIG $rig_top/" in
*/srv/*) safe=/opt ;;
*) safe=/srv ;;
esac
mount --bind "$RIG" $safe

# The clients, by name and without one.
ip addr add 192.0.2.10/32 dev lo
ip addr add 192.0.2.11/32 dev lo
ip addr add 10.9.8.7/32 dev lo
printf '%s\n' "127.0.0.1 localhost" "192.0.2.10 client.example" \
    "10.9.8.7 inside.corp.example" "127.0.0.2 gateway.example" >"$RIG/hosts"
mount --bind "$RIG/hosts" /etc/hosts
mkdir "$RIG/sendmail" "$RIG/sendmail/queue" "$RIG/sendmail/sasl"
chmod 700 "$RIG/sendmail/queue"
for file in aliases relay-domains trusted-users local-host-names; do
	: >"$RIG/sendmail/$file"
done
echo "alice@virtual.example hidden@inside.example" |
	LD_LIBRARY_PATH=$libraries "$sendmail/libexec/sendmail/makemap" \
	    -C /dev/null hash "$RIG/sendmail/virtusers" 2>>"$RIG/err/makemap"
echo "hosts files" >"$RIG/sendmail/switch"

# make_cf MILTER - sendmail.cf, with that equation of INPUT_MAIL_FILTER
make_cf()
{
	cat >"$safe/sendmail/mc" <<-EOF
		include(\`$sendmail/share/sendmail/cf/m4/cf.m4')dnl
		OSTYPE(\`linux')dnl
		define(\`confPID_FILE', \`$safe/sendmail/pid')dnl
		define(\`QUEUE_DIR', \`$safe/sendmail/queue')dnl
		define(\`ALIAS_FILE', \`$safe/sendmail/aliases')dnl
		define(\`STATUS_FILE', \`$safe/sendmail/statistics')dnl
		define(\`HELP_FILE', \`')dnl
		define(\`confCW_FILE', \`$safe/sendmail/local-host-names')dnl
		define(\`confCR_FILE', \`$safe/sendmail/relay-domains')dnl
		define(\`confCT_FILE', \`$safe/sendmail/trusted-users')dnl
		define(\`confSERVICE_SWITCH_FILE', \`$safe/sendmail/switch')dnl
		define(\`confHOSTS_FILE', \`$safe/hosts')dnl
		define(\`confDOMAIN_NAME', \`gateway.example')dnl
		define(\`confTO_IDENT', \`0s')dnl
		define(\`confREFUSE_LA', \`1000')dnl
		define(\`confQUEUE_LA', \`1000')dnl
		define(\`confDELAY_LA', \`0')dnl
		define(\`confPRIVACY_FLAGS', \`')dnl
		define(\`confDONT_BLAME_SENDMAIL', \`GroupReadableSASLDBFile,GroupReadableKeyFile')dnl
		define(\`confSERVER_CERT', \`$safe/sendmail/cert.pem')dnl
		define(\`confSERVER_KEY', \`$safe/sendmail/cert.key')dnl
		define(\`confCACERT', \`$safe/ca.pem')dnl
		define(\`confCACERT_PATH', \`$safe')dnl
		define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
		define(\`RELAY_MAILER_ARGS', \`TCP \$h $box_port')dnl
		FEATURE(\`nocanonify')dnl
		FEATURE(\`virtusertable', \`hash $safe/sendmail/virtusers')dnl
		LOCAL_DOMAIN(\`local.example')dnl
		VIRTUSER_DOMAIN(\`virtual.example')dnl
		FEATURE(\`promiscuous_relay')dnl
		FEATURE(\`accept_unresolvable_domains')dnl
		FEATURE(\`no_default_msa')dnl
		DAEMON_OPTIONS(\`Port=$smtp_port, Addr=0.0.0.0, Name=MTA')dnl
		INPUT_MAIL_FILTER(\`tdc', \`$1')dnl
		MAILER(\`smtp')dnl
		LOCAL_CONFIG
		Kno hash -o $safe/sendmail/no
		LOCAL_RULESETS
		SLocal_check_rcpt
		R\$*		\$: < @ > \$&{rcpt_addr}
		R< @ > nobody@\$*	\$#error \$@ 5.1.1 \$: "550 no such user"
	EOF
	(cd "$safe/sendmail" && PATH=$sendmail/bin:$PATH \
	    m4 mc >sendmail.cf 2>"$RIG/err/m4")
}

# start_sendmail - and wait until it listens
start_sendmail()
{
	rig_start mta env LD_LIBRARY_PATH="$libraries" \
	    "$sendmail/libexec/sendmail/sendmail" \
	    -C "$safe/sendmail/sendmail.cf" -bD \
	    -X "$safe/sendmail/traffic" -O LogLevel=14
	rig_wait "rig_listens $smtp_port" 20
}

cp "$RIG/cert.pem" "$RIG/cert.key" "$RIG/sendmail"
chmod 600 "$RIG/sendmail/cert.key"
rig_conf <<-EOF
	default_policy = DEFAULT
	internal_networks = 10.0.0.0/8
	log_skipped = yes
	policy_maps = check_recipient inline:{ privacy@corp.example=NO,
	    special@corp.example=special@intake.example }
	    check_client inline:{ client.example=named@intake.example }
EOF
# The recipe of tdc-milter(8): no F=, so that mail goes on without us.
make_cf "S=unix:$safe/milter.sock, T=C:10s;S:10s;R:10s;E:1m"
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
ok "Sendmail starts" start_sendmail

# say NAME CLIENT [OPTIONS] - one message by swaks; its Subject is NAME
say()
{
	name=$1
	client=$2
	shift 2
	swaks --server "192.0.2.11:$smtp_port" --local-interface "$client" \
	    --ehlo hello.example --from sender@client.example \
	    --to user@corp.example --suppress-data --header "Subject: $name" \
	    "$@" >"$RIG/said" 2>&1
}

copies=0
# copied NAME CLIENT WANTED [OPTIONS] - there is a copy, and WANTED is what
# report.pl lists of it
copied()
{
	title=$1
	client=$2
	wanted=$3
	shift 3
	copies=$((copies + 1))
	ok "$title: accepted" say "$title" "$client" "$@"
	rig_wait "[ \$(rig_count intake) = $copies ]" 20
	is "$(perl tests/helpers/report.pl list "$RIG/intake" |
	    grep -F "Subject: $title |")" "$wanted" "$title: the copy"
}
# skipped NAME CLIENT WHY [OPTIONS]
skipped()
{
	title=$1
	client=$2
	why=$3
	shift 3
	ok "$title: accepted" say "$title" "$client" "$@"
	rig_wait "rig_log | grep -Eq 'not journaled: .*$why'" 10
	like "$(rig_log)" "^TDC: MID 0 queue-id [0-9A-Za-z]+ not journaled: .*$why" \
	    "$title: no copy, and why"
}

copied "first" 192.0.2.11 "journal@intake.example | Sender: sender@client.example | Subject: first | Recipient: user@corp.example"
copied "several" 192.0.2.11 "journal@intake.example | Sender: sender@client.example | Subject: several | Recipient: b@corp.example | Recipient: user@corp.example" \
    --to user@corp.example,b@corp.example,privacy@corp.example,nobody@corp.example
copied "null sender" 192.0.2.11 "journal@intake.example | Sender: <> | Subject: null sender | Recipient: user@corp.example" \
    --from '<>'
copied "policy by recipient" 192.0.2.11 "special@intake.example | Sender: sender@client.example | Subject: policy by recipient | Recipient: special@corp.example" \
    --to special@corp.example
copied "by the name of the client" 192.0.2.10 "named@intake.example | Sender: sender@client.example | Subject: by the name of the client | Recipient: user@corp.example"
copied "a virtual user" 192.0.2.11 "journal@intake.example | Sender: sender@client.example | Subject: a virtual user | Recipient: alice@virtual.example" \
    --to alice@virtual.example
copied "local" 192.0.2.11 "journal@intake.example | Sender: root@local.example | Subject: local | Recipient: root+x@local.example" \
    --from root@local.example --to root+x@local.example
copied "encrypted" 192.0.2.11 "journal@intake.example | Sender: sender@client.example | Subject: encrypted | Recipient: user@corp.example" \
    --tls
skipped "from inside" 10.9.8.7 internal_networks
skipped "policy says no" 192.0.2.11 "says NO" --to privacy@corp.example

# ---- what the copy says ----

copy()			# SUBJECT: the file of its copy
{
	grep -l "^Subject: $1" "$RIG"/intake/*.eml
}
text=$(perl tests/helpers/report.pl added "$(copy first)")
like "$text" '^X-IronPort-RemoteIP: 192\.0\.2\.11' "the address of the client"
like "$text" 'hello\.example' "how it called itself"
like "$text" 'gateway\.example' "and the gateway"
like "$(perl tests/helpers/report.pl added "$(copy encrypted)")" 'with ESMTPS' \
    "that it was encrypted"
# The queue id of the log is Sendmail's own.
id=$(rig_log | sed -n 's/^TDC: MID 1 queue-id \([0-9A-Za-z]*\) .*/\1/p')
like "$id" '^[0-9A-Za-z]{14,}$' "the log has a queue id"
like "$(cat "$RIG/sendmail/traffic")" "$id" "Sendmail's"

# ---- the originals ----

ok "all of them arrive" rig_wait '[ "$(rig_count box)" -ge 8 ]' 30
perl tests/helpers/report.pl original "$(copy first)" | tr -d '\r' |
    sed '1,/^$/d' >"$RIG/ours"
grep -l '^Subject: first' "$RIG"/box/*.eml | xargs cat | tr -d '\r' |
    sed '1,/^$/d' >"$RIG/theirs"
ok "the body is the same" cmp "$RIG/ours" "$RIG/theirs"

# ---- without us ----

rig_stop milter
before=$(rig_count box)
ok "without the milter mail is accepted" say "alone" 192.0.2.11
ok "and arrives" rig_wait '[ "$(rig_count box)" -gt "$before" ]' 20
done_testing
