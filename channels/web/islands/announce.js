// Tells a screen reader what happens, and not oftener than people can listen: of several messages within five seconds the
// last one counts.
const PAUSE_MS = 5000

/** Gives a function that puts words into a live region. @param {HTMLElement} region */
export const announcer = (region) => {
  let said = Number.NEGATIVE_INFINITY
  let timer = 0
  return (/** @type {string | undefined} */ words) => {
    clearTimeout(timer)
    const say = () => {
      said = performance.now()
      region.textContent = words ?? ''
    }
    const wait = said + PAUSE_MS - performance.now()
    if (wait <= 0) say()
    else timer = setTimeout(say, wait)
  }
}

/** @param {string | undefined} words @param {Record<string, string | number>} values */
export const fill = (words = '', values) => words.replace(/\{(\w+)\}/g, (_, name) => `${values[name] ?? ''}`)

/** Isolated, so that a Latin name does not turn an Arabic sentence around. @param {string} name */
export const isolated = (name) => `\u2068${name}\u2069`
