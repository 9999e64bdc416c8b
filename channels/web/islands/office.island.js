// Suggests offices while the person types. Without scripts the Search button does it.

const PAUSE_MS = 250
const MOST = 12

/** @typedef {{ code: string, name: string }} Office */

/** A choice like the ones the server drew: a copy of the first with other words. @param {Element} model @param {Office} office */
const choiceOf = (model, { code, name }) => {
  const choice = /** @type {HTMLElement} */ (model.cloneNode(true))
  const input = /** @type {HTMLInputElement} */ (choice.querySelector('input'))
  input.id = `office-${code}`
  input.value = code
  input.checked = false
  const words = choice.querySelector('span')
  if (words) words.textContent = name
  return choice
}

/** @param {HTMLInputElement} field @param {Element} group */
const start = (field, group) => {
  const [unknown] = group.querySelectorAll('.choice')
  if (!unknown) return
  let timer = 0
  let asking = new AbortController()

  const suggest = async () => {
    asking.abort()
    asking = new AbortController()
    const query = field.value.trim()
    if (query === '') return
    const address = `/api/v1/administrations?${new URLSearchParams({ q: query, lang: document.documentElement.lang })}`
    const answer = await fetch(address, { signal: asking.signal }).catch(() => undefined)
    if (!answer?.ok) return
    /** @type {Office[]} */
    const offices = (await answer.json()).slice(0, MOST)
    // What is chosen stays; the others make room.
    for (const choice of group.querySelectorAll('.choice'))
      if (choice !== unknown && !choice.querySelector(':checked')) choice.remove()
    const known = new Set([...group.querySelectorAll('input')].map(({ value }) => value))
    group.append(...offices.filter(({ code }) => !known.has(code)).map((office) => choiceOf(unknown, office)))
  }

  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(suggest, PAUSE_MS)
  })
}

const field = document.getElementById('q')
const group = document.getElementById('office')?.closest('fieldset')
if (field instanceof HTMLInputElement && group) start(field, group)
