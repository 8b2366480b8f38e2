/** Line icons, drawn here so that no font has to have them. */

const PATHS = {
  valid: 'M3.5 8.5l3 3 6-7',
  invalid: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M5.6 6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2.9-1.2 1.7M8 12.4v.1',
  close: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  copy: 'M6 6h6.5v7.5H6zM3.5 10V2.5H10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4L14 14',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  left: 'M10 3.5L5.5 8l4.5 4.5',
  right: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  keyboard: 'M1.5 4.5h13v7h-13zM4 7h.1M6.7 7h.1M9.3 7h.1M12 7h.1M5 9.5h6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({name, label}: {readonly name: IconName; readonly label?: string}) {
  return (
    <svg class={`icon-${name}`} viewBox="0 0 16 16" width="16" height="16" role="img" aria-hidden={label === undefined}>
      <title>{label ?? name}</title>
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
