#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# recipes - the lines that contrib/recipes has for master.cf are such as Postfix
# takes, and do there what the recipes say: behind a filter after the queue a
# message is journaled once, with its true client, and passes without us
. "$(dirname "$0")/../rig/rig.sh"

rig_up recipes
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name spaces of our own"
	exit 0
fi
rig_ca
rig_dns
rig_intake intake

# Each system has a way in, on its first port, that gives all mail to its second
# one, as Amavis would: the fields that Postfix adds are what is looked at.
systems="proxmox iredmail zimbra docker-mailserver"
port=10100
for name in $systems; do
	options=
	[ $name = docker-mailserver ] ||
		options=$(sed -nE 's/^	 *(-o (smtpd_milters|milter_[a-z_]*)=.*)/	\1/p' \
		    "contrib/recipes/$name.txt")
	RIG_MASTER="${RIG_MASTER:-}
127.0.0.1:$port inet n - n - - smtpd
	-o content_filter=smtp:[127.0.0.1]:$((port + 1))
127.0.0.1:$((port + 1)) inet n - n - - smtpd
	-o content_filter=
	-o smtpd_authorized_xforward_hosts=127.0.0.0/8
	-o receive_override_options=no_unknown_recipient_checks,no_header_body_checks
$options"
	port=$((port + 10))
done
# docker-mailserver switches milters off there, and its file is read by postconf.
rig_postfix smtpd_milters= milter_default_action=tempfail \
    smtp_send_xforward_command=yes
back=$((port - 10 + 1))
postconf -P "127.0.0.1:$back/inet/receive_override_options=no_milters"
lines=$(sed -n 's/^	127\.0\.0\.1:10025\///p' contrib/recipes/docker-mailserver.txt |
    sed 's/inet:tdc-milter:/inet:127.0.0.1:/')
is "$(echo "$lines" | wc -l)" 2 "docker-mailserver has two lines for postconf"
for line in $lines; do
	ok "postconf takes ${line%%=*}" postconf -P "127.0.0.1:$back/$line"
done
rig_postfix_anew

# milter SOCKET - ours, there
milter()
{
	rig_stop milter
	rig_conf <<-EOF
		policy_maps = check_recipient inline:{ corp.example=DEFAULT }
		internal_networks = 127.0.0.0/8 [::1]/128
		trusted_relays = 127.0.0.0/8 [::1]/128
		milter_socket = $1
	EOF
	rig_milter
}

# through PORT - one message from outside; how many copies are made of it, and
# the client that the last one names
through()
{
	had=$(rig_count intake)
	mailed=$(rig_inbox user)
	smtp_port=$1 rig_send sender@client.example user@corp.example
	rig_wait '[ "$(rig_inbox user)" -gt "$mailed" ]' 20 || echo "no mail"
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	copies=$(($(rig_count intake) - had))
	echo "$copies $([ $copies = 0 ] || sed -n \
	    's/^X-IronPort-RemoteIP: *\([^ \r]*\).*/\1/p' \
	    "$(find "$RIG/intake" -name '[0-9]*.eml' | sort | tail -n 1)")"
}

ok "forwarder starts" eval 'rig_conf </dev/null; rig_forwarder'
mkdir -p "$RIG/queue/tdc"
chmod 755 "$RIG/queue/tdc"
port=10100
for name in $systems; do
	case $name in
	proxmox|iredmail) socket=unix:$RIG/queue/tdc/milter.sock ;;
	*) socket=inet:8890@127.0.0.1 ;;
	esac
	chown nobody "$RIG/queue/tdc"
	ok "$name: milter starts" milter "$socket"
	is "$(through $port)" "1 192.0.2.10" \
	    "$name: one copy, with the true client"
	rig_stop milter
	is "$(through $port)" "0 " "$name: mail passes without the milter"
	port=$((port + 10))
done

# ---- tdc.cf ----

for file in contrib/recipes/*.txt; do
	# A line that goes on begins with four blanks.
	lines=$(sed -n '/^	[a-z_]* = /{ :more; N; s/\n	    / /; t more; P; D }' \
	    "$file" | grep -E '^	(trusted|internal|unclean|milter_socket)[a-z_]* =')
	printf '%s\n' "default_policy = NO" "$lines" | sed 's/^	//' >"$RIG/tdc.cf"
	ok "${file##*/}: its lines for tdc.cf can be read" \
	    [ "$(tdcctl config -n | grep -c .)" -gt 2 ]
done

# ---- the line for a list that has others ----

# What user-patches.sh does, and mailcow's extra.cf.
for file in docker-mailserver mailcow; do
	ours=$(tr '\n' ' ' <"contrib/recipes/$file.txt" |
	    grep -o '{ inet:tdc-milter:8890, default_action=accept }' | head -n 1)
	is "$ours" "{ inet:tdc-milter:8890, default_action=accept }" \
	    "$file: has a milter of its own action"
done
postconf -e "dkim_milter = inet:127.0.0.1:9" \
    'smtpd_milters = { $dkim_milter, default_action=accept }'
rig_cool
postconf -e "smtpd_milters = $(postconf -h smtpd_milters), \
    $(echo "$ours" | sed s/tdc-milter/127.0.0.1/)"
rig_postfix_anew
ok "milter starts" milter inet:8890@127.0.0.1
is "$(through "$smtp_port")" "1 192.0.2.10" "after others, ours is asked"
done_testing
