#!/usr/bin/env bash
# npm run clients: every client that a README names, really run. Installs what the machine lacks, runs the tests that drive them, and
# prints a table. Takes half an hour, and 2 GB; GOHD_CLIENTS_FOLDER keeps what was installed for the next time.
set -euo pipefail
cd "$(dirname "$0")/../../.."

if [ -n "${GOHD_CLIENTS_FOLDER:-}" ]; then
  mkdir -p "$GOHD_CLIENTS_FOLDER"
  scratch=$(cd "$GOHD_CLIENTS_FOLDER" && pwd)
else
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
fi
# shellcheck source=install.sh
source test/clients/all/install.sh
install_system_clients
install_java_clients
install_perfetto
install_node_clients
install_python_clients
install_rust_clients

npm run --silent build
export GOHD_TEST_GOHD=$PWD/dist/src/cli/main.js
# One file at a time: browsers, Java and a cluster beside each other would wait for one another.
npx vitest run --no-file-parallelism --testTimeout 300000 --hookTimeout 300000 --reporter=default --reporter=./test/clients/all/table.ts \
  test/clients test/browser test/papers/shell.test.ts test/converters/dot test/converters/parquet "$@"
