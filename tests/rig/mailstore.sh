# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# rig_mailstore - a Dovecot that keeps mailboxes; sourced by rig.sh
#
#	rig_ca; rig_dns; rig_mailstore
#	rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp"
#	rig_store alice@corp.example letter.eml Work/Old
#	is "$(rig_in alice@corp.example Work/Old)" 1 "it is there"
#
# Each user has a home, $RIG/mailstore/home/DOMAIN/NAME; the folders' separator
# is "/".  Passwords are "secret"; a master user logs in as
# alice@corp.example*master with "mastersecret".

rig_mailstore_users="alice bob carol dave quarantine"
rig_mailstore_key=doveadm-key-of-the-rig

# rig_mailstore [LINE...] - Dovecot, with these lines at the end of its
# configuration: IMAP at 127.0.0.1 (and localhost), $imap_port with STARTTLS and
# $imaps_port with TLS, the doveadm HTTP API with TLS at $doveadm_port, LMTP at
# $RIG/mailstore/lmtp.  RIG_STORE: how mail is kept, default maildir.  Called
# again it begins anew, with the same mail
rig_mailstore()
{
	imap_port=${imap_port:-$(rig_port)}
	imaps_port=${imaps_port:-$(rig_port)}
	doveadm_port=${doveadm_port:-$(rig_port)}
	rig_conf_dir=$RIG/mailstore
	mkdir -p "$rig_conf_dir"
	install -d -o nobody -g nogroup "$rig_conf_dir/home"
	if [ ! -e "$RIG/mailstore.pem" ]; then
		rig_ext="subjectAltName=DNS:localhost,DNS:mail.corp.example,IP:127.0.0.1"
		rig_cert mailstore mail.corp.example
	fi
	for rig_user in $rig_mailstore_users; do
		rig_name=$rig_user@corp.example
		rig_home=$rig_conf_dir/home/corp.example/$rig_user
		echo "$rig_name:{PLAIN}secret:65534:65534::$rig_home::"
	done >"$rig_conf_dir/users"
	echo "master:{PLAIN}mastersecret" >"$rig_conf_dir/masters"
	{
		rig_mailstore_conf
		rig_mailstore_services
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$rig_conf_dir/conf"
	chmod 644 "$rig_conf_dir"/*s "$rig_conf_dir/conf"
	rig_stop mailstore
	rig_start mailstore dovecot -F -c "$rig_conf_dir/conf"
	rig_wait "[ -S $rig_conf_dir/lmtp ] && rig_listens $imap_port &&
	    rig_listens $imaps_port && rig_listens $doveadm_port" 10
}

rig_mailstore_conf()
{
	cat <<-EOF
		protocols = imap lmtp
		listen = 127.0.0.1
		base_dir = $RIG/mailstore/run
		state_dir = $RIG/mailstore/state
		log_path = $RIG/err/mailstore.log
		ssl = yes
		ssl_cert = <$RIG/mailstore.pem
		ssl_key = <$RIG/mailstore.key
		auth_failure_delay = 0
		auth_master_user_separator = *
		mail_location = ${RIG_STORE:-maildir}:~/Mail
		first_valid_uid = 1
		mailbox_list_index = yes
		mail_fsync = never
		doveadm_api_key = $rig_mailstore_key
		passdb {
		  driver = passwd-file
		  master = yes
		  pass = yes
		  args = username_format=%u $RIG/mailstore/masters
		}
		passdb {
		  driver = passwd-file
		  args = username_format=%u $RIG/mailstore/users
		}
		userdb {
		  driver = passwd-file
		  args = username_format=%u $RIG/mailstore/users
		}
		namespace inbox {
		  inbox = yes
		  separator = /
		}
	EOF
}

rig_mailstore_services()
{
	cat <<-EOF
		service imap-login {
		  inet_listener imap {
		    port = $imap_port
		  }
		  inet_listener imaps {
		    port = $imaps_port
		    ssl = yes
		  }
		}
		service lmtp {
		  unix_listener $RIG/mailstore/lmtp {
		    mode = 0666
		  }
		}
		service doveadm {
		  inet_listener http {
		    port = $doveadm_port
		    ssl = yes
		  }
		}
		service stats {
		  unix_listener stats-writer {
		    mode = 0666
		  }
		}
	EOF
}

rig_doveadm()		# ARGUMENTS: as the administrator of the mail store
{
	doveadm -c "$RIG/mailstore/conf" "$@"
}

rig_store()		# USER FILE [FOLDER]: put a message there, default INBOX
{
	[ -z "${3:-}" ] || rig_doveadm mailbox create -u "$1" "$3" 2>/dev/null
	rig_doveadm save -u "$1" -m "${3:-INBOX}" "$2"
}

rig_in()		# USER [FOLDER]: how many messages are in it, default INBOX
{
	rig_doveadm -f flow mailbox status -u "$1" messages "${2:-INBOX}" \
	    2>/dev/null | sed 's/.*messages=//'
}

# rig_flags USER FOLDER - of each message, its flags and the second it was
# received
rig_flags()
{
	rig_doveadm -f tab fetch -u "$1" "flags date.received.unixtime" \
	    mailbox "$2" | sed 1d
}
