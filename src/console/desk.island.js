// @ts-check
// Single keys over the list and over a complaint (G50). A letter is the one on the key; where the layout writes no Latin letters
// (Arabic), the place of the key counts. Never inside a field, never with Ctrl, Alt, AltGr or Meta, and never while composing.

/** The list may be another at any time (live.island.js). @returns {HTMLAnchorElement[]} */
const rowsNow = () =>
  [...document.querySelectorAll('.cases a')].filter((one) => one instanceof HTMLAnchorElement)

/** @param {number} step */
const move = (step) => {
  const rows = rowsNow()
  const here = rows.findIndex((row) => document.activeElement?.isSameNode(row))
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Opens a part of the complaint's page and puts the cursor into it. @param {string} id */
const open = (id) => {
  const part = document.getElementById(id)
  if (part === null) return
  if (part instanceof HTMLDetailsElement) part.open = true
  part.scrollIntoView({ block: 'start' })
  const field =
    part.querySelector('textarea, input:not([type=hidden]), select, button') ??
    part.querySelector('summary') ??
    part
  if (field instanceof HTMLElement) field.focus()
}

/** On the list the part is opened on the complaint's own page. @param {string} id */
const goTo = (id) => {
  const here = document.activeElement
  if (here instanceof HTMLAnchorElement && rowsNow().includes(here))
    window.location.assign(`${here.href}#${id}`)
  else open(id)
}

/** The search stands on the list. */
const search = () => {
  if (document.getElementById('search') === null) window.location.assign('/console#search')
  else open('search')
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  a: () => goTo('take'),
  t: () => goTo('transfer'),
  s: () => goTo('review'),
  r: () => goTo('answer'),
  n: () => goTo('note'),
  '/': search,
  '?': () => open('keys'),
}

const FIELDS = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]'

/** What layouts without Latin letters write is beyond this; the names of keys (`Dead`, `Process`) are not. */
const LATIN_ENDS = 0x250

/** @param {KeyboardEvent} event */
const keyOf = ({ key, code, shiftKey }) => {
  if (key.charCodeAt(0) < LATIN_ENDS) return key.toLowerCase()
  if (code === 'Slash') return shiftKey ? '?' : '/'
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase()
}

document.addEventListener('keydown', (event) => {
  const { target } = event
  const modified = event.ctrlKey || event.altKey || event.metaKey || event.getModifierState('AltGraph')
  if (modified || event.isComposing || event.repeat) return
  if (target instanceof Element && target.closest(FIELDS)) return
  const run = KEYS[keyOf(event) ?? '']
  if (run === undefined) return
  event.preventDefault()
  run()
})

// Whoever came by a key from the list goes on where the key meant; after the load, because the browser's own jump to the
// part takes the focus away again.
if (window.location.hash !== '')
  window.addEventListener('load', () => setTimeout(() => open(window.location.hash.slice(1)), 50))
