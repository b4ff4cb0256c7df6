#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# powercut - the power of a disk with ext4 fails, at any of hundreds of
# moments
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/powercut.sh

cut_up powercut ext4 64M
cut_record
cut_replay 200 10
cut_well
done_testing
