#!/bin/sh
# Machines to reach by SSH, all in namespaces that end with this script: ssh-machines.sh COUNT DIRECTORY COMMAND…
# m1, m2, … answer to the configuration DIRECTORY/ssh_config; COMMAND runs beside them. Needs root.
set -eu
if [ "${INSIDE-}" != 1 ]; then
  INSIDE=1 exec unshare --net --mount --pid --fork --mount-proc --kill-child=KILL -- "$0" "$@"
fi
count=$1 directory=$2 home=$(getent passwd "$(id -u)" | cut -d: -f6)
shift 2
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir /run/sshd /run/machines
ssh-keygen -q -t ed25519 -N '' -f /run/machines/host
ssh-keygen -q -t ed25519 -N '' -f "$directory/user"
cp "$directory/user.pub" /run/machines/
: > "$directory/known_hosts"
cat > /run/machines/sshd_config <<CONFIG
Port 22
HostKey /run/machines/host
AuthorizedKeysFile /run/machines/user.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
CONFIG
cat > "$directory/ssh_config" <<CONFIG
Host *
  IdentityFile $directory/user
  IdentitiesOnly yes
  UserKnownHostsFile $directory/known_hosts
CONFIG
for k in $(seq "$count"); do
  # File systems of its own where run directories go and at home, whatever HOME says: what is needed there has to be brought,
  # and the shell of whoever logs in reads no start-up file of this machine.
  unshare --net --mount --pid --fork --kill-child=KILL -- sh -c '
    exec 2>"$1/sshd.$2.log"
    mount -t tmpfs tmpfs /tmp; mount -t tmpfs tmpfs "$3"; mount -t proc proc /proc; ip link set lo up
    while ! ip link show eth0 >/dev/null 2>&1; do :; done
    ip addr add "10.79.$2.2/24" dev eth0; ip link set eth0 up; ip route add default via "10.79.$2.1"
    exec /usr/sbin/sshd -D -e -f /run/machines/sshd_config' sh "$directory" "$k" "$home" &
  while ! [ -e /proc/$!/ns/net ] || [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
  ip link add "v$k" type veth peer name eth0 netns $!
  ip addr add "10.79.$k.1/24" dev "v$k"
  ip link set "v$k" up
  printf 'Host m%s\n  HostName 10.79.%s.2\n' "$k" "$k" >> "$directory/ssh_config"
  echo "10.79.$k.2 $(cut -d' ' -f1,2 /run/machines/host.pub)" >> "$directory/known_hosts"
  while ! ssh-keyscan -T 1 "10.79.$k.2" 2>/dev/null | grep -q ed25519; do :; done
done
"$@"
