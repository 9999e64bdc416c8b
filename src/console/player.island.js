// @ts-check
// Speed and jumps for every recording on the page; without script the browser's own player stays.

/** @param {string} label @param {() => void} act */
const button = (label, act) => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'button small'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}

for (const media of document.querySelectorAll('audio, video')) {
  if (!(media instanceof HTMLMediaElement)) continue
  const bar = document.createElement('div')
  bar.className = 'player'
  bar.dir = 'ltr'
  /** @param {number} seconds */
  const jump = (seconds) => () => {
    media.currentTime = Math.max(0, media.currentTime + seconds)
  }
  const speed = document.createElement('select')
  speed.setAttribute('aria-label', media.dataset['speed'] ?? '')
  for (const rate of [0.75, 1, 1.25, 1.5, 2])
    speed.add(new Option(`${rate}×`, String(rate), rate === 1, rate === 1))
  speed.addEventListener('change', () => {
    media.playbackRate = Number(speed.value)
  })
  bar.append(button('−5 s', jump(-5)), button('+5 s', jump(5)), speed)
  media.after(bar)
}
