// Plays what the caller hears, one after the other: recordings, the browser's own voice for synthetic words, the tone.
// Without it the page shows the same as text, with a player for each recording.

const TONE_MS = 700
const TONE_HERTZ = 1000
const LONGEST_MS = 30_000

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** @param {HTMLAudioElement} audio */
const playRecording = async (audio) => {
  const ended = new Promise((resolve) => {
    audio.addEventListener('ended', resolve, { once: true })
    audio.addEventListener('error', resolve, { once: true })
  })
  await audio.play()
  await Promise.race([ended, pause(LONGEST_MS)])
}

const playTone = async () => {
  const context = new AudioContext()
  const tone = context.createOscillator()
  tone.frequency.value = TONE_HERTZ
  tone.connect(context.destination)
  tone.start()
  await pause(TONE_MS)
  await context.close()
}

/**
 * @param {string} words
 * @param {string} lang
 */
const say = async (words, lang) => {
  const voice = globalThis.speechSynthesis?.getVoices().find((one) => one.lang.startsWith(lang))
  // Without a voice of that language it would be read as another: the text stands on the page.
  if (voice === undefined) return
  const spoken = new SpeechSynthesisUtterance(words)
  spoken.voice = voice
  spoken.lang = voice.lang
  const ended = new Promise((resolve) => {
    spoken.onend = resolve
    spoken.onerror = resolve
  })
  speechSynthesis.speak(spoken)
  await Promise.race([ended, pause(LONGEST_MS)])
}

/** @param {Element} item */
const perform = async (item) => {
  if (!(item instanceof HTMLElement)) return
  const { heard, words = '', voice = '' } = item.dataset
  const audio = item.querySelector('audio')
  item.setAttribute('aria-current', 'true')
  if (heard === 'play' && audio) await playRecording(audio)
  if (heard === 'say') await say(words, voice)
  if (heard === 'beep') await playTone()
  if (heard === 'pause') await pause(Number(words) * 1000)
  item.removeAttribute('aria-current')
  item.dataset.played = 'yes'
}

const list = document.querySelector('[data-prompts]')
if (list instanceof HTMLElement) {
  const listen = document.createElement('button')
  listen.type = 'button'
  listen.className = 'button second listen'
  listen.textContent = list.dataset.prompts ?? ''
  listen.addEventListener('click', async () => {
    listen.disabled = true
    for (const item of list.children) await perform(item).catch(() => {})
    listen.disabled = false
  })
  list.before(listen)
}
