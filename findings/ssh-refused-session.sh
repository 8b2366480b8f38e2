#!/usr/bin/env bash
# One would guess: a server that allows one session a connection (MaxSessions 1) refuses the second command over a shared
# connection (ControlPath), and that `ssh` fails.
# What happens: `ssh` prints "session request failed", opens a connection of its own, and the command runs, exit 0. Only
# -o ProxyCommand=false (or a server that cannot be reached a second time) shows the refusal.
# Why a user of chaos meets it: everything of a run is to go over one connection to each machine. With a small MaxSessions it
# works all the same, through more connections, each with a login of its own; an operator who limits sessions sees many.
# Versions: OpenSSH 9.2. 2026-11-29. Needs root, openssh-server. No chaos.
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
[ "$(id -u)" = 0 ] || { echo "needs root"; exit 3; }
for tool in sshd ssh ssh-keygen unshare; do command -v "$tool" >/dev/null || { echo "missing: $tool (apt-get install openssh-server)"; exit 3; }; done
if [ "${INSIDE-}" != 1 ]; then INSIDE=1 exec unshare --net --mount --pid --fork --mount-proc --kill-child=KILL -- bash "$0"; fi
ip link set lo up
# No start-up file of this machine's shell is read, and nothing is left.
mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs "$(getent passwd 0 | cut -d: -f6)"; mkdir /run/sshd /run/here
cd /run/here
ssh-keygen -q -t ed25519 -N '' -f host; ssh-keygen -q -t ed25519 -N '' -f user
printf '%s\n' 'Port 2022' 'ListenAddress 127.0.0.1' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/user.pub" \
  'StrictModes no' 'UsePAM no' 'PidFile none' 'MaxSessions 1' > sshd_config
echo "[127.0.0.1]:2022 $(cut -d' ' -f1,2 host.pub)" > known_hosts
/usr/sbin/sshd -D -e -f sshd_config 2>sshd.log &
until ssh-keyscan -p 2022 127.0.0.1 2>/dev/null | grep -q ed25519; do sleep 0.1; done
ssh -V
common=(-S "$PWD/socket" -p 2022 -i user -o UserKnownHostsFile=known_hosts -o BatchMode=yes)
ssh "${common[@]}" -M -o ControlPersist=no 127.0.0.1 'echo up; cat' < <(sleep 60) > first &
until [ -s first ]; do sleep 0.1; done
logins() { grep -c 'Accepted publickey' sshd.log; }
before=$(logins)
set +e
ssh "${common[@]}" -o ControlMaster=no 127.0.0.1 'echo ran' > second 2> said; code=$?
ssh "${common[@]}" -o ControlMaster=no -o ProxyCommand=false 127.0.0.1 'echo ran' > third 2>/dev/null; alone=$?
set -e
echo "second command: exit $code, printed \"$(cat second)\", said \"$(head -1 said)\", $(( $(logins) - before )) more login"
echo "where no connection can be opened: exit $alone"
[ "$code $(cat second) $(( $(logins) - before )) $alone" = "0 ran 1 255" ] || { echo "behaves differently now"; exit 1; }
