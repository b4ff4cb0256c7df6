# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# rig_servers - the others in the private mail world; sourced by rig.sh

# Those who have a mailbox of their own; everyone else's mail goes to the
# mailbox "everyone".
rig_users="user alice bob carol dave erin frank grace heidi"

rig_ca()		# a private CA, ca.pem, and the intake's cert.pem, key.pem
{
	rig_selfsigned ca "private test CA"
	rig_cert cert mx.intake.example intake.example mx2.intake.example
}

rig_selfsigned()	# FILE NAME [OPTIONS]: FILE.pem and FILE.key
{
	rig_file=$1
	rig_name=$2
	shift 2
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$RIG/$rig_file.key" -out "$RIG/$rig_file.pem" -days 30 \
	    -subj "/CN=$rig_name" "$@" 2>>"$RIG/err/openssl"
}

# rig_cert FILE NAME...: FILE.pem and FILE.key, signed by the CA; with $rig_ext,
# an extension, in place of the names in the subjectAltName
rig_cert()
{
	rig_file=$1
	shift
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$RIG/$rig_file.key" -out "$RIG/$rig_file.csr" \
	    -subj "/CN=$1" 2>>"$RIG/err/openssl"
	printf 'subjectAltName=DNS:%s' "$1" >"$RIG/$rig_file.ext"
	shift
	[ $# -eq 0 ] || printf ',DNS:%s' "$@" >>"$RIG/$rig_file.ext"
	[ -z "${rig_ext:-}" ] || echo "$rig_ext" >"$RIG/$rig_file.ext"
	rig_ext=
	openssl x509 -req -in "$RIG/$rig_file.csr" -CA "$RIG/ca.pem" \
	    -CAkey "$RIG/ca.key" -CAcreateserial -days 30 \
	    -extfile "$RIG/$rig_file.ext" -out "$RIG/$rig_file.pem" \
	    2>>"$RIG/err/openssl"
}

rig_dns()		# [LINE...]: dnsmasq with these lines, or the usual ones
{
	dns_port=${dns_port:-$(rig_port)}
	[ $# -gt 0 ] || set -- mx-host=intake.example,mx.intake.example,10 \
	    host-record=mx.intake.example,127.0.0.1
	printf '%s\n' no-resolv no-hosts bind-interfaces user=root \
	    listen-address=127.0.0.1 "port=$dns_port" "local=/#/" "pid-file" \
	    "$@" >"$RIG/dnsmasq.conf"
	rig_start dns dnsmasq --keep-in-foreground --log-facility=- \
	    --conf-file="$RIG/dnsmasq.conf"
	rig_wait "grep -qs started $RIG/err/dns" 10
}

rig_intake()		# NAME [OPTIONS]: our intake; its port becomes $NAME_port
{
	rig_name=$1
	shift
	mkdir -p "$RIG/$rig_name"
	rm -f "$RIG/err/$rig_name.out"
	case " $*" in
	*' -l '*) ;;
	*) set -- -l "127.0.0.1:$(eval echo "\${${rig_name}_port:-0}")" "$@" ;;
	esac
	rig_start "$rig_name" "$TDC_BUILD/tests/intake/intake" -n mx.intake.example \
	    -C "$RIG/cert.pem" -K "$RIG/cert.key" -d "$RIG/$rig_name" \
	    -j "$RIG/$rig_name.journal" -s "$RIG/$rig_name.stats" "$@"
	rig_wait "grep -q listening $RIG/err/$rig_name.out 2>/dev/null" 10 ||
		return 1
	eval "${rig_name}_port=$(sed -n '1s/.*://p' "$RIG/err/$rig_name.out")"
}

