/** A thread of `chaos check`: judges the histories it is sent, one after another. */
import {parentPort, workerData} from 'node:worker_threads'
import {Style} from '../../output/style.ts'
import {type ThreadSettings, tell} from './check-many.ts'

const {request, color} = workerData as ThreadSettings
const style = new Style(color)

parentPort?.on('message', (name: string) => {
  void tell(name, request, style).then((told) => parentPort?.postMessage(told))
})
