#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ready - tdc-remediator -n sees what is missing on this machine, each thing with
# a line and an exit status; and who may do nothing is told so
. "$(dirname "$0")/../rig/rig.sh"

rig_up ready
rig_ca
rig_dns
rig_intake intake
rig_postfix "virtual_mailbox_domains = corp.example other.example third.example"
user=daemon
group=$(id -g $user)
chmod 755 "$RIG"
chgrp $user "$RIG/tdc.log" "$RIG/mail_logs"
chmod 660 "$RIG/tdc.log" "$RIG/mail_logs"
install -d -o nobody -g $user -m 750 "$RIG/kept"
install -d -o $user -m 700 "$RIG/remediate"
secret()		# NAME [LINE...]
{
	printf '%s\n' "$@" | sed 1d >"$RIG/$1"
	chown $user "$RIG/$1"
	chmod 600 "$RIG/$1"
}
secret api "client_id = a" "password = b" "api_key = c"
secret profiles 'profile store type=dovecot url=https://localhost:1 key=a folder=R' \
    'profile spare type=dovecot url=https://localhost:1 key=a folder=R' \
    'profile third type=dovecot url=https://localhost:1 key=a folder=R' \
    'chain both = store third'

# conf [LINE...]
conf()
{
	printf '%s\n' "$@" >"$RIG/lines"
	{
		for line in "history_database = $RIG/kept/history.db" \
		    "remediation_database = $RIG/remediate/state.db" \
		    "remediation_user = $user" \
		    "remediation_profiles = $RIG/profiles" \
		    "remediation_domain_map = inline:{ corp.example=both }" \
		    "remediation_sendmail = /bin/true" \
		    "internal_networks =" "default_policy = DEFAULT"; do
			grep -q "^${line%% *} " "$RIG/lines" || echo "$line"
		done
		cat "$RIG/lines"
	} | rig_conf
}

# try [WORD...] - -n as root, or these; what it says is in $said, without where
# we are, its exit status in $code
try()
{
	[ $# -gt 0 ] || set -- -n
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>&1)
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$RIG/,,g" |
	    grep -v ': note: when the log is moved')
}

# seen CODE NAME PATTERN - a line of -n
seen()
{
	try
	is "$code" "$1" "$2" && like "$said" "^$3\$" "has a line: $2"
}

# ---- all is well ----

conf
rig_milter && rig_forwarder || exit 1
rig_carry user@corp.example
rig_carry user@other.example
rig_carry user@Other.example
rig_carry user@third.example
rig_wait '[ "$(tdcctl history --json | grep -c delivered)" = 4 ]' 20
rig_stop milter
rig_stop forwarder
chgrp $user "$RIG/kept/history.db"
try
is "$code $said" "0 history_database: ok: 4 messages journaled in the last day
remediation_database: ok: it is made at the first start
remediation_sendmail: not needed: nothing is forwarded, and there is no remediation_notify
note: profile spare: no domain of remediation_domain_map has it
remediation_domain_map: ok
note: domain other.example: remediation_domain_map has no profile for it (2 recipients of the last copies)
note: domain third.example: remediation_domain_map has no profile for it (1 recipient of the last copies)
API: not tried: there is no API (api_region, api_url)
profiles: not tried: give an address, as tdc-remediator -n user@example.com" "all is well"
is "$(ls "$RIG/remediate")" "" "nothing is made"

# ---- the history ----

conf "history_database ="
seen 78 "no history" 'history_database: empty: without the history nothing is proved to be ours, and nothing is remediated'
conf "history_database = $RIG/kept/other.db"
seen 78 "a history that is not there" 'history_database: kept/other.db: No such file or directory'
conf
chmod 600 "$RIG/kept/history.db"
seen 77 "a history that it may not read" 'history_database: kept/history.db: Permission denied'
chmod 640 "$RIG/kept/history.db"
echo "not a database, but longer than nothing" >"$RIG/kept/other.db"
chmod 644 "$RIG/kept/other.db"
conf "history_database = $RIG/kept/other.db"
seen 78 "something else" 'history_database: kept/other.db: file is not a database'

# ---- what was remediated ----

