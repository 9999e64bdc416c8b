// Print at a press, and one warning before a receipt is left that nobody has kept. Without scripts the page itself says: note
// the number and the code.

const sheet = document.querySelector('.receipt[data-unsaved]')

for (const button of document.querySelectorAll('button[data-print]'))
  if (button instanceof HTMLButtonElement) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }

if (sheet instanceof HTMLElement) {
  let isKept = false
  const keep = () => {
    isKept = true
  }
  /** @param {BeforeUnloadEvent} event */
  const warn = (event) => {
    if (isKept) return
    // Once: whoever leaves all the same has been told.
    keep()
    event.preventDefault()
  }
  addEventListener('beforeunload', warn)
  addEventListener('afterprint', keep)
  document.addEventListener('wasl:saved', keep)
  for (const form of sheet.querySelectorAll('form')) form.addEventListener('submit', keep)
  for (const link of sheet.querySelectorAll('a[data-keeps]')) link.addEventListener('click', keep)
}
