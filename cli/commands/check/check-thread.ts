/** A thread of `chaos check`: judges the histories it is sent, one after another. */
import {inThread} from '../../../runner/threads.ts'
import {Style} from '../../output/style.ts'
import {type JudgedText, judgeToText, type ThreadSettings} from './check-many.ts'

export interface HistoryJob extends ThreadSettings {
  readonly name: string
}

export default inThread(judge)

function judge({name, request, color}: HistoryJob): Promise<JudgedText> {
  return judgeToText(name, request, new Style(color))
}
