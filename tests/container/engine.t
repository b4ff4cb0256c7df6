#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# engine - the image is built, and containers of it do their work: with buildah
# and podman, as "make check-container" runs it before a release
#
# It needs Debian's packages buildah, podman and crun, and mmdebstrap where BASE,
# an image to build on, is not set; and a Debian mirror.  Images are kept in
# build-containers; IMAGE, one that is there, is run as it is.  Nothing of it is needed by make check, whose
# tests/system/container.t does the same without an engine.
BASE=${BASE:-}
export BASE
store=$(cd "$(dirname "$0")/../.." && pwd)/build-containers
engine="--root $store/root --runroot $store/run --storage-driver vfs"
for program in buildah podman crun $([ -n "$BASE" ] || echo mmdebstrap); do
	command -v "$program" >/dev/null && continue
	echo "1..0 # SKIP no $program"
	exit 0
done
if [ -z "${RIG_ALONE+set}${IMAGE:-}" ]; then
	# The mirror is not to be reached from inside.
	cd "$(dirname "$0")/../.." || exit 1
	mkdir -p "$store"
	if [ -z "$BASE" ]; then
		BASE=localhost/debian:12-slim
		[ -e "$store/base.tar" ] || mmdebstrap --quiet --mode=root \
		    --variant=minbase bookworm "$store/base.tar" || exit 1
		printf 'FROM scratch\nADD base.tar /\n' >"$store/Containerfile"
		# shellcheck disable=SC2086
		buildah $engine build --quiet --isolation chroot -t "$BASE" \
		    -f "$store/Containerfile" "$store" >/dev/null || exit 1
	fi
	# shellcheck disable=SC2086
	buildah $engine build --isolation chroot --format docker --layers \
	    --build-arg BASE="$BASE" -t localhost/tdc:test \
	    -f contrib/container/Containerfile . >"$store/build.log" 2>&1 || {
		tail -n 20 "$store/build.log"
		exit 1
	}
	cd - >/dev/null || exit 1
fi
IMAGE=${IMAGE:-localhost/tdc:test}
export IMAGE
. "$(dirname "$0")/../rig/rig.sh"

rig_up engine
[ -n "$RIG_ALONE" ] || exit 1
# crun wants to see one version of cgroups or none, and there is no systemd.
mount -t tmpfs tdc-cgroup /sys/fs/cgroup
engine="$engine --cgroup-manager cgroupfs --events-backend file --runtime crun"
rig_ca
rig_dns
rig_intake intake
mkdir "$RIG/tdc"
cp "$RIG/ca.pem" "$RIG/tdc"
sed -e 's/^#intake_address = .*/intake_address = journal@intake.example/' \
    -e 's/^default_policy = .*/default_policy = DEFAULT/' \
    contrib/container/tdc.cf >"$RIG/tdc/tdc.cf"
cat >>"$RIG/tdc/tdc.cf" <<-EOT
	internal_networks =
	helo_name = gateway.example
	min_free_space = 0
	dns_servers = 127.0.0.1@$dns_port
	tls_ca_file = /etc/tdc/ca.pem
	intake_route = [mx.intake.example]:$intake_port
EOT

pod()			# ARGUMENT...
{
	# shellcheck disable=SC2086
	podman $engine "$@" 2>>"$RIG/err/podman"
}

# begin PROGRAM - as compose.yaml has it, but for the network
begin()
{
	pod run -d --name "$1" --replace --network=host --cgroups=disabled \
	    --no-healthcheck --read-only --read-only-tmpfs=false \
	    --cap-drop=all --security-opt=no-new-privileges \
	    -v "$RIG/tdc:/etc/tdc:ro" -v tdc-test-spool:/var/spool/tdc \
	    -v tdc-test-history:/var/lib/tdc "$IMAGE" "$1" -f \
	    >/dev/null &&
		rig_wait "pod logs $1 | grep -q 'TDC: $1 .* started\$'" 20
}

tdcctl()
{
	pod exec tdc-milter tdcctl "$@"
}

pod volume rm -f tdc-test-spool tdc-test-history >/dev/null
rig_postfix "smtpd_milters = { inet:127.0.0.1:8890, default_action=accept }"
ok "tdc-milter starts" begin tdc-milter || cat "$RIG/err/podman"
ok "tdc-forwarder starts" begin tdc-forwarder
is "$(pod exec tdc-milter id -u)" 10025 "as the numeric user"
is "$(pod exec tdc-milter sed -n 's/^Cap\(Eff\|Prm\|Bnd\):	0*$/\1/p' \
    /proc/1/status | xargs)" "Prm Eff Bnd" "without a capability"
ok "and its root cannot be written" eval '! pod exec tdc-milter touch /tmp/x'
is "$(pod exec tdc-milter stat -c '%a %U' /var/spool/tdc)" "700 tdc" \
    "a new volume is the user's, and nobody else's"
for program in tdc-milter tdc-forwarder tdc-remediator tdcctl; do
	like "$(pod exec tdc-milter $program -V)" "^$program [0-9]" \
	    "$program has all its libraries"
done
like "$(pod exec tdc-milter tdc-healthy)" '^TDC OK' "both are healthy"
like "$(tdcctl check)" '^/etc/tdc/tdc.cf: OK' "and the configuration is good"
ok "a message is taken" rig_send sender@client.example user@corp.example
ok "its copy arrives" rig_wait '[ "$(rig_count intake)" = 1 ]' 20
ok "it is in the history" rig_wait \
    'tdcctl history | grep -q user@corp.example' 10 || diag "$(tdcctl history)"
pod kill -s HUP tdc-milter >/dev/null
ok "SIGHUP is a reload" rig_wait \
    'pod logs tdc-milter | grep -q "TDC: configuration reloaded$"' 10
pod stop -t 20 tdc-forwarder >/dev/null
like "$(pod logs tdc-forwarder | tail -n 1)" 'stopped$' "a stop is in order"
ok "that is not healthy" eval '! pod exec tdc-milter tdc-healthy >/dev/null'
ok "a message is taken" rig_send sender@client.example user@corp.example
ok "a new container takes over" begin tdc-forwarder
ok "and sends its copy" rig_wait '[ "$(rig_count intake)" = 2 ]' 20
pod rm -f -t 20 tdc-milter tdc-forwarder >/dev/null
pod volume rm -f tdc-test-spool tdc-test-history >/dev/null
echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]
