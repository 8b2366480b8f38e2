/**
 * Dark and light: the system's preference until the reader chooses. Canvases take their colours from the same custom
 * properties as the style sheet, re-read when the theme changes.
 */
import {effect, type Signal, signal} from '@preact/signals'

export type Theme = 'dark' | 'light'

const STORAGE_KEY = 'chaos-report-theme'
const system = matchMedia('(prefers-color-scheme: dark)')

export const theme: Signal<Theme> = signal(remembered() ?? (system.matches ? 'dark' : 'light'))

/** Colours by custom property: `palette.value.ok` is `--ok`. */
export const palette: Signal<Palette> = signal({} as Palette)

const NAMES = [
  'bg',
  'line',
  'faint',
  'text',
  'muted',
  'dim',
  'accent',
  'ok',
  'ok-read',
  'ok-text',
  'read-text',
  'fail',
  'info',
  'bad',
  'bad-text',
  'leader',
  'match',
  'calm',
] as const

export type Palette = Record<(typeof NAMES)[number], string>

export function bindTheme(): void {
  system.addEventListener('change', () => {
    if (remembered() === undefined) theme.value = system.matches ? 'dark' : 'light'
  })
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    const style = getComputedStyle(document.documentElement)
    palette.value = Object.fromEntries(
      NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
    ) as Palette
  })
}

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  try {
    localStorage.setItem(STORAGE_KEY, theme.value)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(STORAGE_KEY)
    return value === 'dark' || value === 'light' ? value : undefined
  } catch {
    return undefined
  }
}

/** Okabe–Ito by fault, so that a partition is the same colour in every chart. Told apart by hatching as well. */
const FAULT_HUES: readonly (readonly [RegExp, string])[] = [
  [/partition|cut/, '#cc79a7'],
  [/kill|crash|restart/, '#d55e00'],
  [/pause|freeze|stop/, '#e69f00'],
  [/packet|latency|delay|slow|flaky|loss|bandwidth/, '#56b4e9'],
  [/clock|skew/, '#f0e442'],
  [/disk|fsync/, '#0072b2'],
]

export function faultColour(fault: string): string {
  return FAULT_HUES.find(([pattern]) => pattern.test(fault))?.[1] ?? '#009e73'
}
