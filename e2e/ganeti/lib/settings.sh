# Shared by up, down and exec (sourced, bash).
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RUN=/run/gwm-ganeti            # pids, mount points (gone after down)
STATE=/var/lib/gwm-ganeti      # ssh keys, certificates, shared file storage
CACHE=/var/cache/gwm-ganeti    # downloaded packages and the guest payload
LAN=gwmg-net                    # netns with the switch; clients can run in it
DOMAIN=ganeti.test

GWM_NODES=${GWM_NODES:-3}       # nodes of cluster "alpha"; VMs are on the first two
GWM_BETA=${GWM_BETA:-1}         # 1: also a second, independent cluster "beta"
GWM_KVM=${GWM_KVM:-1}           # 1: also kvm instances (qemu, software emulation)
GWM_PATCH_VNC=${GWM_PATCH_VNC-beta} # cluster that gets the VNC console fix ('' = none)
RAPI_USER=${RAPI_USER:-gwm};    RAPI_PASS=${RAPI_PASS:-readwrite-password}
RAPI_RO_USER=${RAPI_RO_USER:-gwm-ro}; RAPI_RO_PASS=${RAPI_RO_PASS:-readonly-password}
PORT_ALPHA=${PORT_ALPHA:-5180}
PORT_BETA=${PORT_BETA:-5181}
VNC_PORTS=32                    # 11000 ... forwarded per node

say() { printf '%s [%3ds] %s\n' "${0##*/}:" "$SECONDS" "$*" >&2; }
die() { say "ERROR: $*"; exit 1; }

# clusters: NAME NUMBER NODECOUNT ; addresses are 10.79.NUMBER.x inside the
# namespaces and 127.79.NUMBER.x (forwarded) on this machine's loopback
clusters() {
  echo "alpha 1 $GWM_NODES"
  [ "$GWM_BETA" = 1 ] && echo "beta 2 1"
  return 0
}
# nodes: SHORT FQDN CLUSTER LASTBYTES(e.g. 1.11)
nodes() {
  local c n k i
  while read -r c n k; do
    for i in $(seq 1 "$k"); do echo "$c-node$i node$i.$c.$DOMAIN $c $n.$((10 + i))"; done
  done < <(clusters)
}
# hosts_lines PREFIX WITH_INSTANCES: /etc/hosts lines with PREFIX (10.79 / 127.79)
hosts_lines() {
  local p=$1 c n k i short fqdn a
  while read -r c n k; do
    echo "$p.$n.10 $c.$DOMAIN"
  done < <(clusters)
  while read -r short fqdn c a; do echo "$p.$a $fqdn"; done < <(nodes)
  [ "${2:-}" = 1 ] || return 0
  while read -r c n k; do
    i=100
    for x in web1 web2 web3 db1 db2 cache1 build1 old1 vm-serial vm-vnc vm-vnclocal vm-vncpw vm-both vm-file; do
      i=$((i + 1)); echo "$p.$n.$i $x.$c.$DOMAIN"
    done
    for x in $(seq 1 40); do echo "$p.$n.$((150 + x)) new$x.$c.$DOMAIN"; done
  done < <(clusters)
}
# a recorded pid is "PID STARTTIME": never act on a reused pid
starttime() { # empty for a dead process or a zombie
  local line f
  { read -r line < "/proc/$1/stat"; } 2>/dev/null || return 0
  f=(${line##*) }); [ "${f[0]}" = Z ] || echo "${f[19]}"
}
record_pid() { echo "$2 $(starttime "$2")" > "$1"; }
alive() { # FILE -> prints pid when the recorded process still runs
  local p s; [ -s "$1" ] || return 1
  read -r p s < "$1"
  [ -n "$p" ] && [ "$(starttime "$p")" = "$s" ] && echo "$p"
}
node_pid() { alive "$RUN/nodes/$1/init.pid"; }
in_node() { # SHORT CMD...
  local p; p=$(node_pid "$1") || die "node $1 is not running"; shift
  nsenter -t "$p" -m -u -i -n -p -r -w env -i HOME=/root TERM="${TERM:-vt100}" LC_ALL=C.UTF-8 LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
