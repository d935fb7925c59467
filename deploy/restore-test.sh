#!/bin/sh
# restore-test BACKUPS SCRATCH: restores the newest backup into a database of its own, and has the doctor examine it.
# The laboratory's database is not touched. Ends with 0 only where all of it went well. The scratch database is a file
# in SCRATCH; backups of PostgreSQL need an empty one of theirs: RESTORE_TEST_DATABASE=postgresql://…/cellbench_restore_test
set -eu
backups=$1
scratch=$2

fail() {
    echo "restore test FAILED: $1" >&2
    exit 1
}

manifest=$(find "$backups" -mindepth 2 -maxdepth 2 -path '*/cellbench-*/manifest.json' | sort | tail -n 1)
[ -n "$manifest" ] || fail "there is no backup in $backups"
[ -z "$(find "$manifest" -mtime +2)" ] || fail "the newest backup is older than two days: $manifest"
backup=${manifest%/manifest.json}

mkdir -p "$scratch"
find "$scratch" -mindepth 1 -delete
lab=$scratch/lab.yaml
cat > "$lab" <<YAML
lab: restore test
database: ${RESTORE_TEST_DATABASE:-sqlite:///restored.db}
instruments: {none: {driver: neware, address: '127.0.0.1:9', time_zone: UTC, channel: {voltage: [-10 V, 10 V], current: 1 A}}}
limits: {voltage: [-10 V, 10 V], current: 1 A}
YAML

echo "restoring $backup"
cellbench restore "$backup" --lab "$lab" --over || fail "$backup cannot be restored"
found=0
cellbench doctor --lab "$lab" || found=$?
# 1: warnings, for instance that nobody drives this copy's instruments
[ "$found" -le 1 ] || fail "the doctor finds the restored database ill"
find "$scratch" -mindepth 1 -delete
echo "restore test passed: $backup"
