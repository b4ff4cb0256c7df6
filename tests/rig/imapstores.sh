# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# rig_imapstores - IMAP servers beside Dovecot; sourced by rig.sh
#
#	rig_ca; rig_cyrus
#	rig_imap cyrus alice create Work
#	rig_imap cyrus alice append Work letter.eml '\Seen' '26-Nov-2026 10:00:00 +0100'
#	is "$(rig_imap cyrus alice show Work)" '\Seen 1795683600' "it is there"
#
# They are unpacked by tests/rig/imapd.sh.  Each has the mailboxes of alice, bob
# and, for what is removed, quarantine; and listens on 127.0.0.1 with TLS, by
# mailstore.pem, at $cyrus_port and $courier_port.

rig_imapd=$rig_top/build/imapd
rig_store_users="alice bob quarantine"

rig_imapd_libraries()
{
	echo "$(dirname "$rig_imapd"/usr/lib/*/libcyrus.so.0):$rig_imapd/usr/lib:$rig_imapd/usr/lib/courier-authlib"
}

# rig_imap STORE USER VERB ARGUMENT... - as that user, see tests/helpers/imap.py
rig_imap()
{
	rig_name=$1
	rig_user=$2
	shift 2
	case $rig_name in
	cyrus) set -- tdc tdcsecret "$rig_user" "$@" ;;
	courier) set -- "$rig_user" secret - "$@" ;;
	esac
	python3 tests/helpers/imap.py "$(eval echo "\$${rig_name}_port")" "$@"
}

rig_store_cert()
{
	[ -e "$RIG/mailstore.pem" ] && return
	rig_ext="subjectAltName=DNS:localhost,DNS:mail.corp.example,IP:127.0.0.1"
	rig_cert mailstore mail.corp.example
}

# rig_cyrus - where "tdc" may act for anybody, and "cyrus" is the administrator
rig_cyrus()
{
	cyrus_port=${cyrus_port:-$(rig_port)}
	rig_dir=$RIG/cyrus
	rig_store_cert
	install -d -o nobody -g nogroup "$rig_dir" "$rig_dir/lib" \
	    "$rig_dir/spool" "$rig_dir/lib/socket" "$rig_dir/lib/proc"
	install -o nobody -m 600 "$RIG/mailstore.key" "$rig_dir/key"
	rig_cyrus_conf >"$rig_dir/imapd.conf"
	cat >"$rig_dir/cyrus.conf" <<-EOF
		START {
		  recover cmd="$rig_imapd/usr/lib/cyrus/bin/ctl_cyrusdb -C $rig_dir/imapd.conf -r"
		}
		SERVICES {
		  imaps cmd="$rig_imapd/usr/lib/cyrus/bin/imapd -C $rig_dir/imapd.conf -s -U 30" listen="127.0.0.1:$cyrus_port" prefork=0
		}
		EVENTS {
		}
	EOF
	for rig_user in tdc cyrus; do
		echo "${rig_user}secret" | LD_LIBRARY_PATH=$(rig_imapd_libraries) \
		    "$rig_imapd/usr/sbin/saslpasswd2" -p -c \
		    -f "$rig_dir/sasldb2" -u corp.example "$rig_user"
	done
	chown nobody "$rig_dir/sasldb2"
	rig_start cyrus env LD_LIBRARY_PATH="$(rig_imapd_libraries)" \
	    "$rig_imapd/usr/lib/cyrus/bin/master" -C "$rig_dir/imapd.conf" \
	    -M "$rig_dir/cyrus.conf" -p "$rig_dir/pid"
	rig_wait "rig_listens $cyrus_port" 10 || return 1
	for rig_user in $rig_store_users; do
		python3 tests/helpers/imap.py "$cyrus_port" cyrus cyrussecret - \
		    create "user/$rig_user" || return 1
	done
}

rig_cyrus_conf()
{
	cat <<-EOF
		configdirectory: $rig_dir/lib
		defaultpartition: default
		partition-default: $rig_dir/spool
		servername: corp.example
		cyrus_user: nobody
		cyrus_group: nogroup
		admins: cyrus
		proxyservers: tdc
		sasl_pwcheck_method: auxprop
		sasl_auxprop_plugin: sasldb
		sasl_sasldb_path: $rig_dir/sasldb2
		sasl_mech_list: PLAIN
		tls_server_cert: $RIG/mailstore.pem
		tls_server_key: $rig_dir/key
		unixhierarchysep: yes
		altnamespace: yes
		conversations: no
	EOF
}

# rig_courier - whose users have a second name each, "alice*tdc", for there is
# no master user.  Its binaries know /etc/courier and /run/courier: so it gets a
# mount name space with those.
rig_courier()
{
	courier_port=${courier_port:-$(rig_port)}
	rig_dir=$RIG/courier
	[ -n "$RIG_ALONE" ] || return 1
	rig_store_cert
	mkdir -p "$rig_dir/home"
	cat "$RIG/mailstore.key" "$RIG/mailstore.pem" >"$rig_dir/cert.pem"
	for rig_user in $rig_store_users; do
		rig_home=$rig_dir/home/$rig_user
		mkdir -p "$rig_home/Maildir/cur" "$rig_home/Maildir/new" \
		    "$rig_home/Maildir/tmp"
		for rig_name in "$rig_user secret" "$rig_user*tdc tdcsecret"; do
			printf '%s\tuid=65534|gid=65534|home=%s|imappw=%s\n' \
			    "${rig_name% *}" "$rig_home" \
			    "$(openssl passwd -1 "${rig_name#* }")"
		done
	done >"$rig_dir/userdb"
	chown -R nobody:nogroup "$rig_dir/home"
	chmod 700 "$rig_dir/userdb"
	rig_start courier unshare --mount sh tests/helpers/courier.sh \
	    "$rig_imapd" "$rig_dir" "$courier_port" "$(rig_imapd_libraries)"
	rig_wait "rig_listens $courier_port" 10
}