conf "remediation_database = $RIG/new/state.db"
seen 0 "a directory that is made at the start" 'remediation_database: ok: it is made at the first start'
conf "remediation_database = $RIG/no/where/state.db"
seen 78 "one that is not" 'remediation_database: no: No such file or directory'
conf
chown root "$RIG/remediate"
chmod 755 "$RIG/remediate"
seen 77 "a directory of somebody else" 'remediation_database: remediate: Permission denied'
chown $user "$RIG/remediate"
printf 'note\ta\tb\n' | "$TDC_BUILD/tests/tools/remedied" "$RIG/remediate/state.db"
seen 77 "a database of somebody else" 'remediation_database: remediate/state.db: Permission denied'
chown $user "$RIG/remediate/state.db"
seen 0 "its own" 'remediation_database: ok'
is "$(ls "$RIG/remediate")" state.db "nothing is left beside it"
printf 'not a database, not at all' >"$RIG/remediate/state.db"
seen 78 "something else in its place" 'remediation_database: remediate/state.db: file is not a database'
rm "$RIG/remediate/state.db"

# ---- sendmail ----

conf "remediation_notify = root@corp.example"
seen 0 "sendmail" 'remediation_sendmail: ok: /bin/true'
conf "remediation_notify = root@corp.example" \
    "remediation_sendmail = $RIG/sendmail"
seen 78 "no sendmail" 'remediation_sendmail: sendmail: No such file or directory'
printf '#!/bin/sh\n' >"$RIG/sendmail"
seen 77 "one that cannot be run" 'remediation_sendmail: sendmail: Permission denied'
chmod 755 "$RIG/sendmail"
seen 0 "one that can" 'remediation_sendmail: ok: sendmail'
conf "remediation_action = forward" "remediation_forward_to = a@corp.example" \
    "remediation_sendmail = $RIG"
seen 78 "a directory" "remediation_sendmail: $RIG: not a program"

# ---- domains, profiles, mailboxes ----

printf 'corp.example store\nother.example spear\n' >"$RIG/domains"
conf "remediation_domain_map = texthash:$RIG/domains"
seen 78 "a profile that is not there" "remediation_domain_map: domains:2: 'spear' is no profile and no chain"
like "$said" "^note: profile third: no domain" "and two that nobody has"
unlike "$said" "^note: profile store:|^remediation_domain_map: ok" "one is used"
conf "remediation_domain_map = static:both"
seen 0 "one for all" 'remediation_domain_map: ok'
unlike "$said" "^note: domain" "so each domain has it"
conf "remediation_domain_map = static:stroe"
seen 78 "a wrong one for all" "remediation_domain_map: .*: 'stroe' is no profile and no chain"
# shellcheck disable=SC2016
conf 'remediation_domain_map = pcre:{{/^(corp|third|other)\.example$$/ $${1}}}'
try
unlike "$said" "is no profile|^note: profile" "what is made of the domain is not known"
conf "mailbox_maps = texthash:$RIG/boxes"
seen 75 "mailbox_maps that are not there" 'tdc-remediator: tdc.cf:[0-9]*: mailbox_maps: .*boxes: No such file or directory'
echo "a@corp.example b@corp.example" >"$RIG/boxes"
seen 0 "mailbox_maps" 'mailbox_maps: ok'
chmod 600 "$RIG/boxes"
seen 77 "mailbox_maps that it may not read" 'tdc-remediator: as user daemon: tdc.cf:[0-9]*: mailbox_maps: .*boxes: Permission denied'

# ---- secrets ----

api="api_credentials_file = $RIG/api"
conf "$api" "api_region = us" "api_polling = yes"
chmod 644 "$RIG/api"
seen 78 "what others may read" 'tdc-remediator: tdc.cf:[0-9]*: api_credentials_file: api: can be read by others \(mode 0644\): chmod o=,g-w'
chmod 640 "$RIG/api"
chgrp mail "$RIG/api"
seen 78 "or another group" "tdc-remediator: as user daemon: tdc.cf:[0-9]*: api_credentials_file: api: can be read by group $(stat -c %g "$RIG/api") \\(mode 0640\\), which is not our own: chmod g="
chown root:"$group" "$RIG/api"
conf "$api" "api_region = us"
chmod 640 "$RIG/profiles"
chown nobody:"$group" "$RIG/profiles"
seen 78 "somebody else's" "tdc-remediator: as user daemon: .*profiles: belongs to user $(id -u nobody) \\(mode 0640\\), neither root nor us"
chown root "$RIG/profiles"
conf "$api"
seen 0 "its own group may" 'API: not tried: there is no API \(api_region, api_url\)'

