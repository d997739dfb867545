#!/usr/bin/env bash
# Remakes the sample dumps: builds each program of programs/ with the Go versions and architectures of the matrix below, runs
# it, checks and compresses what it wrote into dumps/, and renews the executables that are kept in executables/ and the
# provenance table of README.md. See --help.
set -euo pipefail

samples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
toolchains=${XDG_CACHE_HOME:-$HOME/.cache}/gohd-go
only='*'
executables=
fetch=no
run=yes

# program, Go version, GOARCH, compression, and `stripped` where the linker leaves out symbols and DWARF. Some programs give two
# dumps, NAME-before and NAME-after; see pairs_of.
matrix='
dominators 1.15 amd64 gz
dominators 1.19 amd64 zst
dominators 1.21 amd64 zst
dominators 1.22 amd64 zst
dominators 1.23 amd64 zst
dominators 1.24 amd64 zst
dominators 1.25 amd64 zst
dominators 1.26 amd64 zst
dominators 1.27 amd64 zst
dominators 1.22 386   zst
dominators 1.22 s390x zst
dominators 1.27 386   zst
dominators 1.27 arm64 zst
dominators 1.27 s390x zst
dominators 1.27 mips  zst
sessions   1.15 amd64 zst
sessions   1.22 amd64 zst
sessions   1.24 amd64 zst
sessions   1.27 amd64 zst
workers    1.15 amd64 zst
workers    1.22 amd64 zst
workers    1.24 amd64 zst
workers    1.27 amd64 zst
queue      1.15 amd64 gz
queue      1.22 amd64 zst
queue      1.24 amd64 zst
queue      1.27 amd64 zst
healthy    1.27 amd64 zst
waits      1.22 amd64 zst
waits      1.27 amd64 zst
cache      1.19 amd64 zst stripped
cache      1.27 amd64 zst stripped
senders    1.19 amd64 zst stripped
senders    1.24 amd64 zst stripped
timers     1.19 amd64 zst stripped
timers     1.24 amd64 zst stripped
freelist   1.19 amd64 zst
freelist   1.27 amd64 zst stripped
contexts   1.19 amd64 zst stripped
contexts   1.24 amd64 zst stripped
undo       1.19 amd64 zst
undo       1.24 amd64 zst stripped
titles     1.19 amd64 zst stripped
titles     1.24 amd64 zst stripped
lru        1.24 amd64 zst stripped
lru        1.27 amd64 zst
trie       1.24 amd64 zst stripped
trie       1.27 amd64 zst
backlog    1.19 386   zst
backlog    1.27 amd64 zst stripped
fetchers   1.22 amd64 zst
fetchers   1.27 amd64 zst stripped
interned   1.19 amd64 zst stripped
interned   1.27 amd64 zst
handover   1.24 amd64 zst
steady     1.22 amd64 zst stripped
steady     1.27 amd64 zst
'

# How the programs that give two dumps do it: one process writes both, or two processes write one each, given the file and a
# number, which is that of what there is to be in it, or to have been.
pairs_of() {
  case $1 in
    sessions | backlog | handover) echo one-process ;;
    fetchers) echo 20 80 ;;
    interned) echo 300 1500 ;;
    steady) echo 3 60 ;;
  esac
}

# The Debian suite that carries each Go version.
declare -A suite_of=(
  [1.15]=bullseye [1.19]=bookworm [1.21]=bookworm-backports [1.22]=bookworm-backports [1.23]=bookworm-backports
  [1.24]=trixie [1.25]=trixie-backports [1.26]=sid [1.27]=sid
)

usage() {
  cat <<'TEXT'
usage: make.sh [options]
  --toolchains DIR   where the Go toolchains are or go, each as DIR/usr/lib/go-VERSION (default: gohd-go in the user's cache)
  --fetch            take missing toolchains from Debian's package archive (needs apt-get, dpkg-deb, and the keyring of Debian;
                     DEBIAN_MIRROR names the archive, by default the one that apt is set up with)
  --only PATTERN     only the lines of the matrix whose PROGRAM.VERSION.GOARCH matches this shell pattern, e.g. '*.1.27.*'
  --executables DIR  also keep the executables, compressed, in DIR
  --build-only       with --executables: build without running; dumps and table stay as they are, and each executable is
                     compared with the one that made the dump in the table
Needs zstd, unshare (util-linux) with user namespaces or root, and qemu-user-static for the architectures that the machine
itself cannot run.
TEXT
}

fail() { echo "make.sh: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --toolchains) toolchains=${2:?--toolchains needs a directory}; shift ;;
    --fetch) fetch=yes ;;
    --only) only=${2:?--only needs a pattern}; shift ;;
    --executables) executables=${2:?--executables needs a directory}; shift ;;
    --build-only) run=no ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ "$run" = yes ] || [ -n "$executables" ] || fail "--build-only has nothing to do without --executables"
