#!/bin/sh
# Gets the real parts that tests run on: Debian's PostgreSQL, Prometheus and Alertmanager, and Kafka's jars by Maven.
# What cannot be had is said and left out; its tests are then skipped by name. With CI=true a missing part is an error.
# Usage: install.sh JARS_FOLDER
set -u
# Maven takes a relative folder as relative to the pom.
case $1 in /*) jars=$1 ;; *) jars=$PWD/$1 ;; esac
here=$(dirname "$0")
missing=""

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

packages=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || packages="$packages postgresql"
command -v promtool >/dev/null || packages="$packages prometheus"
command -v amtool >/dev/null || packages="$packages prometheus-alertmanager"
command -v java >/dev/null || packages="$packages openjdk-17-jre-headless"
command -v mvn >/dev/null || packages="$packages maven"
if [ -n "$packages" ]; then
    echo "installing Debian packages:$packages"
    # shellcheck disable=SC2086 # the list is meant to be split
    if command -v apt-get >/dev/null && as_root true 2>/dev/null &&
        as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; then
        :
    else
        missing="$missing$packages"
    fi
fi

if ! ls "$jars"/kafka_2.13-*.jar >/dev/null 2>&1; then
    echo "fetching Kafka's jars"
    # A folder that is only half full must not look like a whole one.
    rm -rf "$jars.part"
    if command -v mvn >/dev/null && mvn -q -B -f "$here/kafka/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$jars.part" && rm -rf "$jars" && mv "$jars.part" "$jars"; then
        :
    else
        missing="$missing kafka-jars"
    fi
fi

if [ -n "$missing" ]; then
    echo "not to be had here, their tests will be skipped:$missing" >&2
    [ "${CI:-}" != "true" ] || exit 1
    # Try again next time.
    exit 3
fi
