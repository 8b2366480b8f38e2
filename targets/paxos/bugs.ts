import type {Bug} from '../../core/target.ts'
export const bugs: readonly Bug[] = []