rig_dev()		# a /dev of our own, for rig_syslog; needs RIG_ALONE
{
	mkdir "$RIG/dev"
	mount -t tmpfs tdc-dev "$RIG/dev"
	for rig_node in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$RIG/dev/${rig_node%:*}" c 1 "${rig_node#*:}"
	done
	ln -s /proc/self/fd "$RIG/dev/fd"
	ln -s fd/1 "$RIG/dev/stdout"
	ln -s fd/2 "$RIG/dev/stderr"
	mount --bind "$RIG/dev" /dev
}

rig_syslog()		# FILE: a log daemon puts what comes at /dev/log there
{
	rig_start syslog perl -MIO::Socket::UNIX -e '
		unlink "/dev/log";
		my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
		    Local => "/dev/log") or die "log: $!";
		chmod 0666, "/dev/log";
		open my $log, ">>", shift or die "log: $!";
		$log->autoflush(1);
		while (defined $s->recv(my $line, 8192)) {
			print $log "$line\n";
		}' "$1"
	rig_wait '[ -S /dev/log ]' 10
}

rig_web()		# nginx on port 443, with the files of HOST in web/HOST
{
	# web.pem and web.key are its certificate and key; what is in nginx.d
	# is read too.  Called again it reads all anew.
	[ -e "$RIG/nginx.conf" ] || rig_web_conf >"$RIG/nginx.conf"
	mkdir -p "$RIG/nginx.d" "$RIG/web"
	rig_stop web
	rig_start web nginx -c "$RIG/nginx.conf"
	rig_wait 'rig_listens 443' 10
}

