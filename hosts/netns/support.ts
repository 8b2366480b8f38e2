/**
 * Whether clusters can live in network namespaces here, found out by making one: kernels, containers and distributions
 * refuse for too many different reasons to guess.
 */
import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'

/** Where each tool comes from, for whoever lacks one. */
const TOOLS = {
  ip: 'iproute2',
  tc: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
}
/** What a cluster needs: cables, addresses, forwarding, queues, rules that translate and rules that drop at random. */
const TRIAL = `set -e
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
ip link add chaos0 type veth peer name chaos1
tc qdisc add dev chaos0 root handle 1: htb
nft -f - <<'RULES'
table ip trial {
  chain out { type nat hook output priority -100; ip daddr 127.9.9.9 tcp dport 9 dnat to 127.0.0.1; }
  chain forward { type filter hook forward priority 0; numgen random mod 1000 < 500 drop; }
}
RULES
`
const TRIAL_LIMIT_MS = 10_000

/** The words that start a program in a network of its own; without privileges in a user namespace too. */
export function apart(): string[] {
  return process.getuid?.() === 0 ? ['unshare', '--net', '--'] : ['unshare', '--user', '--map-root-user', '--net', '--']
}

/** Why it cannot be done, with what would help; undefined where it can. */
export async function whyNoNamespaces(): Promise<{reason: string; hint: string} | undefined> {
  if (process.platform !== 'linux')
    return {reason: `this is ${process.platform}`, hint: 'Network namespaces are a part of Linux.'}
  for (const [name, packageName] of Object.entries(TOOLS))
    if (!isThere(name)) return {reason: `there is no \`${name}\` on PATH`, hint: `Install ${packageName}.`}
  const [file, ...words] = apart()
  const trial = await execa(file as string, [...words, 'sh', '-c', TRIAL], {
    reject: false,
    timeout: TRIAL_LIMIT_MS,
    env: {PATH: searchPath()},
  })
  if (trial.exitCode === 0) return undefined
  const said = trial.stderr.trim().split('\n')[0] || trial.shortMessage || 'it failed'
  return {
    reason: `a namespace with rules of its own cannot be made (${said})`,
    hint:
      process.getuid?.() === 0
        ? 'The container or kernel forbids it: it needs CAP_SYS_ADMIN and CAP_NET_ADMIN, veth and nf_tables.'
        : 'The system may not allow user namespaces without privileges: run as root, or see user.max_user_namespaces.',
  }
}

/** The directories of system tools belong to it even where a user's PATH leaves them out. */
export function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
}

function isThere(name: string): boolean {
  return searchPath()
    .split(':')
    .some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
