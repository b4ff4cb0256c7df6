#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ansible - the role is such as ansible-lint takes, makes a private Postfix
# journal, changes nothing the second time, and puts no broken tdc.cf in place
. "$(dirname "$0")/../rig/rig.sh"

for program in ansible-playbook ansible-lint; do
	command -v $program >/dev/null && continue
	echo "1..0 # SKIP no $program"
	exit 0
done
rig_up ansible
rig_ca
rig_dns
rig_intake intake
HOME=$RIG/home
ANSIBLE_ROLES_PATH=$PWD/contrib/ansible/roles
ANSIBLE_NOCOLOR=1
ANSIBLE_LOCALHOST_WARNING=false
ANSIBLE_INVENTORY_UNPARSED_WARNING=false
export HOME ANSIBLE_ROLES_PATH ANSIBLE_NOCOLOR ANSIBLE_LOCALHOST_WARNING \
    ANSIBLE_INVENTORY_UNPARSED_WARNING
# Ansible wants a locale with UTF-8.
LC_ALL=C.UTF-8
mkdir "$HOME" "$RIG/etc"

# ---- as it is written ----

cp -r contrib/ansible "$RIG/role"
ok "ansible-lint has nothing to say" eval '(cd "$RIG/role" &&
    ansible-lint --offline --nocolor -p site.yml roles >"$RIG/lint" 2>&1)' ||
	diag "$(tail -n 20 "$RIG/lint")"
ok "site.yml is a playbook" eval 'ansible-playbook --syntax-check \
    -i gateway.example, contrib/ansible/site.yml >"$RIG/syntax" 2>&1' ||
	diag "$(cat "$RIG/syntax")"

# ---- a gateway ----

rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/etc/recipient_policy
EOF
rig_postfix smtpd_milters=
{
	echo "- hosts: localhost"
	echo "  connection: local"
	echo "  roles: [tdc]"
	echo "  vars:"
	echo "    tdc_conf_dir: $RIG/etc"
	echo "    tdc_tdcctl: $TDC_BUILD/tdcctl"
	echo "    tdc_postfix_conf_dir: $MAIL_CONFIG"
	echo "    tdc_services: []"
	echo "    tdc_milter_socket: unix:$RIG/milter.sock"
	echo "    tdc_milter_socket_group: postfix"
	echo "    tdc_tables:"
	echo "      recipient_policy: |"
	echo "        corp.example DEFAULT"
	echo "    tdc_settings:"
	grep '^[a-z]' "$RIG/tdc.cf" | grep -v '^milter_socket' |
	    sed 's/^\([a-z_]*\) *= *\(.*\)/      \1: "\2"/'
} >"$RIG/play.yml"
mv "$RIG/tdc.cf" "$RIG/tdc.cf.rig"
ln -s etc/tdc.cf "$RIG/tdc.cf"

# play [OPTION...] - "changed N, failed M" is what came of it
play()
{
	ansible-playbook -i localhost, "$@" "$RIG/play.yml" >"$RIG/played" 2>&1
	sed -n 's/^localhost .*\(changed=[0-9]*\) .*\(failed=[0-9]*\).*/\1 \2/p' \
	    "$RIG/played" | tail -n 1
}

is "$(play)" "changed=4 failed=0" "tables, tdc.cf and Postfix are changed" ||
	diag "$(cat "$RIG/played")"
is "$(postconf -h smtpd_milters | xargs)" \
    "{ unix:$RIG/milter.sock, default_action=accept }" "Postfix has the milter"
like "$(cat "$RIG/played")" 'no copies yet|tdc.cf: OK' "what check finds is shown"
ok "the table is built" [ -s "$RIG/etc/recipient_policy.db" ]
is "$(play)" "changed=0 failed=0" "nothing is changed the second time" ||
	diag "$(cat "$RIG/played")"
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
rig_cool
rig_postfix_anew
ok "a message is taken" rig_send sender@client.example user@corp.example
ok "its copy arrives" rig_wait '[ "$(rig_count intake)" = 1 ]' 20

# ---- what is wrong ----

cp "$RIG/etc/tdc.cf" "$RIG/before"
cp "$RIG/play.yml" "$RIG/play.good"
echo '      retry_limitt: "2"' >>"$RIG/play.yml"
like "$(play)" 'failed=1$' "a tdc.cf with an error is refused"
like "$(cat "$RIG/played")" "unknown parameter 'retry_limitt'" "and it is told which"
ok "and what was there stays" cmp "$RIG/before" "$RIG/etc/tdc.cf"
sed 's/corp.example DEFAULT/corp.example NO/' "$RIG/play.good" >"$RIG/play.yml"
is "$(play --check)" "changed=1 failed=0" "--check tells of a change" ||
	diag "$(cat "$RIG/played")"
like "$(cat "$RIG/etc/recipient_policy")" DEFAULT "and does not make it"
LC_ALL=C
done_testing
