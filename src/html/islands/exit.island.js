// Leaves at once: the page blanks, its place in the history goes to the other site, and this browser forgets the filing. Without
// scripts the same link leads out, and only the history stays. Three presses of Shift do the same from anywhere.

const PRESSES = 3
const WITHIN_MS = 3000

/** @param {HTMLAnchorElement} link */
const start = (link) => {
  const leave = () => {
    document.body.hidden = true
    document.title = ' '
    location.replace(link.href)
  }
  link.addEventListener('click', (event) => {
    event.preventDefault()
    leave()
  })
  /** @type {number[]} */
  let presses = []
  addEventListener('keydown', ({ key, repeat }) => {
    if (repeat) return
    const now = performance.now()
    presses = key === 'Shift' ? [...presses.filter((at) => now - at < WITHIN_MS), now] : []
    if (presses.length >= PRESSES) leave()
  })
  // Coming back by the browser's button must not show the page from memory.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })
}

const link = document.querySelector('a.exit')
if (link instanceof HTMLAnchorElement) start(link)
