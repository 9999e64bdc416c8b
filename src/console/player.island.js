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

/** Where it is, on the drawing of the sound; a press there goes there. @param {HTMLMediaElement} media @param {SVGSVGElement} wave */
const follow = (media, wave) => {
  const { width, height } = wave.viewBox.baseVal
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'line')
  mark.setAttribute('class', 'played')
  mark.setAttribute('y2', String(height))
  wave.append(mark)
  media.addEventListener('timeupdate', () => {
    const at = String((media.currentTime / media.duration || 0) * width)
    mark.setAttribute('x1', at)
    mark.setAttribute('x2', at)
  })
  wave.addEventListener('click', ({ clientX }) => {
    const { left, width: drawn } = wave.getBoundingClientRect()
    if (media.duration > 0) media.currentTime = ((clientX - left) / drawn) * media.duration
    else void media.play()
  })
}

for (const media of document.querySelectorAll('audio, video')) {
  if (!(media instanceof HTMLMediaElement)) continue
  const wave = media.previousElementSibling
  if (wave instanceof SVGSVGElement) follow(media, wave)
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
