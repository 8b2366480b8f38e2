/** What does not fit a window: a page that scrolls sideways, elements past its edge, text cut off or squeezed to a column. */
import type {Page} from 'playwright-core'

/** A line for each thing that is shown now and does not fit. */
export function misfitsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(PROBE)
}

/** As text: this file is also compiled without the browser's types. */
const PROBE = String.raw`(() => {
  const found = new Set()
  const name = (element) => element.tagName.toLowerCase() + '.' + (element.getAttribute('class') ?? '') + ' "' + element.textContent.trim().slice(0, 30) + '"'
  const over = document.documentElement.scrollWidth - innerWidth
  if (over > 0) found.add('the page scrolls sideways by ' + over + ' px')
  // What scrolls or clips in its own frame may be as wide as it likes within.
  const isFramed = (element) => {
    for (let up = element.parentElement; up !== null && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== 'visible' && !up.matches('.shell, .body, .main')) return true
    }
    return false
  }
  for (const element of document.querySelectorAll('#app *')) {
    const {left, right, width, height} = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (width === 0 || height === 0 || style.visibility === 'hidden' || element.closest('.offscreen, svg > *') !== null) continue
    if ((right > innerWidth + 1 || left < -1) && !isFramed(element)) found.add('past the edge: ' + name(element))
    const isLabel = element.matches('.chip, .chip *, [role=tab], .command code, button.quiet, button.primary, h1, h2, h3, .lead-up-text')
    if (isLabel && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline') found.add('cut off: ' + name(element))
    if (element.matches('h1, h2, h3, .chip, p, li, td, dd')) {
      const text = element.innerText ?? ''
      const line = parseFloat(style.lineHeight) || 18
      const words = text.split(/\s+/).length
      if (text.length > 10 && height / line > words + text.length / 6 + 3 && element.children.length === 0) found.add('squeezed: ' + name(element))
    }
  }
  for (const text of document.querySelectorAll('.diagram svg text')) {
    const {right, width} = text.getBoundingClientRect()
    const beyond = right - text.closest('svg').getBoundingClientRect().right
    if (width > 0 && beyond > -2) found.add('cut off: ' + name(text))
  }
  return [...found].slice(0, 12)
})()`
