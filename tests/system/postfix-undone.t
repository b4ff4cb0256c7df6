#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# postfix-undone - tdcctl postfix-enable and postfix-disable where something
# fails: all is as it was; and where Postfix has several instances, or its files
# are elsewhere
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/enable.sh

rig_up undone
rig_ca
enable_begin

# ---- what fails ----

ctl postfix-enable
fake postfix check "echo postfix: fatal: no; exit 1"
before=$(prints)
ctl postfix-disable
is "$code" 78 "nor is it disabled then"
like "$said" '^tdcctl: postfix check: postfix: fatal: no; all is as it was$' \
    "which is told"
is "$(prints | grep -v manifest)" "$(printf '%s\n' "$before" |
    grep -v manifest)" "and all is as it was"
real postfix
ctl postfix-disable
is "$code" 0 "disabled later"
fake postfix reload "echo postfix: fatal: no; exit 1"
refused "a reload that fails" 69 \
    '^tdcctl: postfix reload: postfix: fatal: no; all is as it was$'
real postfix
fake postconf mail_version "echo 2.11.3"
refused "an old Postfix" 78 '^tdcctl: Postfix 2.11.3 has no default_action for one milter: in main.cf, add the socket'
real postconf
before=$(prints)
said=$(flock "$MAIL_CONFIG" "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" \
    postfix-enable 2>&1 | sed "s,$RIG/,,g")
is "$said" "tdcctl: another tdcctl is changing the files in postfix" \
    "one at a time"
is "$(prints)" "$before" "and nothing is changed"
for i in 1 2 3; do
	tdcctl postfix-enable >/dev/null 2>&1 &
	pids="${pids:-} $!"
done
wait $pids
is "$(list)" "$ours" "three at once"
ctl postfix-disable
if [ -n "$RIG_ALONE" ]; then
	mount --bind "$MAIL_CONFIG/main.cf" "$MAIL_CONFIG/main.cf"
	cf "milter_socket_mode = 0660"
	master y
	refused "a main.cf that cannot be replaced" 73 \
	    'tdcctl: postfix/main.cf: write .main.cf.: Device or resource busy; all is as it was$'
	umount "$MAIL_CONFIG/main.cf"
	master n
	cf
	mount --bind "$MAIL_CONFIG" "$MAIL_CONFIG"
	mount -o remount,ro,bind "$MAIL_CONFIG"
	refused "a directory that is read-only" 73 \
	    'tdcctl: nothing was changed: mkdir postfix/tdc-enable: Read-only file system$'
	umount "$MAIL_CONFIG"
fi

ctl postfix-enable
before=$(prints)
said=$(TMPDIR=$RIG/none tdcctl postfix-disable 2>&1)
is "$? $(prints)" "73 $before" "no place for copies"
like "$said" "^tdcctl: $RIG/none/tdcctl.*: No such file or directory$" \
    "which is told"
ctl postfix-disable

# ---- links, and a Postfix that does not run ----

mkdir "$RIG/elsewhere"
mv "$MAIL_CONFIG/main.cf" "$RIG/elsewhere/main.cf"
ln -s "$RIG/elsewhere/main.cf" "$MAIL_CONFIG/main.cf"
enabled "main.cf is a link"
ok "and stays one" [ -L "$MAIL_CONFIG/main.cf" ]
disabled "main.cf is a link"
mv "$RIG/elsewhere/main.cf" "$MAIL_CONFIG/main.cf"

# ---- several instances ----

install -d -o postfix "$RIG/second.data"
mkdir "$RIG/second" "$RIG/second.queue"
sed -e "s,$RIG/queue,$RIG/second.queue,; s,$RIG/data,$RIG/second.data," \
    "$RIG/main.cf" >"$RIG/second/main.cf"
echo "multi_instance_name = second" >>"$RIG/second/main.cf"
sed "1s/:$smtp_port inet n - n/:$(rig_port) inet n - y/" "$RIG/master.cf" \
    >"$RIG/second/master.cf"
postconf -e "multi_instance_wrapper = postmulti -p --" \
    "multi_instance_enable = yes" "multi_instance_directories = $RIG/second"
rig_cool
if [ -n "$RIG_ALONE" ]; then
	# postmulti knows one primary instance alone
	mkdir -p /etc/postfix
	mount --bind "$MAIL_CONFIG" /etc/postfix
	is "$(env -u MAIL_CONFIG postmulti -l | sed -n 's,.* ,,p')" \
	    "/etc/postfix
$RIG/second" "Postfix knows two instances"
	umount /etc/postfix
fi
before=$(prints)
ctl postfix-enable
is "$code" 0 "one is enabled"
like "$said" '^note: other instances of Postfix are left as they are; --config-dir names one: second$' \
    "and the other one told of"
unlike "$(cat "$RIG/second/main.cf")" "milter.sock" "and left alone"
ctl postfix-enable --config-dir "$RIG/second"
is "$code $said" "78 tdcctl: smtpd of second is chrooted, and that of postfix uses milter_socket = unix:milter.sock: set milter_socket = inet:8891, which both can reach, and call postfix-enable for both" \
    "a socket that another one uses does not move"
sed -i '1s/ y / n /' "$RIG/second/master.cf"
ctl postfix-enable --config-dir="$RIG/second"
is "$code" 0 "the other one is enabled"
like "$said" '^second: Postfix has tdc-milter last; it does not run now$' \
    "which does not run"
is "$(postconf -c "$RIG/second" -h smtpd_milters | sed "s,$RIG/,,")" "$ours" \
    "by its own main.cf"
ctl postfix-disable
is "$code $(list)" "0 " "the first one is disabled"
is "$(prints)" "$before" "to the byte"
like "$(postconf -c "$RIG/second" -h smtpd_milters)" milter.sock \
    "and the other one is not"

# ---- what none of Postfix's daemons would start with ----

rig_stop postfix
main broken
refused "a broken main.cf" 78 '^tdcctl: postconf: fatal: .*postfix/main.cf, line [0-9]+: missing .=. after attribute name: \\?"broken\\?"$'
main
mv "$MAIL_CONFIG/master.cf" "$RIG/away"
refused "no master.cf" 78 '^tdcctl: postconf -M fails: mend master.cf first$'
mv "$RIG/away" "$MAIL_CONFIG/master.cf"
main "setgid_group = nosuch"
refused "a configuration that postfix check refuses" 78 \
    "^tdcctl: postfix check: it fails; Postfix's log says why; all is as it was\$"
ctl postfix-enable --dry-run
is "$code" 0 "which a dry run does not ask"
done_testing