for tool in zstd unshare; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done

mkdir -p "$toolchains" "$samples/dumps" "$samples/truths"
toolchains=$(cd "$toolchains" && pwd)
if [ -n "$executables" ]; then
  mkdir -p "$executables"
  executables=$(cd "$executables" && pwd)
fi
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
rows=$work/rows
: >"$rows"

# An apt of its own: its lists and cache are in the toolchains' directory, so the machine's own set-up is read, not changed.
private_apt() {
  apt-get -qq -o Dir::Etc::SourceList="$toolchains/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$toolchains/apt/lists" -o Dir::Cache="$toolchains/apt/cache" -o APT::Sandbox::User= \
    -o APT::Architecture=amd64 -o APT::Architectures=amd64 "$@"
}

configured_mirror() {
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' | awk '$1 == "Debian" && $2 == "Debian" && !uri { uri = $3 } END { print uri }'
}

fetch_toolchain() {
  local version=$1 suite=${suite_of[$1]} package mirror
  mirror=${DEBIAN_MIRROR:-$(configured_mirror)}
  [ -n "$mirror" ] || fail "apt knows no archive of Debian: set DEBIAN_MIRROR"
  echo "fetching Go $version from $suite"
  mkdir -p "$toolchains/apt/lists/partial" "$toolchains/apt/cache/archives/partial" "$work/packages"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$toolchains/apt/sources.list"
  private_apt update
  (cd "$work/packages" && private_apt download "golang-$version-go" "golang-$version-src")
  for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$toolchains"
    rm "$package"
  done
}

# The environment of the caller must not change what is built: only what is said here reaches the go command.
go_command() {
  local version=$1 architecture=$2 flags=
  shift 2
  # Go 1.18 began to stamp executables with the state of the repository around them.
  [ "${version#1.}" -lt 18 ] || flags=-buildvcs=false
  env -i PATH="$PATH" HOME="$work" GOROOT="$toolchains/usr/lib/go-$version" GOCACHE="$work/cache" GOPATH="$work/gopath" \
    GOTOOLCHAIN=local GOPROXY=off GO111MODULE=on GOFLAGS="$flags" CGO_ENABLED=0 GOOS=linux GOARCH="$architecture" \
    "$toolchains/usr/lib/go-$version/bin/go" "$@"
}

# Builds in a module whose go line is the toolchain's own version, so that no GODEBUG setting of an older Go is compiled in.
build() {
  local program=$1 version=$2 architecture=$3 stripped=$4 output=$5 linking=
  [ "$stripped" != stripped ] || linking='-s -w'
  rm -rf "$work/source"
  mkdir -p "$work/source"
  cp "$samples/programs/$program/main.go" "$work/source/"
  # What programs have in common.
  if grep -q '\b\(tell\|tellHeld\|heapInUse\)(' "$work/source/main.go"; then cp "$samples/programs/truth.go" "$work/source/"; fi
  if grep -q '\btellHeld(' "$work/source/main.go"; then cp "$samples/programs/growth.go" "$work/source/"; fi
  printf 'module example.org/gohd/samples/%s\n\ngo %s\n' "$program" "$version" >"$work/source/go.mod"
  (cd "$work/source" && go_command "$version" "$architecture" build -trimpath -ldflags "$linking" -o "$output" .)
}

emulator_of() {
  local name=$1 machine
  machine=$(uname -m)
  case $1:$machine in
    amd64:x86_64 | 386:x86_64 | 386:i?86 | arm64:aarch64 | "$machine:$machine") return ;;
    amd64:*) name=x86_64 ;;
    386:*) name=i386 ;;
    arm64:*) name=aarch64 ;;
  esac
  command -v "qemu-$name-static" || fail "qemu-$name-static is not installed"
}

# Only the header and the EOF record's zero byte: a run that was cut short has the first, hardly ever the second.
check_dump() {
  local dump=$1
  [ "$(head -c 16 "$dump")" = 'go1.7 heap dump' ] || fail "$dump has no dump header"
  [ "$(tail -c 1 "$dump" | od -An -tx1 | tr -d ' ')" = 00 ] || fail "$dump does not end with an EOF record"
  if grep -qaF -e "$work" -e "$samples" "$dump"; then fail "$dump names directories of this machine"; fi
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

compress() {
  case $2 in
    gz) gzip -9 --no-name --stdout "$1" >"$3" ;;
    zst) zstd -q -f -19 "$1" -o "$3" ;;
  esac
}

# What was told about each dump, in their order, becomes its truth; whatever else was said is shown.
keep_truths() {
  local label=$1
  shift
  if ! grep -q ^cause "$work/told"; then
    cat "$work/told" >&2
    return
  fi
  awk -v folder="$samples/truths" -v label="$label" -v names="$*" '
    BEGIN { split(names, name, " ") }
    /^cause / { file = folder "/" name[++told] "." label ".truth" }
    file != "" { print >file }
  ' "$work/told"
}

