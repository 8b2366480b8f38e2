/**
 * Registers and sets in ZooKeeper. A register is a node, made by the first write; compare-and-set is a write on condition of
 * the version that was read. A set is a node with a child for each element.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {ANY, type Connection, orElse, unless, yes} from './connection.ts'
import {CODES} from './errors.ts'
import {OP, type Reader} from './wire.ts'

export function registers(connection: Connection): Client['operations'] {
  const path = ({key}: Request) => `/register-${key}`
  const get = async (path: string): Promise<{value: unknown; version: number} | undefined> => {
    await connection.sync(path)
    const read = (reader: Reader) => ({value: JSON.parse(reader.text()), version: reader.version()})
    return connection
      .call(OP.getData, (writer) => writer.text(path).bool(false))
      .then(read)
      .catch(orElse(CODES.noNode, undefined))
  }
  return {
    read: async (request) => (await get(path(request)))?.value ?? null,
    write: async (request) => {
      // Each of the two says truly that it did nothing before the other is tried.
      for (;;) {
        if (await connection.set(path(request), request.value, ANY).then(yes, unless(CODES.noNode))) return
        if (await connection.create(path(request), request.value).then(yes, unless(CODES.nodeExists))) return
      }
    },
    cas: async (request) => {
      const [from, to] = request.value as readonly unknown[]
      const found = await get(path(request))
      if (JSON.stringify(found?.value ?? null) !== JSON.stringify(from)) throw new NotDone('value differs')
      const done =
        found === undefined
          ? await connection.create(path(request), to).then(yes, unless(CODES.nodeExists))
          : await connection.set(path(request), to, found.version).then(yes, unless(CODES.badVersion))
      if (!done) throw new NotDone('value differs')
    },
  }
}

export function sets(connection: Connection): Client['operations'] {
  const path = ({key}: Request) => `/set-${key}`
  const element = (request: Request) => `${path(request)}/${JSON.stringify(request.value)}`
  return {
    read: async (request) => {
      await connection.sync(path(request))
      const list = (reader: Reader) => reader.texts().map((name) => JSON.parse(name))
      return connection
        .call(OP.getChildren, (writer) => writer.text(path(request)).bool(false))
        .then(list)
        .catch(orElse(CODES.noNode, []))
    },
    add: async (request) => {
      while (!(await connection.create(element(request), null).then(yes, unless(CODES.noNode)))) {
        await connection.create(path(request), null).then(yes, unless(CODES.nodeExists))
      }
    },
    remove: async (request) => {
      const gone = connection.call(OP.delete, (writer) => writer.text(element(request)).int(ANY))
      if (!(await gone.then(yes, unless(CODES.noNode)))) throw new NotDone('not found')
    },
  }
}
