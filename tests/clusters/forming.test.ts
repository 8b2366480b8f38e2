/** A cluster that cannot be set up: whatever a client library throws, it is the environment that failed, and nothing stays. */
import {connect} from 'node:net'
import {expect, test} from 'vitest'
import {EnvironmentError} from '../../core/error.ts'
import type {Target} from '../../core/target.ts'
import {ProgramCluster, type ProgramTarget} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts} from '../../hosts/program/services.ts'
import {kv} from '../../targets/kv/index.ts'
import {processesOf, Workplace} from '../e2e/cli.ts'
import {startTarget} from './started.ts'

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy()).once('connect', () => socket.destroy())
  })

test('what a client library throws while a cluster is formed is exit 4, with its words', async () => {
  const place = new Workplace()
  const unformed: ProgramTarget = {
    name: 'stubborn',
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({client: {by: 'clients', upstream: await free()}})),
    command: ({node, services, directory}) => ({
      command: process.execPath,
      args: ['-e', `require('net').createServer().listen(${services[node]?.['client']?.upstream.port}, '127.0.0.1')`],
      cwd: directory,
    }),
    status: async (node, services) =>
      (await listens(services[node]?.['client']?.upstream.port as number)) ? {type: 'status', ready: true} : undefined,
    form: async () => {
      throw new Error('CONNECTION_REFUSED')
    },
    openClient: async () => {
      throw new Error('never asked')
    },
  }
  const target: Target = {...kv, capabilities: () => ({}), start: (context) => ProgramCluster.start(unformed, context)}
  const started = startTarget(target, place.directory, {})
  await expect(started).rejects.toThrow('stubborn could not be set up: CONNECTION_REFUSED.')
  await expect(started).rejects.toBeInstanceOf(EnvironmentError)
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})
