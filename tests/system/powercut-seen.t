#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# powercut-seen - the other tests of power cuts do see a copy that is lost: with
# spool_sync = no there are some
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/powercut.sh

cut_up powercut-seen ext4 64M
cut_milter_only=yes
cut_messages=150
cut_record "spool_sync = no"
cut_replay 30
ok "without fsync promised copies are missing" [ "$(cut_sight missing)" -gt 0 ]
done_testing
