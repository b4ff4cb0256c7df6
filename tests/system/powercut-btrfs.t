#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# powercut-btrfs - the power of a disk with btrfs fails, at any of hundreds of
# moments
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/powercut.sh

cut_up powercut-btrfs btrfs 128M
cut_record
cut_replay 200 10
cut_well
done_testing
