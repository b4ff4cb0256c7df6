# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# etcd - a cluster of etcd in the private mail world; sourced after rig.sh
#
#	rig_ca; rig_etcd_net
#	rig_etcd 1; rig_etcd 2; rig_etcd 3
#	rig_etcd_users
#	... "$etcd_urls", with $RIG/ca.pem and $RIG/etcd.login ...
#
# Member N listens at 10.9.0.N: 2379 for clients, by TLS, 2380 for the others.

etcd_urls="https://10.9.0.1:2379 https://10.9.0.2:2379 https://10.9.0.3:2379"

rig_etcd_net()		# the addresses, and a certificate for them: etcd.pem
{
	for rig_node in 1 2 3; do
		ip addr add "10.9.0.$rig_node/32" dev lo
	done
	rig_ext="subjectAltName=IP:10.9.0.1,IP:10.9.0.2,IP:10.9.0.3"
	rig_cert etcd etcd.example
}

rig_etcd()		# N [CERT]: member N, or start it again
{
	rig_start "etcd$1" etcd --name "n$1" --data-dir "$RIG/etcd.$1" \
	    --listen-client-urls "https://10.9.0.$1:2379" \
	    --advertise-client-urls "https://10.9.0.$1:2379" \
	    --cert-file "$RIG/${2:-etcd}.pem" --key-file "$RIG/${2:-etcd}.key" \
	    --listen-peer-urls "http://10.9.0.$1:2380" \
	    --initial-advertise-peer-urls "http://10.9.0.$1:2380" \
	    --initial-cluster "n1=http://10.9.0.1:2380,n2=http://10.9.0.2:2380,\
n3=http://10.9.0.3:2380" --initial-cluster-state new --logger zap \
	    --bcrypt-cost 4 --unsafe-no-fsync
	rig_wait "rig_listens 2379" 20
}

etcdctl()		# as root of the cluster
{
	ETCDCTL_API=3 command etcdctl --cacert "$RIG/ca.pem" \
	    --endpoints "$(echo "$etcd_urls" | tr ' ' ,)" \
	    ${etcd_auth:+--user root:rootpw} "$@" 2>>"$RIG/err/etcdctl"
}

rig_etcd_users()	# users, a role for the keys below /tdc/, and etcd.login
{
	rig_wait "etcdctl endpoint health >/dev/null" 30
	{
		etcdctl user add root:rootpw && etcdctl user grant-role root root
		etcdctl user add tdc:Etcd-s3cret && etcdctl role add tdc
		etcdctl role grant-permission tdc --prefix=true readwrite /tdc/
		etcdctl user grant-role tdc tdc
		etcdctl auth enable
	} >/dev/null
	etcd_auth=yes
	printf 'user = tdc\npassword = Etcd-s3cret\n' >"$RIG/etcd.login"
	chmod 600 "$RIG/etcd.login"
}
