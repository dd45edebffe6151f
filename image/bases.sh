#!/usr/bin/env bash
# Two base images made of this machine's Node, for building and testing where no registry is reached:
#   oasgen-local-node    what runs: node, its libraries, certificates, /etc/passwd – no shell (the shape of distroless)
#   oasgen-local-build   what builds: the same with npm, sh and env
# Needs buildah and root or a user namespace.
set -euo pipefail

# Copies files with the libraries that they are linked with, at the places where they are here.
put() {
  local root="$1"; shift
  local file
  for file in "$@"; do
    install -D -m 0755 "$(readlink -f "$file")" "$root$file"
    { ldd "$file" 2> /dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
      [ -e "$root$library" ] || install -D -m 0755 "$(readlink -f "$library")" "$root$library"
    done
  done
}

skeleton() {
  local root="$1"
  mkdir -p "$root"/{etc/ssl/certs,tmp,proc,dev,sys,home/nonroot,nodejs/bin,usr/bin,usr/local/bin,bin}
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' > "$root/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' > "$root/etc/group"
  printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
  [ -e /etc/ssl/certs/ca-certificates.crt ] && cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  put "$root" "$(command -v node)"
  mv "$root$(command -v node)" "$root/nodejs/bin/node"
}

commit() {
  local container="$1" name="$2"
  buildah config --env PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin "$container"
  buildah commit --quiet --timestamp 0 --rm "$container" "$name"
}

node_base() {
  local container root
  container=$(buildah from scratch)
  root=$(buildah mount "$container")
  skeleton "$root"
  commit "$container" localhost/oasgen-local-node
}

build_base() {
  local container root npm
  container=$(buildah from scratch)
  root=$(buildah mount "$container")
  skeleton "$root"
  put "$root" /bin/sh /usr/bin/env
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$root/usr/lib/node_modules"
  cp -r "$npm" "$root/usr/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
  # Registries are reached with the authorities that this machine trusts.
  buildah config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
  commit "$container" localhost/oasgen-local-build
}

node_base
build_base
