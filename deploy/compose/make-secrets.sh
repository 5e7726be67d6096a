#!/bin/sh
# Makes the secrets of docker-compose.cluster.yml in a folder that only its owner may enter: sh deploy/compose/make-secrets.sh [FOLDER]
# It leaves a folder that is there as it is: another key could not open what is stored, and Postgres keeps its first password.
set -eu
folder=${1:-secrets}
if [ -e "$folder" ]; then
  echo "$folder is there already: nothing was changed." >&2
  exit 1
fi
random() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }
umask 077
draft="$folder.new"
rm -rf "$draft"
mkdir "$draft"
database=$(random) queue=$(random) key=$(random | cut -c 1-20) secret=$(random)
put() { cat >"$draft/$1"; }

echo "heddle-key-1 $(head -c 32 /dev/urandom | base64)" | put heddle.key
echo "$database" | put postgres-password
echo "postgres://heddle:$database@postgres:5432/heddle" | put database-url
echo "requirepass $queue" | put valkey.conf
echo "redis://default:$queue@valkey:6379" | put redis-url
echo "s3://$key:$secret@heddle/files?endpoint=http://bucket:8333&region=us-east-1" | put blobs-url
printf '{"identities":[{"name":"heddle","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":["Admin:heddle","Read:heddle","Write:heddle","List:heddle","Tagging:heddle"]}]}\n' \
  "$key" "$secret" | put bucket.json
# Compose hands files to containers as they are, and their users are not this one. The folder keeps other people out.
chmod 0444 "$draft"/*
mv "$draft" "$folder"
echo "Keep a copy of $folder/heddle.key elsewhere: without it nobody can read the stored secrets." >&2