rig_web_conf()
{
	cat <<-EOF
		daemon off;
		master_process off;
		user root;
		pid $RIG/nginx.pid;
		error_log stderr;
		events { }
		http {
			log_format hosts "\$host \$status";
			access_log $RIG/web.log hosts;
			types { text/plain txt; text/html html; }
			client_body_temp_path $RIG/tmp;
			proxy_temp_path $RIG/tmp;
			fastcgi_temp_path $RIG/tmp;
			uwsgi_temp_path $RIG/tmp;
			scgi_temp_path $RIG/tmp;
			server {
				listen 127.0.0.1:443 ssl;
				ssl_certificate $RIG/web.pem;
				ssl_certificate_key $RIG/web.key;
				root $RIG/web/\$host;
				include $RIG/nginx.d/*;
			}
		}
	EOF
}

# rig_sts DOMAIN MODE MX [MAX_AGE] - its MTA-STS policy, as rig_web tells it
rig_sts()
{
	mkdir -p "$RIG/web/mta-sts.$1/.well-known"
	printf 'version: STSv1\r\nmode: %s\r\nmx: %s\r\nmax_age: %s\r\n' \
	    "$2" "$3" "${4:-86400}" \
	    >"$RIG/web/mta-sts.$1/.well-known/mta-sts.txt"
}

# rig_silent NAME ADDRESS PORT - somebody there swallows all that comes, as a
# filter or a dead route does: who connects never hears anything at all.  A
# listener whose queue is full drops every further SYN.
rig_silent()
{
	rm -f "$RIG/err/$1.out"
	rig_start "$1" perl tests/helpers/silent.pl "$2" "$3"
	rig_wait "grep -q silent $RIG/err/$1.out 2>/dev/null" 10
}

# rig_dkim DOMAIN [NAME [CANONICALIZATION]] - opendkim, a milter that signs the
# domain's mail; NAME, default dkim, is that of its socket and its selector
rig_dkim()
{
	rig_name=${2:-dkim}
	opendkim-genkey -b 1024 -d "$1" -s "$rig_name" -D "$RIG"
	echo 0.0.0.0/0 >"$RIG/everyone"
	cat >"$RIG/$rig_name.conf" <<-EOF
		Mode s
		Domain $1
		Selector $rig_name
		KeyFile $RIG/$rig_name.private
		RequireSafeKeys no
		Canonicalization ${3:-simple/simple}
		InternalHosts $RIG/everyone
		MaximumHeaders 0
		Syslog no
		UMask 000
	EOF
	printf '%s\n' "Mode v" "TestPublicKeys $RIG/keys" "Syslog no" \
	    >"$RIG/verify.conf"
	echo "$rig_name._domainkey.$1 $(rig_dkim_key "$rig_name")" \
	    >>"$RIG/keys"
	rig_start "$rig_name" opendkim -f -x "$RIG/$rig_name.conf" \
	    -p "local:$RIG/$rig_name.sock"
	rig_wait "[ -S $RIG/$rig_name.sock ]" 10
}

rig_dkim_key()		# NAME: what DNS says of that selector, as one text
{
	tr -d '\n' <"$RIG/$1.txt" | sed 's/"[ \t]*"//g; s/.*( "//; s/".*//'
}

rig_verified()		# FILE: "succeeded" or "failed", by its signature
{
	opendkim -x "$RIG/verify.conf" -t "$1" 2>&1 |
		sed -n 's/.*: verification .* \(succeeded\|failed\).*/\1/p'
}

rig_postfix()		# [NAME=VALUE...]: a whole Postfix, for main.cf
{
	smtp_port=${smtp_port:-$(rig_port)}
	mkdir -p "$RIG/queue" "$RIG/data"
	chown postfix "$RIG/data"
	cat >"$MAIL_CONFIG/main.cf" <<-EOF
		compatibility_level = 3.6
		queue_directory = $RIG/queue
		data_directory = $RIG/data
		maillog_file = $RIG/maillog
		maillog_file_prefixes = $RIG
		myhostname = gateway.example
		mydestination =
		default_transport = discard
		alias_maps =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		local_header_rewrite_clients =
		smtpd_peername_lookup = no
		smtpd_authorized_xclient_hosts = 127.0.0.0/8
		smtpd_client_connection_count_limit = 0
		smtpd_error_sleep_time = 0
		smtpd_milters = { unix:$RIG/milter.sock, default_action=accept }
		default_process_limit = 200
		in_flow_delay = 0
		message_size_limit = 104857600
		virtual_mailbox_limit = 0
		virtual_mailbox_domains = corp.example other.example
		virtual_mailbox_base = $RIG/mail
		virtual_mailbox_maps = regexp:$MAIL_CONFIG/mailboxes
		virtual_uid_maps = static:65534
		virtual_gid_maps = static:65534
	EOF
	for user in $rig_users; do
		echo "/^$user@/ $user/"
	done >"$MAIL_CONFIG/mailboxes"
	echo '/./ everyone/' >>"$MAIL_CONFIG/mailboxes"
	rig_master >"$MAIL_CONFIG/master.cf"
	[ $# -eq 0 ] || postconf -e "$@"
	rig_cool
	rm -f "$RIG/queue/pid/master.pid"
	postfix start >"$RIG/err/postfix" 2>&1 &&
		rig_wait "[ -s $RIG/queue/pid/master.pid ]" 10 || return 1
	tr -d ' ' <"$RIG/queue/pid/master.pid" >"$RIG/pid/postfix"
	rig_wait "rig_listens $smtp_port" 10
}

# rig_postfix_anew - after a change of main.cf or master.cf: it is in force when
# this returns, since none of the old smtpd is left that could take one more
# connection
rig_postfix_anew()
{
	rig_old=$(pgrep -x smtpd)
	rig_cool
	postfix reload 2>>"$RIG/err/postfix"
	for pid in $rig_old; do
		rig_wait "! rig_running $pid" 10
	done
}

rig_master()		# print master.cf; RIG_MASTER holds further lines
{
	cat <<-EOF
		127.0.0.1:$smtp_port inet n - n - - smtpd
		cleanup   unix n - n - 0   cleanup
		qmgr      unix n - n 300 1 qmgr
		rewrite   unix - - n - -   trivial-rewrite
		bounce    unix - - n - 0   bounce
		defer     unix - - n - 0   bounce
		trace     unix - - n - 0   bounce
		proxymap  unix - - n - -   proxymap
		tlsmgr    unix - - n - 1   tlsmgr
		smtp      unix - - n - -   smtp
		lmtp      unix - - n - -   lmtp
		showq     unix n - n - -   showq
		error     unix - - n - -   error
		retry     unix - - n - -   error
		discard   unix - - n - -   discard
		virtual   unix - n n - -   virtual
		anvil     unix - - n - 1   anvil
		scache    unix - - n - 1   scache
		postlog   unix-dgram n - n - 1 postlogd
		${RIG_MASTER:-}
	EOF
}

# rig_dovecot MECHANISM... - Dovecot's logins for Postfix, with the users of
# dovecot/users ("user:{PLAIN}password"): smtpd_sasl_path is dovecot/auth.
# Called again it begins anew
rig_dovecot()
{
	mkdir -p "$RIG/dovecot"
	cat >"$RIG/dovecot/conf" <<-EOF
		protocols =
		ssl = no
		base_dir = $RIG/dovecot/run
		state_dir = $RIG/dovecot/state
		log_path = $RIG/err/dovecot.log
		auth_mechanisms = $*
		auth_failure_delay = 0
		passdb {
		  driver = passwd-file
		  args = username_format=%u $RIG/dovecot/users
		}
		userdb {
		  driver = static
		  args = uid=65534 gid=65534 home=/
		}
		service auth {
		  unix_listener $RIG/dovecot/auth {
		    mode = 0666
		  }
		}
		service stats {
		  unix_listener stats-writer {
		    mode = 0666
		  }
		}
	EOF
	rig_stop dovecot
	rig_start dovecot dovecot -F -c "$RIG/dovecot/conf"
	rig_wait '[ -S "$RIG/dovecot/auth" ]' 10
}

rig_exim()		# [LINE...]: Exim, with these lines in its configuration
{
	# Its queue runs when rig_exim_run is called; all goes to the mailbox
	# "exim", but for nobody@, and for what is to be refused.  Only in name
	# spaces of our own, for it is given an /etc/passwd.
	[ -n "$RIG_ALONE" ] || return 1
	exim_port=${exim_port:-$(rig_port)}
	mkdir -p "$RIG/exim"
	install -d -o nobody "$RIG/exim/spool" "$RIG/exim/log" "$RIG/mail/exim"
	# The one user whom its binary knows by name.
	for file in passwd group; do
		! grep -q ^Debian-exim "/etc/$file" || continue
		cp "/etc/$file" "$RIG/exim/$file"
		echo "Debian-exim:x:65534:65534:::" >>"$RIG/exim/$file"
		mount --bind "$RIG/exim/$file" "/etc/$file" || return 1
		rm "$RIG/exim/$file"
	done
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$RIG/exim/conf"
	cat >>"$RIG/exim/conf" <<-EOF
		primary_hostname = mx.intake.example
		exim_user = nobody
		exim_group = nogroup
		never_users =
		spool_directory = $RIG/exim/spool
		log_file_path = $RIG/exim/log/%s
		local_interfaces = 127.0.0.1
		host_lookup =
		rfc1413_hosts =
		keep_environment =
		queue_only
		smtp_accept_max_nonmail = 10
		message_size_limit = 100M
		tls_advertise_hosts = *
		tls_certificate = $RIG/cert.pem
		tls_privatekey = $RIG/cert.key
		acl_smtp_rcpt = rcpt
		acl_smtp_data = data
		begin acl
		rcpt:
		  deny local_parts = nobody
		  accept
		data:
		  deny condition = \${if match{\$h_subject:}{refuse}}
		  accept
		begin routers
		all:
		  driver = accept
		  transport = file
		begin transports
		file:
		  driver = appendfile
		  user = nobody
		  group = nogroup
		  directory = $RIG/mail/exim
		  maildir_format
	EOF
	rig_start exim env LD_LIBRARY_PATH="$(rig_exim_libraries)" \
	    build/exim/usr/sbin/exim4 -C "$RIG/exim/conf" -bdf \
	    -oX "$exim_port" -oP "$RIG/exim/pid"
	rig_wait "rig_listens $exim_port" 10
}

rig_exim_libraries()
{
	dirname "$rig_top"/build/exim/usr/lib/*/libidn.so.12
}

rig_exim_run()		# deliver what it has taken
{
	LD_LIBRARY_PATH=$(rig_exim_libraries) build/exim/usr/sbin/exim4 \
	    -C "$RIG/exim/conf" -qff
}

rig_listens()		# PORT
{
	[ -n "$(ss -Hltn "sport = :$1")" ]
}
