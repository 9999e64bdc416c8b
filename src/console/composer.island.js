// @ts-check
// The answer as the person gets it, and what it costs as SMS; and who else has the complaint open. The server counts with the
// same tables and checks again when it is sent.

const form = document.querySelector('form[data-preview]')
const field = form?.querySelector('textarea')
const shown = form?.querySelector('output')

if (form instanceof HTMLFormElement && field && shown) {
  let waiting = 0
  const ask = async () => {
    const answer = await fetch(form.dataset['preview'] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ text: field.value }),
    })
    if (answer.ok) shown.innerHTML = await answer.text()
  }
  field.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => void ask().catch(() => {}), 400)
  })
}

const presence = document.querySelector('[data-presence]')
if (presence instanceof HTMLElement) {
  const look = async () => {
    const answer = await fetch(presence.dataset['presence'] ?? '')
    if (!answer.ok) return
    const words = await answer.text()
    if (presence.textContent !== words) presence.textContent = words
  }
  const turn = () => void look().catch(() => {})
  setInterval(() => {
    if (!document.hidden) turn()
  }, 1500)
}
