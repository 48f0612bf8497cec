#!/bin/sh
# Builds the Containerfile where no registry can be reached: on a root file system with Python, as a tar.
#   mmdebstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm root.tar
#   ci/container/build-from-root.sh root.tar [options of buildah build, such as --network host or -v]
# Needs buildah, and root for the chroot. STORAGE names where images go (default: build/containers).
set -eu
if [ ! -f "${1:-}" ]; then
    echo "${0##*/}: name the tar of a root file system first; mmdebstrap makes one (see the first lines of this script)." >&2
    exit 64
fi
if ! command -v buildah > /dev/null; then
    echo "${0##*/}: buildah is missing; install it, or build the Containerfile with podman or docker." >&2
    exit 64
fi
root=$1
shift
storage=${STORAGE:-build/containers}
base=docker.io/library/python:3.13-slim

image() { buildah --storage-driver vfs --root "$storage/root" --runroot "$storage/run" "$@"; }

mkdir -p "$storage"
fresh=$(image from scratch)
place=$(image mount "$fresh")
tar -C "$place" -xf "$root"
# A distribution calls it python3 only.
[ -e "$place/usr/bin/python" ] || ln -s python3 "$place/usr/bin/python"
image umount "$fresh" > /dev/null
image commit --quiet "$fresh" "$base" > /dev/null
image rm "$fresh" > /dev/null
image build --pull=never --isolation chroot --tag osia-conformance "$@" .
