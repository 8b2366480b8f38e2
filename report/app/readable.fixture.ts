/**
 * What keeps people from using a page: controls and pictures without a name, and text too faint for its ground (WCAG 2.1
 * AA: 4.5 to 1, for large text 3 to 1).
 */
import type {Page} from 'playwright-core'

/** A line for each shortcoming of what is shown now. */
export function shortcomingsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(PROBE)
}

/** As text: this file is also compiled without the browser's types. */
const PROBE = String.raw`(() => {
  const found = new Set()
  const colourOf = (text) => {
    const [kind, list] = /^(rgba?|color\(srgb)[ (]+([^)]+)\)/.exec(text)?.slice(1) ?? ['', '0 0 0 / 0']
    const [r, g, b, a = 1] = list.split(/[ ,/]+/).map(Number)
    const scale = kind.startsWith('color') ? 255 : 1
    return {rgb: [r, g, b].map((part) => part * scale), a}
  }
  const over = (top, under) => ({rgb: top.rgb.map((part, i) => part * top.a + under.rgb[i] * (1 - top.a)), a: 1})
  const linear = (part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
  const luminance = ({rgb: [r, g, b]}) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  const lineage = (element) => (element === null ? [] : [...lineage(element.parentElement), element])
  const contrastOf = (element) => {
    const chain = lineage(element).map((each) => getComputedStyle(each))
    const ground = chain.reduce((under, style) => over(colourOf(style.backgroundColor), under), {rgb: [255, 255, 255], a: 1})
    const opacity = chain.reduce((product, style) => product * Number(style.opacity), 1)
    const ink = colourOf(chain.at(-1).color)
    const [high, low] = [luminance(over({...ink, a: ink.a * opacity}, ground)), luminance(ground)].sort((a, b) => b - a)
    return (high + 0.05) / (low + 0.05)
  }
  const isLarge = ({fontSize, fontWeight}) =>
    parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700)
  for (const element of document.querySelectorAll('#app *')) {
    const {width, height} = element.getBoundingClientRect()
    if (width === 0 || height === 0) continue
    const label = element.getAttribute('aria-label')
    const role = element.getAttribute('role')
    const isControl = element.matches('button, a') || role === 'button' || role === 'tab'
    if (isControl && (label ?? element.textContent).trim() === '') found.add('no name: ' + element.outerHTML.slice(0, 80))
    if (element.matches('input') && label === null && element.closest('label') === null) found.add('no label: ' + element.outerHTML.slice(0, 80))
    if (element.matches('canvas') && label === null && element.ariaHidden !== 'true') found.add('no label: canvas ' + element.className)
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    if (!says || element instanceof SVGElement || element.closest('.offscreen, .later, :disabled') !== null) continue
    const ratio = contrastOf(element)
    if (ratio < (isLarge(getComputedStyle(element)) ? 3 : 4.5)) {
      found.add(ratio.toFixed(2) + ' to 1: ' + element.className + ' "' + element.textContent.trim().slice(0, 30) + '"')
    }
  }
  return [...found]
})()`
