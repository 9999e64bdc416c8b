// Plays the recording behind a "listen" link in its place. Words that no recording can hold (a number, an answer) are read by
// the browser where it has a voice of its own for the language; where it has none the button stays away.

const player = new Audio()
/** @type {HTMLElement | undefined} */
let speaking

const hush = () => {
  player.pause()
  globalThis.speechSynthesis?.cancel()
  speaking?.setAttribute('aria-pressed', 'false')
  speaking = undefined
}

/** @param {HTMLElement} control @param {(ended: () => void) => void} begin */
const toggle = (control, begin) => {
  const wasSpeaking = speaking === control
  hush()
  if (wasSpeaking) return
  speaking = control
  control.setAttribute('aria-pressed', 'true')
  begin(() => speaking === control && hush())
}

/** @param {HTMLAnchorElement} link */
const playClip = (link) => {
  link.setAttribute('role', 'button')
  link.setAttribute('aria-pressed', 'false')
  /** @param {Event} event */
  const press = (event) => {
    event.preventDefault()
    toggle(link, (ended) => {
      player.src = link.href
      player.onended = ended
      player.onerror = ended
      player.play().catch(ended)
    })
  }
  link.addEventListener('click', press)
  link.addEventListener('keydown', (event) => {
    if (event.key === ' ') press(event)
  })
}

/** A voice on this very device: words of a complaint go to no voice service. @param {string} language */
const voiceFor = (language) =>
  globalThis.speechSynthesis
    ?.getVoices()
    .find(({ lang, localService }) => localService && lang.toLowerCase().split(/[-_]/)[0] === language)

/** @param {HTMLButtonElement} button */
const readAloud = (button) => {
  const source = button.querySelector('[data-said]') ?? document.getElementById(button.dataset['read'] ?? '')
  const language = (source?.closest('[lang]')?.getAttribute('lang') ?? '').split('-')[0] ?? ''
  const offer = () => {
    if (voiceFor(language)) button.hidden = false
  }
  offer()
  globalThis.speechSynthesis?.addEventListener?.('voiceschanged', offer)
  button.addEventListener('click', () =>
    toggle(button, (ended) => {
      const said = new SpeechSynthesisUtterance(button.dataset['say'] ?? source?.textContent ?? '')
      said.lang = language
      said.voice = voiceFor(language) ?? null
      said.rate = 0.85
      said.onend = ended
      said.onerror = ended
      speechSynthesis.speak(said)
    }),
  )
}

for (const link of document.querySelectorAll('a.listen'))
  if (link instanceof HTMLAnchorElement) playClip(link)
for (const button of document.querySelectorAll('button.listen'))
  if (button instanceof HTMLButtonElement) readAloud(button)
