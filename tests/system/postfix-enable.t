#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# postfix-enable - tdcctl makes a Postfix use tdc-milter, whatever it is like,
# and postfix-disable puts every byte back
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/filters.sh
. tests/rig/enable.sh

rig_up enable
rig_ca
dns_port=53
rig_dkim client.example
rig_filters_dns

enable_begin

# ---- whoever asks ----

cf
chmod 640 "$MAIL_CONFIG/main.cf"
chgrp postfix "$MAIL_CONFIG/main.cf"
before=$(prints)
ctl postfix-enable --dry-run
is "$code $(lines +)" "0 smtpd_milters = $ours" "a dry run shows the change"
like "$said" 'dry run: nothing was changed$' "and says that it was one"
is "$(prints)" "$before" "and is one"
chmod 644 "$MAIL_CONFIG/main.cf"
said=$(setpriv --reuid=nobody --regid=nogroup --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" postfix-enable -n)
is "$? $(lines + | sed "s,$RIG/,,g")" "0 smtpd_milters = $ours" \
    "whoever can read the files may ask"
for verb in postfix-enable postfix-disable; do
	said=$(setpriv --reuid=nobody --regid=nogroup --clear-groups \
	    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" $verb 2>&1)
	is "$? $said" "77 tdcctl: $verb changes files of root and Postfix: be root, or ask with --dry-run" \
	    "but not do it: $verb"
	ctl $verb --dryrun
	is "$code $said" "64 tdcctl: $verb: unexpected argument '--dryrun'
usage: tdcctl [-c FILE] [-v] $verb [-n | --dry-run] [--config-dir DIR]" \
	    "an argument that it does not know: $verb"
done
ctl postfix-enable --config-dir
like "$code $said" "^64 .*--config-dir needs a directory" "no directory"
ctl postfix-enable --config-dir "$RIG/none"
is "$code $said" "66 tdcctl: none/main.cf: No such file or directory" \
    "a directory without a main.cf"
chmod 640 "$MAIL_CONFIG/main.cf"

# ---- mail ----

enabled "no other milter"
is "$(lines +)" "" "nothing is shown the second time"
like "$enabling" "^no copies yet, mail passes: .*milter.sock: No such file or directory: start tdc-milter" \
    "it says that tdc-milter does not answer"
is "$(stat -c '%a %G' "$MAIL_CONFIG/main.cf")" "640 postfix" \
    "mode and group of main.cf are as before"
is "$(journaled)" 0 "mail passes while tdc-milter does not run"
rig_milter
is "$(journaled)" 1 "a message is journaled"
ctl postfix-enable
like "$said" "^tdc-milter answers at unix:milter.sock$" "tdc-milter is asked"
disabled "no other milter"
is "$(journaled)" 0 "no message is journaled any more"
ctl postfix-disable
like "$code $said" "^0 .*nothing to do: Postfix does not use tdc-milter" \
    "a second call has nothing to do"
rig_stop milter

# ---- chroot ----

cf "milter_socket_mode = 0660"
master y
enabled "smtpd is chrooted"
is "$(printf '%s\n' "$enabling" | grep '^[-+][a-z]')" "\
-milter_socket = unix:milter.sock
+milter_socket = unix:queue/tdc/milter.sock
+milter_socket_group = postfix
+smtpd_milters = { unix:tdc/milter.sock, default_action=accept }" \
    "the socket goes into the chroot, for Postfix's group"
is "$(stat -c '%U %G %a' "$RIG/queue/tdc")" "nobody postfix 750" \
    "its directory is made"
rig_milter
is "$(journaled)" 1 "a message is journaled from the chroot"
ctl postfix-enable
like "$said" "^tdc-milter answers at unix:queue/tdc/milter.sock$" \
    "tdc-milter answers there"
rig_stop milter
disabled "smtpd is chrooted"
ok "nothing is left of the directory" [ ! -e "$RIG/queue/tdc" ]
master n

# ---- others ----

cf
rig_rspamd rspamd
others="unix:$RIG/dkim.sock, unix:$RIG/rspamd.sock"
main "smtpd_milters = $others"
enabled "opendkim and rspamd are there"
is "$(list)" "unix:dkim.sock, unix:rspamd.sock, $ours" "last in the list"
rig_milter
is "$(journaled signed)" 1 "a message is journaled after them"
ok "with what they add" grep -rqi '^DKIM-Signature:' "$RIG/spool/ready"
rig_stop milter
disabled "opendkim and rspamd are there"

# ---- lists, which take neither postfix check nor a Postfix that runs ----

rig_stop postfix
fake postfix check true

main "# a comment" "smtpd_milters =" "  unix:$RIG/dkim.sock" \
    "# between lines" "	{ inet:127.0.0.1:9," "	  default_action=accept }" \
    "# and after" 'non_smtpd_milters = $smtpd_milters'
enabled "continued lines and comments"
is "$(list)" "unix:dkim.sock { inet:127.0.0.1:9, default_action=accept }, $ours" \
    "the others stay as they are written"
is "$(grep -c '^#' "$MAIL_CONFIG/main.cf")" 3 "with the comments"
like "$enabling" '^note: non_smtpd_milters has \$smtpd_milters' \
    "non_smtpd_milters is told of"
is "$(postconf -h non_smtpd_milters)" '$smtpd_milters' "and left alone"
disabled "continued lines and comments"

main 'smtpd_milters = $filters ${last}' "filters = unix:a, unix:b" \
    'last = inet:127.0.0.1:9'
enabled "names of other parameters"
is "$(list)" '$filters ${last}, '"$ours" "names stay names"
disabled "names of other parameters"

master n "submission inet n - n - - smtpd
  -o syslog_name=postfix/submission
# theirs
  -o { smtpd_milters = unix:a, { inet:127.0.0.1:9, { default_action = reject } } }
  -o smtpd_tls_security_level=encrypt
smtps inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:9
127.0.0.1:10025 inet n - n - - smtpd
  -o smtpd_milters=
127.0.0.1:10026 inet n - n - - smtpd
  -o smtpd_milters=unix:a -o receive_override_options=no_milters"
main
enabled "services with milters of their own"
is "$(own_list submission/inet)" \
    "unix:a,{inet:127.0.0.1:9,default_action=reject},{unix:milter.sock,default_action=accept}" \
    "one has its own list"
is "$(own_list smtps/inet)" \
    "inet:127.0.0.1:9,{unix:milter.sock,default_action=accept}" \
    "another one likewise"
is "$(own_list 127.0.0.1:10025/inet),$(own_list 127.0.0.1:10026/inet)" \
    ",unix:a" "what comes back from a content filter is not touched"
like "$enabling" '^note: 127.0.0.1:10025/inet \(master.cf\) has an empty smtpd_milters, as for mail that a content filter gives back: left as it is$' \
    "and told of"
like "$enabling" '^note: 127.0.0.1:10026/inet \(master.cf\) has receive_override_options=no_milters: left as it is$' \
    "likewise"
is "$(list)" "$ours" "and main.cf has it for the others"
disabled "services with milters of their own"
master n "smtp inet n - n - - smtpd -o smtpd_milters="
enabled "a public port that has taken its milters back"
is "$(own_list smtp/inet)" "{unix:milter.sock,default_action=accept}" \
    "gets this one"
disabled "a public port that has taken its milters back"
cf "trusted_relays = 127.0.0.1"
before=$(prints)
ctl postfix-enable
is "$code $(own_list smtp/inet)" "0 " \
    "unless a content filter, a trusted relay, gives its mail back"
disabled "a content filter"
cf
master n

# ---- half done ----

# repaired NAME LIST WANTED - by the first call; the second takes it out
repaired()
{
	main "smtpd_milters = $2"
	enabled "$1"
	is "$(list)" "$3" "repaired: $1"
	ctl postfix-disable
	is "$code $(list)" "0 ${4:-}" "disabled, and not restored: $1"
}
sock=unix:$RIG/milter.sock
repaired "ours first" "{ $sock, default_action=accept }, unix:a, unix:b" \
    "unix:a, unix:b, $ours" "unix:a, unix:b"
repaired "no default_action" "unix:a, $sock" "unix:a, $ours" unix:a
repaired "another one" "{ $sock, connect_timeout=9s, default_action=reject }" \
    "{ unix:milter.sock, connect_timeout=9s, default_action=accept }"
repaired "twice" "$sock unix:a $sock" "unix:a, $ours" unix:a
repaired "an old protocol" "{ $sock, default_action=accept, protocol=4 }" \
    "$ours"
main "smtpd_milters = \$tdc unix:a" "tdc = $sock"
enabled "by a name"
is "$(list)" "unix:a, $ours" "a name of it alone goes"
ctl postfix-disable
main "smtpd_milters = { $sock, default_action=accept }"
before=$(prints)
ctl postfix-enable
like "$code $said" '^0 .*nothing to do' "what was made by hand may stay"
is "$(prints)" "$before" "and nothing is changed"
main "smtpd_milters = \$both" "both = $sock, unix:a"
refused "by a name, with others" 78 \
    '^tdcctl: smtpd_milters: tdc-milter comes by a \$name in .\$both., together with others: change that parameter by hand$'
main "milter_protocol = 2"
enabled "an old protocol for all"
is "$(list)" "{ unix:milter.sock, default_action=accept, protocol=6 }" \
    "and the new one for this milter"
disabled "an old protocol for all"
main
cf "milter_socket = inet:8891@127.0.0.1"
enabled "inet"
is "$(list)" "{ inet:127.0.0.1:8891, default_action=accept }" "in Postfix's form"
main "smtpd_milters = inet:192.0.2.9:8891"
ctl postfix-enable
is "$(list)" "inet:192.0.2.9:8891, { inet:127.0.0.1:8891, default_action=accept }" \
    "is somebody else"
ctl postfix-disable
is "$code $(list)" "0 inet:192.0.2.9:8891" "and stays"
cf
main

# ---- changed since ----

main "smtpd_milters = unix:a"
master n "submission inet n - n - - smtpd -o smtpd_milters=unix:a"
before=$(prints | grep master.cf)
ctl postfix-enable
echo "# a word" >>"$MAIL_CONFIG/main.cf"
rig_cool
ctl postfix-disable
is "$code" 0 "disabled, though main.cf was changed since"
like "$said" '^note: postfix/main.cf was changed since: tdc-milter alone is taken out' \
    "which is told"
is "$(list) $(tail -n 1 "$MAIL_CONFIG/main.cf")" "unix:a # a word" \
    "only tdc-milter is taken out of it"
is "$(prints | grep master.cf)" "$before" "and the other one is restored"
ok "no record is left" [ ! -e "$MAIL_CONFIG/tdc-enable" ]
ctl postfix-enable
rm -r "$MAIL_CONFIG/tdc-enable"
ctl postfix-disable
is "$code $(list) $(own_list submission/inet)" "0 unix:a unix:a" \
    "nor is one needed"
ctl postfix-enable
echo '{' >"$MAIL_CONFIG/tdc-enable/manifest.json"
refused "a damaged record" 65 \
    "^tdcctl: postfix/tdc-enable is of no use any more, so remove it: 'manifest.json' is damaged$"
rm -r "$MAIL_CONFIG/tdc-enable"
main
master n
done_testing