make_dumps() {
  local program=$1 version=$2 architecture=$3 compression=$4 stripped=$5 executable=$6 names name file emulator exact command pair flags=-trimpath
  [ "$stripped" != stripped ] || flags='-trimpath -ldflags="-s -w"'
  read -r -a pair <<<"$(pairs_of "$program")"
  names=("$program")
  [ "${#pair[@]}" = 0 ] || names=("$program-before" "$program-after")
  emulator=$(emulator_of "$architecture")
  exact=$(go_command "$version" "$architecture" version | cut -d ' ' -f 3)
  rm -rf "$work/run"
  mkdir "$work/run"
  cp "$executable" "$work/run/$program"
  command=("/$program")
  if [ -n "$emulator" ]; then
    cp "$emulator" "$work/run/emulator"
    command=(/emulator "/$program")
  fi
  # The heap holds copies of the environment, and in early versions of Go of the executable's path: the process gets an empty
  # environment and a root directory with nothing but itself, so that no dump tells of the machine it was made on.
  run_sample() { env -i "$(command -v unshare)" --map-root-user --root="$work/run" --wd=/ "${command[@]}" "$@"; }
  if [ "${#pair[@]}" = 2 ]; then
    run_sample "${names[0]}.dump" "${pair[0]}" 2>"$work/told"
    run_sample "${names[1]}.dump" "${pair[1]}" 2>>"$work/told"
  else
    run_sample "${names[@]/%/.dump}" 2>"$work/told"
  fi
  keep_truths "$version.$architecture" "${names[@]}"
  for name in "${names[@]}"; do
    check_dump "$work/run/$name.dump"
    file=$name.$version.$architecture.dump.$compression
    compress "$work/run/$name.dump" "$compression" "$samples/dumps/$file"
    printf '| `%s` | %s | %s | %s | `%s` | %s | %s | `%s` | `%s` |\n' "$file" "$program" "${exact#go}" "$architecture" "$flags" \
      "$(stat -c %s "$work/run/$name.dump")" "$(stat -c %s "$samples/dumps/$file")" "$(sha256_of "$samples/dumps/$file")" \
      "$(sha256_of "$executable")" >>"$rows"
  done
}

# Replaces the rows of the dumps made now, keeps those of the others, drops those whose dump is gone.
write_table() {
  local readme=$samples/README.md line file
  while IFS= read -r line; do
    file=$(cut -d '`' -f 2 <<<"$line")
    if [ -e "$samples/dumps/$file" ] && ! grep -qF "| \`$file\` |" "$rows"; then echo "$line" >>"$rows"; fi
  done < <(grep -E '^\| `[a-z-]+\.1\.' "$readme")
  LC_ALL=C sort -V -o "$rows" "$rows"
  awk -v rows="$rows" '
    /^\| `[a-z-]+\.1\./ { next }
    { print }
    /^\| dump \| program / { header = 1 }
    /^\| --- / && header { while ((getline row < rows) > 0) print row; header = 0 }
  ' "$readme" >"$work/readme"
  cat "$work/readme" >"$readme"
}

made=0
while read -r program version architecture compression stripped; do
  label=$program.$version.$architecture
  # shellcheck disable=SC2254 # the pattern is meant to be one
  case $label in $only) ;; *) continue ;; esac
  if [ ! -x "$toolchains/usr/lib/go-$version/bin/go" ]; then
    [ "$fetch" = yes ] || fail "Go $version is not in $toolchains: try --fetch, or --toolchains DIR"
    fetch_toolchain "$version"
  fi
  echo "$label"
  build "$program" "$version" "$architecture" "$stripped" "$work/$label"
  [ "$run" = no ] || make_dumps "$program" "$version" "$architecture" "$compression" "$stripped" "$work/$label" </dev/null
  # An executable is of use only with the dumps that it wrote.
  kept=$samples/executables/$label.exe.zst
  if [ "$run" = yes ] && [ -e "$kept" ]; then zstd -q -f -19 "$work/$label" -o "$kept"; fi
  if [ -n "$executables" ]; then
    zstd -q -f -19 "$work/$label" -o "$executables/$label.exe.zst"
    if [ "$run" = no ] && ! grep -F ".$version.$architecture.dump." "$samples/README.md" | grep -qF "$(sha256_of "$work/$label")"; then
      echo "make.sh: $label is not the executable that made the dump in the table" >&2
    fi
  fi
  rm "$work/$label"
  made=$((made + 1))
done < <(grep -v '^$' <<<"$matrix")
[ "$made" -gt 0 ] || fail "nothing in the matrix matches $only"
[ "$run" = no ] || write_table
