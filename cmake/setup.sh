# Sourced by ./demo and ./check: installs missing packages, configures, builds. Free when up to date.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Names in cmake/packages.txt that are not installed.
snnc_missing_packages() {
  sed -e 's/#.*//' -e '/^ *$/d' cmake/packages.txt | while read -r package; do
    case "$package" in
    *MAJOR*)
      local major
      major=$(llvm-config --version 2>/dev/null | cut -d. -f1) || true
      [ -n "$major" ] || continue # known once llvm-dev is there
      package=${package/MAJOR/$major}
      ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

snnc_install_packages() {
  local missing updated=no sudo=
  while missing=$(snnc_missing_packages) && [ -n "$missing" ]; do
    echo "installing" $missing
    if [ "$(id -u)" -ne 0 ]; then
      command -v sudo >/dev/null || {
        echo "error: packages are missing:" $missing >&2
        echo "  help: run as root, or install them and try again" >&2
        exit 2
      }
      sudo=sudo
    fi
    [ $updated = yes ] || $sudo apt-get update -qq
    updated=yes
    $sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends $missing >/dev/null
  done
}

# snnc_build [ninja target ...]
snnc_build() {
  [ -f build/build.ninja ] || cmake --preset release -Wno-dev >build.log 2>&1 || {
    cat build.log >&2
    rm -f build.log
    exit 1
  }
  rm -f build.log
  ninja -C build "$@"
}
