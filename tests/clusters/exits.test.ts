/** A database that ends by itself in the middle of a run: the run goes on, starts it again, judges everything, and says so. */
import {expect, test} from 'vitest'
import {processesOf} from '../e2e/cli.ts'
import {describeTarget, PATIENT_MS} from './cluster.ts'

describeTarget('etcd', (_, place) => {
  test(
    'a node that crashes ends no run: it is told, the rest is judged, and a later check says the same',
    async () => {
      const running = place.start([
        'run',
        'etcd',
        '--nemesis',
        'none',
        '--time',
        '4s',
        '--rate',
        '50',
        '--seed',
        'crash',
      ])
      const stderr = running.stderr as NodeJS.ReadableStream
      let seen = ''
      await new Promise<void>((resolve) => {
        for (const stream of [running.stdout as NodeJS.ReadableStream, stderr]) {
          stream.on('data', (chunk: Buffer) => {
            seen += chunk.toString()
            if (seen.includes('cluster up')) resolve()
          })
        }
        void running.finally(resolve)
      })
      const [n2] = processesOf(place.directory).filter((line) => line.includes('--name=n2'))
      process.kill(Number(n2?.split(' ')[0]), 'SIGABRT')
      const {exitCode} = await running
      expect(exitCode, seen).toBe(3)
      expect(seen).toMatch(/✔ linearizable/)
      expect(seen).toMatch(/UNKNOWN {2}Node n2 (ended with exit code|was ended by).* and nobody had asked it to/)
      expect(await place.chaos('check', 'latest')).toMatchObject({
        exitCode: 3,
        stdout: expect.stringMatching(/\? nodes keep running +1 exit of serving nodes/),
      })
      expect(processesOf(place.directory)).toEqual([])
    },
    PATIENT_MS,
  )
})
