# test: the tests' counterparts, then the whole build with every test. Sourced by ./fettle.

# Package and a program or file that shows it is there.
counterparts="
openssh-server:/usr/sbin/sshd
openssh-client:/usr/bin/ssh
sshpass:/usr/bin/sshpass
sudo:/usr/bin/sudo
openipmi:/usr/bin/ipmi_sim
ipmitool:/usr/bin/ipmitool
freeipmi-tools:/usr/sbin/bmc-info
libopenipmi-dev:/usr/include/OpenIPMI/ipmi_posix.h
libfreeipmi-dev:/usr/include/freeipmi/freeipmi.h
libgcrypt20-dev:/usr/include/gcrypt.h
gcc:/usr/bin/gcc
chromium:/usr/bin/chromium
fonts-noto-cjk:/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
maven:/usr/bin/mvn
xz-utils:/usr/bin/xz
iproute2:/bin/ip
procps:/bin/ps
git:/usr/bin/git
rsync:/usr/bin/rsync
util-linux:/usr/bin/setpriv
e2fsprogs:/sbin/mkfs.ext4
systemd:/lib/systemd/systemd
chrony:/usr/sbin/chronyd
faketime:/usr/bin/faketime
postgresql:/usr/lib/postgresql/*/bin/initdb"

missing_packages() {
  for pair in $counterparts; do
    # shellcheck disable=SC2086
    ls -d ${pair#*:} >/dev/null 2>&1 || printf '%s ' "${pair%%:*}"
  done
}

install_missing() {
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command_for_people="sudo apt-get install -y --no-install-recommends $missing"
  if ! command -v apt-get >/dev/null 2>&1; then
    die "the tests need the programs of these Debian packages: $missing; install their like and run this again."
  fi
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else die "the tests need packages that only root may install; run: $command_for_people"; fi
  fi
  say "Installing what the tests talk to: $missing"
  # Its programs are wanted, not a server of the system's own.
  case $missing in
    *postgresql*)
      $as_root mkdir -p /etc/postgresql-common
      [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
      ;;
  esac
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Options::=--force-confold --no-install-recommends $missing >/dev/null ||
    die "installing failed; run it yourself: $command_for_people"
}

run_test() {
  [ "$(id -u)" -eq 0 ] || say "Some tests need root (a real sshd in a mount namespace, a file system that fills up) and end in errors for other users; 'sudo ./fettle test' runs them all."
  find_jdk
  install_missing
  command -v mvn >/dev/null 2>&1 || die "building needs Maven 3.8.7 or newer; install it (Debian: apt-get install maven)."
  cd "$root"
  rm -rf "$root/target/surefire-reports"
  JAVA_HOME=$jdk exec mvn -B -ntp -Dstrict verify "$@"
}
