import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {execa} from 'execa'
import {describe, expect, it} from 'vitest'
import {sleep, wallClock} from '../../core/clock.ts'
import {unreachable} from '../ports.ts'
import {createToxiproxyClient} from './client.ts'
import {launchReal, launchToxiproxy} from './launch.ts'
import {startToxiproxy} from './server/server.ts'

const clock = wallClock()

/** Whether a process and everything it started ends. */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 500; i++) {
    try {
      process.kill(-pid, 0)
    } catch {
      return true
    }
    await sleep(clock, 10)
  }
  return false
}

describe('launching a Toxiproxy server', () => {
  it('starts ours in a process of its own, and ends it', async () => {
    const pids: number[] = []
    const launched = await launchToxiproxy('embedded', {seed: 7, register: (pid) => pids.push(pid)})
    expect(launched).toMatchObject({kind: 'embedded', version: expect.stringContaining('chaos'), pid: pids[0]})
    expect(launched.pid).not.toBe(process.pid)
    const client = createToxiproxyClient(launched.url)
    await client.createProxy({name: 'p', listen: '127.0.0.1:0', upstream: 'x:1'})
    await launched.close()
    expect(await gone(launched.pid as number)).toBe(true)
    await expect(client.listProxies()).rejects.toThrow('no Toxiproxy server answers')
    client.close()
  })

  it('says that the server ended though nobody had closed it, and says nothing where somebody has', async () => {
    const ends: string[] = []
    let told: () => void = () => {}
    const ended = new Promise<void>((resolve) => (told = resolve))
    const onUnexpectedEnd = (how: string) => {
      ends.push(how)
      told()
    }
    const closed = await launchToxiproxy('embedded', {seed: 1, onUnexpectedEnd})
    await closed.close()
    expect(ends).toEqual([])
    const {pid, close} = await launchToxiproxy('embedded', {seed: 1, onUnexpectedEnd})
    process.kill(pid as number, 'SIGKILL')
    await ended
    expect(ends).toEqual([expect.stringContaining('SIGKILL')])
    await close()
  })

  it('does not outlive a parent that is killed', async () => {
    const source = `
      import {launchToxiproxy} from ${JSON.stringify(new URL('./launch.ts', import.meta.url).href)}
      const {pid, url} = await launchToxiproxy('embedded', {seed: 1})
      console.log(JSON.stringify({pid, url}))`
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const parent = execa(process.execPath, ['--import', tsx, '--input-type=module', '--eval', source], {reject: false})
    const line = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))))
    const {pid, url} = JSON.parse(line) as {pid: number; url: string}
    const {hostname, port} = new URL(url)
    expect(await unreachable({host: hostname, port: Number(port)}, 1000)).toBeUndefined()
    parent.kill('SIGKILL')
    await parent
    expect(await gone(pid)).toBe(true)
  })

  it('attaches to a running one, and leaves it running', async () => {
    const server = await startToxiproxy({port: 0})
    const attached = await launchToxiproxy(server.url, {seed: 1})
    expect(attached).toMatchObject({kind: 'attached', url: server.url})
    await attached.close()
    expect(await unreachable(server, 1000)).toBeUndefined()
    await server.close()
    await expect(launchToxiproxy(server.url, {seed: 1})).rejects.toMatchObject({
      name: 'EnvironmentError',
      message: expect.stringContaining(`no Toxiproxy server at ${server.url}: connect ECONNREFUSED`),
      hints: [expect.stringContaining('--toxiproxy embedded')],
    })
  })

  it('refuses what is no server', async () => {
    await expect(launchToxiproxy('nonsense', {seed: 1})).rejects.toMatchObject({name: 'UsageError'})
    await expect(launchToxiproxy('https://x', {seed: 1})).rejects.toThrow('Got "https://x"')
  })

  it('says why a binary does not start, and keeps its words', async () => {
    await expect(launchReal('/nonexistent/toxiproxy-server', {seed: 1})).rejects.toMatchObject({
      name: 'EnvironmentError',
      message: expect.stringContaining('/nonexistent/toxiproxy-server does not start'),
    })
    const folder = await mkdtemp(join(tmpdir(), 'chaos-launch-'))
    const logFile = join(folder, 'proxy.log')
    // A program that certainly is no Toxiproxy server, and says so.
    await expect(launchReal(process.execPath, {seed: 1, logFile})).rejects.toMatchObject({name: 'EnvironmentError'})
    expect(await readFile(logFile, 'utf8')).toContain('-host')
    await rm(folder, {recursive: true})
  })
})
