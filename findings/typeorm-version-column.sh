#!/usr/bin/env bash
# What one would guess: an entity of TypeORM with a `version` column is locked optimistically, as by Hibernate's @Version and Sequelize's
#   `version: true`: to save one that somebody else has saved since it was read is refused.
# What happens: `save()` counts the version up and compares nothing. Both saves end well and the first one's change is gone; the second one
#   even sets out from what it read, so that there is no trace: the entity returned to each shows its own change. And `save()` of an
#   entity that was deleted since makes it again. Sequelize refuses the first with OptimisticLockError, and the second too.
# Why a user of chaos meets it: read, change, save is what a client written with an ORM does for a counter, a transfer or a compare-and-set.
#   PostgreSQL is convicted of lost updates, and of elements that come back after their removal, without any fault.
# Versions: npm typeorm 0.3.27, sequelize 6.37.7, pg 8.23.1, PostgreSQL 15.18 (Debian 12), Node 20. 2026-11-29.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
[ -x $bin/postgres ] || { echo "PostgreSQL 15 is not installed: apt-get install postgresql-15"; exit 4; }
for need in node npm; do command -v "$need" >/dev/null || { echo "$need is not installed: apt-get install nodejs npm"; exit 4; }; done
folder=$(mktemp -d)
as=()
# PostgreSQL refuses to run as root.
[ "$(id -u)" != 0 ] || { as=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; }
trap '"${as[@]}" $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
cd "$folder"
$bin/postgres --version
"${as[@]}" $bin/initdb -D data -A trust -U postgres >initdb.log
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts typeorm@0.3.27 sequelize@6.37.7 pg@8.23.1 reflect-metadata@0.2.2
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
"${as[@]}" $bin/pg_ctl -D data -w -l server.log -o "-p $port -k $folder -c listen_addresses=127.0.0.1" start >start.log

cat >version.mjs <<'JS'
import 'reflect-metadata'
import {readFileSync} from 'node:fs'
import {DataTypes, Sequelize} from 'sequelize'
import {DataSource, EntitySchema} from 'typeorm'

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
console.log('typeorm', version('typeorm'), '| sequelize', version('sequelize'), '| pg', version('pg'))
const url = `postgres://postgres@127.0.0.1:${process.argv[2]}/postgres`

const account = new EntitySchema({
  name: 'account',
  columns: {id: {type: Number, primary: true}, balance: {type: Number}, version: {type: Number, version: true}},
})
const source = await new DataSource({type: 'postgres', url, entities: [account], synchronize: true}).initialize()
const accounts = source.getRepository(account)
const sequelize = new Sequelize(url, {logging: false})
const columns = {id: {type: DataTypes.INTEGER, primaryKey: true}, balance: DataTypes.INTEGER}
const Account = sequelize.define('other', columns, {version: true, timestamps: false})
await sequelize.sync()

const libraries = {
  typeorm: {
    make: () => accounts.save({id: 1, balance: 100}),
    read: () => accounts.findOneBy({id: 1}),
    save: (entity) => accounts.save(entity),
    remove: () => accounts.delete({id: 1}),
  },
  sequelize: {
    make: () => Account.create({id: 1, balance: 100}),
    read: () => Account.findByPk(1),
    save: (entity) => entity.save(),
    remove: () => Account.destroy({where: {id: 1}}),
  },
}
const outcome = (promise) => promise.then(() => 'ok', (error) => error.name)
const seen = {}
for (const [name, {make, read, save, remove}] of Object.entries(libraries)) {
  await make()
  const one = await read()
  const two = await read()
  one.balance += 10
  two.balance += 5
  const saves = [await outcome(save(one)), await outcome(save(two))]
  const after = await read()
  console.log(`${name}: 100, +10 and +5 of version ${name === 'typeorm' ? 1 : 0}: ${saves.join(', ')} | balance ${after.balance}, version ${after.version}`)
  const balance = after.balance
  await remove()
  after.balance += 1
  const late = await outcome(save(after))
  const back = (await read()) !== null
  console.log(`  saved after somebody removed it: ${late} | there again: ${back}`)
  seen[name] = [...saves, balance, late, back].join()
}
await source.destroy()
await sequelize.close()
const expected = {typeorm: 'ok,ok,105,ok,true', sequelize: 'ok,SequelizeOptimisticLockError,110,SequelizeOptimisticLockError,false'}
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1)
JS
timeout 60 node version.mjs "$port"
