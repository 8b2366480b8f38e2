/** From what was typed after `chaos run` to resolved run options. */
import type {RunOptions} from '../../runner/options.ts'
import {resolveRun} from '../../runner/settings/resolve.ts'
import {programWords} from '../output/program.ts'
import {findTarget} from './catalogue.ts'
import type {LoadedConfig} from './config.ts'
import {runLayers, type TypedFlags} from './layers.ts'
import {freshSeed} from './seed.ts'

/** Throws UsageError for the first thing that makes no sense. */
export function resolveFlags(typed: TypedFlags, env: NodeJS.ProcessEnv, loaded: LoadedConfig): Promise<RunOptions> {
  return resolveRun({
    layers: runLayers(typed, env, loaded),
    bugs: typed.bugs,
    targetArgs: typed.targetArgs,
    thresholds: typed.thresholds,
    freshSeed: freshSeed(),
    program: programWords(),
    plugins: loaded.plugins,
    findTarget: (name) => findTarget(name, loaded, process.cwd()),
  })
}
