#!/bin/sh
# Writes a key through one member of an etcd cluster, reads it back through
# every member, takes it away again, and compares what the members hold.
# Where and as whom is in etcdctl's own environment: ETCDCTL_ENDPOINTS,
# ETCDCTL_CACERT, ETCDCTL_USER, ETCDCTL_PASSWORD.
set -eu

all=$ETCDCTL_ENDPOINTS
key=/ops/canary
value="written-$(date -u +%Y%m%dT%H%M%SZ)-$$"

etcdctl put "$key" "$value" >/dev/null
trap 'ETCDCTL_ENDPOINTS=$all etcdctl del "$key" >/dev/null' EXIT

members=0
for endpoint in $(printf '%s' "$all" | tr ',' ' '); do
	# A flag beside the variable is refused by etcdctl, so the variable changes.
	read=$(ETCDCTL_ENDPOINTS=$endpoint etcdctl get --print-value-only "$key")
	if [ "$read" != "$value" ]; then
		echo "$endpoint does not have the key: $read"
		exit 1
	fi
	members=$((members + 1))
done
echo "$members members have the key"

hashes=$(etcdctl endpoint hashkv --write-out=json | jq -r '.[].HashKV.hash' | sort -u | wc -l)
if [ "$hashes" -ne 1 ]; then
	echo "the members differ: $hashes hashes"
	exit 1
fi
echo "all members hold the same"
