#!/bin/sh
# Writes the passwords that docker-compose.yml mounts, once: files that exist are left alone.
# The folder is closed to others; the files in it are readable, since containers read them as other users.
set -eu
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

make() {
    [ -e "$folder/$1" ] || { (umask 077 && printf '%s' "$2" >"$folder/$1") && chmod 444 "$folder/$1"; }
}
random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

for name in postgres_owner_password postgres_writer_password postgres_reader_password grafana_admin_password; do
    make "$name" "$(random)"
done
make reformwatch_owner_database \
    "postgresql+psycopg://reformwatch_owner:$(cat "$folder/postgres_owner_password")@postgres/reformwatch"
make reformwatch_database \
    "postgresql+psycopg://reformwatch_writer:$(cat "$folder/postgres_writer_password")@postgres/reformwatch"
echo "secrets are in $folder"
