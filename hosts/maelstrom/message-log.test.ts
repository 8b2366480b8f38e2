/** What is shown of messages, and that whoever watches them hears of them still. */
import {expect, test} from 'vitest'
import {showingMessages} from './message-log.ts'

const parcel = {id: 7, src: 'n1', dest: 'n2', body: {type: 'gossip', value: 9007199254740993n}}

function watched(sent: boolean, received: boolean) {
  const lines: string[] = []
  const heard: string[] = []
  const inner = {sent: () => heard.push('sent'), received: () => heard.push('received')}
  const witness = showingMessages(inner, {sent, received, show: (line) => lines.push(line)})
  witness.sent?.(parcel, 0, 1)
  witness.sent?.(parcel, 0, undefined)
  witness.received?.(parcel)
  return {lines, heard}
}

test('what is sent, lost and received is one JSON line each', () => {
  const {lines, heard} = watched(true, true)
  const json = '{"id":7,"src":"n1","dest":"n2","body":{"type":"gossip","value":9007199254740993}}'
  expect(lines).toEqual([`send ${json}\n`, `lost ${json}\n`, `recv ${json}\n`])
  expect(heard).toEqual(['sent', 'sent', 'received'])
})

test('each flag shows its own', () => {
  expect(watched(true, false).lines).toHaveLength(2)
  expect(watched(false, true).lines).toHaveLength(1)
  expect(watched(false, false).heard).toHaveLength(3)
})