# ---- no password goes out without TLS ----

conf "cluster = etcd" "cluster_urls = https://a.example:2379 http://b.example:2379"
for program in tdc-remediator tdc-milter tdc-forwarder; do
	"$TDC_BUILD/$program" -n -c "$RIG/tdc.cf" >"$RIG/said" 2>&1
	is "$? $(cat "$RIG/said")" \
	    "78 $program: $RIG/tdc.cf:$(grep -n ^cluster_urls "$RIG/tdc.cf" | cut -d: -f1): cluster_urls: b.example: 'http' is not https, which only this host may do without" \
	    "$program: a cluster without TLS"
done
like "$(tdcctl check 2>&1)" "tdc.cf:[0-9]*: cluster_urls: b.example: 'http' is not https" \
    "tdcctl check"

# ---- tdcctl check has the same, and the first example is one ----

# To begin with, as the manual says.
sed -n '/^api_region = us$/,/^\.Ed$/{/^\.Ed/d;p}' man/tdc-remediator.8 |
    sed -n "1,/^remediation_domain_map/{s,/etc/tdc/,$RIG/,;p}" >"$RIG/example"
is "$(wc -l <"$RIG/example")" 5 "there is an example"
secret profiles 'profile store type=dovecot url=https://localhost:1 key=a folder=R'
secret api "client_id = a" "password = b" "api_key = c"
conf "$(cat "$RIG/example")"
try -n local
is "$code $(printf '%s\n' "$said" | grep ^remediation_domain_map)" \
    "0 remediation_domain_map: ok" "the example of the manual is right"
unlike "$said" "^API" "-n local asks nobody"
checked()		# what tdcctl check says of it
{
	tdcctl check 2>&1 | sed "s,$RIG/,,g" |
	    grep -E "remediation_(domain|sendmail)|tdc-remediator does|^note: (profile|domain)"
}
is "$(checked)" "note: domain other.example: remediation_domain_map has no profile for it (2 recipients of the last copies)
note: domain third.example: remediation_domain_map has no profile for it (1 recipient of the last copies)" "check: nothing is wrong"
conf "$(sed 's/store/stroe/' "$RIG/example")" \
    "remediation_notify = root@corp.example" "remediation_sendmail = /nowhere"
like "$(checked)" "^warning: remediation_domain_map: .*'stroe' is no profile and no chain\$" \
    "check: a wrong profile"
like "$(checked)" "^warning: remediation_sendmail: /nowhere: No such file or directory\$" \
    "check: no sendmail"
conf "$(sed 's/=store/ = store/' "$RIG/example")"
like "$(checked)" "^warning: tdc-remediator does not start: tdc.cf:[0-9]*: remediation_domain_map: .*no '=' after the key" \
    "check: a map that is none"

# ---- who may not ----

conf "$api" "api_region = us" "api_polling = yes"
for words in "-n" "find <a@client.example>" "undo 1" resume once; do
	# shellcheck disable=SC2086
	said=$(setpriv --reuid=games --regid=games --clear-groups \
	    "$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" $words 2>&1)
	code=$?
	is "$code" 77 "$words: an ordinary user"
	like "$said" "^tdc-remediator: .*tdc.cf:[0-9]*: api_credentials_file: .*api: open: Permission denied\$" \
	    "is told why: $words"
done
chmod 600 "$RIG/tdc.cf"
said=$(setpriv --reuid=games --regid=games --clear-groups \
    "$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" -n 2>&1)
is "$?" 77 "tdc.cf is not for everybody"
conf "remediation_profiles =" "remediation_domain_map ="
for words in "-n" "undo 1" resume once; do
	# shellcheck disable=SC2086
	said=$(setpriv --reuid=games --regid=games --clear-groups \
	    "$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" $words 2>&1)
	is "$?" 77 "$words: who is not remediation_user"
done
like "$said" "^tdc-remediator: .*daemon" "is told so"
done_testing
