/** A thread of `chaos check`: judges the histories it is sent, one after another. */
import {parentPort, workerData} from 'node:worker_threads'
import {Style} from '../../output/style.ts'
import {judgeToText, type ThreadSettings} from './check-many.ts'

const {request, color} = workerData as ThreadSettings
const style = new Style(color)

parentPort?.on('message', (name: string) => {
  void judgeToText(name, request, style).then((text) => parentPort?.postMessage(text))
})
