#!/bin/sh
# Writes the lock files: exact versions with hashes for every platform, and no host named.
# Usage: lock.sh UV
set -eu
uv=$1

lock() {
    output=$1
    shift
    "$uv" pip compile pyproject.toml "$@" --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header --output-file "$output.part"
    {
        echo "# Made by \`make lock\`; do not edit."
        cat "$output.part"
    } >"$output"
    rm "$output.part"
}

lock requirements.lock --group build
lock requirements-dev.lock --group build --group dev --constraint requirements.lock
