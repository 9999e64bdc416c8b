// Print at a press, and one warning before a receipt is left that nobody has kept. Without scripts the page itself says: note
// the number and the code.

for (const button of document.querySelectorAll('button[data-print]'))
  if (button instanceof HTMLButtonElement) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }

const sheet = document.querySelector('.receipt[data-unsaved]')
const WARNED = `wasl-warned:${location.pathname.split('/').pop()}`

if (sheet) {
  let isKept = sessionStorage.getItem(WARNED) !== null
  const keep = () => {
    isKept = true
  }
  // The same receipt in another language, or sent on, is not left.
  let isStaying = false
  document.addEventListener('click', ({ target }) => {
    isStaying =
      target instanceof Element && target.closest('.languages a, form button, a[data-keeps]') !== null
    if (target instanceof Element && target.closest('a[data-keeps]')) keep()
  })
  addEventListener('beforeunload', (event) => {
    if (isKept || isStaying) return
    // Once: whoever leaves all the same has been told.
    sessionStorage.setItem(WARNED, '1')
    keep()
    event.preventDefault()
  })
  addEventListener('afterprint', keep)
  document.addEventListener('wasl:saved', keep)
  if (sheet.querySelector('#send [role=status]')) keep()
}
