// @ts-check
// Asks how far a build is, says it, and opens the report when it is there. Without script the reader asks.

const box = document.querySelector('[data-build]')
const status = box?.querySelector('[role=status]')
const bar = box?.querySelector('progress')
const PAUSE_MS = 800

const ask = async () => {
  const answer = await fetch(box?.getAttribute('data-build') ?? '', {
    headers: { accept: 'application/json' },
  })
  if (!answer.ok) return
  const { state, done, words, report } = await answer.json()
  if (report !== null) return window.location.replace(report)
  if (state === 'failed') return window.location.reload()
  if (status && status.textContent !== words) status.textContent = words
  if (bar) bar.value = done
}

/** A poor line is no reason to stop asking. */
const goOn = () =>
  ask()
    .catch(() => {})
    .then(() => setTimeout(goOn, PAUSE_MS))
void goOn()
