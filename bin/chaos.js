#!/usr/bin/env node
import {existsSync} from 'node:fs'

// A fresh checkout is built the first time. The package is published built, and without the scripts.
const build = new URL('../scripts/build.mjs', import.meta.url)
if (!existsSync(new URL('../dist/cli/main.js', import.meta.url)) && existsSync(build)) await import(build.href)

const {main} = await import('../dist/cli/main.js')
process.exitCode = await main(process.argv.slice(2))
