// The recorder: speaks or films into the page. What is recorded goes to the browser's storage every few seconds and to the
// gateway while it is being made. Without MediaRecorder the panel stays hidden, and the file field beside it does the work.
import { announcer, fill } from './announce.js'
import * as courier from './courier.js'
import * as levels from './level.js'
import * as parcels from './parcels.js'
import { playInTurn } from './play-in-turn.js'

/** A closed tab loses at most this. */
const SLICE_MS = 4000
const TICK_MS = 250
const COUNTDOWN = [60, 30, 10]

const panel = /** @type {HTMLElement} */ (document.getElementById('recorder'))
const form = /** @type {HTMLFormElement} */ (panel.closest('form'))
const { way = 'speak', limit = '300', name: takeName = '' } = panel.dataset
const most = Number(limit)
/** @type {Record<string, string>} */
const say = JSON.parse(panel.dataset['texts'] ?? '{}')
/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (panel.querySelector(`[data-part=${name}]`))
/** @param {string} name */
const control = (name) => /** @type {HTMLButtonElement} */ (panel.querySelector(`[data-do=${name}]`))
const player = /** @type {HTMLMediaElement} */ (part('player'))
const view = /** @type {HTMLVideoElement | null} */ (panel.querySelector('[data-part=view]'))
const tell = announcer(part('status'))

/** The best this browser can make, smallest first: Opus where there is Opus, AAC on Safari. */
const KINDS = [
  {
    type: way === 'film' ? 'video/webm;codecs=vp8,opus' : 'audio/webm;codecs=opus',
    ending: 'webm',
    sound: 20_000,
  },
  {
    type: way === 'film' ? 'video/webm' : 'audio/ogg;codecs=opus',
    ending: way === 'film' ? 'webm' : 'ogg',
    sound: 20_000,
  },
  { type: way === 'film' ? 'video/mp4' : 'audio/mp4', ending: way === 'film' ? 'mp4' : 'm4a', sound: 32_000 },
]
const PICTURE_BITS = 250_000
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const PICTURE = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 20, max: 24 },
  facingMode: 'environment',
}

/** Which buttons a state has; the first takes the focus from one that vanished. */
const STATES = {
  ready: ['record'],
  asking: ['record'],
  recording: ['stop', 'pause'],
  paused: ['continue', 'stop'],
  done: ['listen', 'more', 'redo', 'delete'],
  sure: ['keep', 'sure'],
}
/** @type {keyof typeof STATES} */
let state = 'ready'
/** What a yes to "sure?" does. */
let meant = () => {}

/** @typedef {{ id: string, blob?: Blob, url?: string, seconds: number }} Take */
/** The take under way or last made. @type {Take | undefined} */
let take
/** @type {MediaRecorder | undefined} */
let recorder
let takes = 0

/** @param {keyof typeof STATES} next */
const become = (next) => {
  const focused = document.activeElement
  state = next
  panel.dataset['state'] = next
  /** @type {HTMLElement} */ for (const button of panel.querySelectorAll('[data-do]'))
    button.hidden = !STATES[next].includes(/** @type {HTMLElement} */ (button).dataset['do'] ?? '')
  player.hidden = next !== 'done'
  part('meter').hidden = next !== 'recording' && next !== 'paused'
  if (view) view.hidden = next !== 'recording' && next !== 'paused'
  if (focused instanceof HTMLElement && panel.contains(focused) && focused.hidden)
    control(STATES[next][0] ?? '').focus()
}

/** @param {number} seconds */
const clock = (seconds) => `${Math.floor(seconds / 60)}:${`${Math.floor(seconds % 60)}`.padStart(2, '0')}`
/** @param {number} seconds */
const showClock = (seconds) => {
  part('clock').textContent = clock(seconds)
}
/** @param {string} [words] */
const trouble = (words = '') => {
  part('trouble').textContent = words
}

/** Says to other tabs that a take is being made, for as long as it is. @param {string} id */
const lockOf = (id) => `wasl-take:${id}`

/** Seconds of recording, pauses left out; ends the take at its limit and counts the end down, aloud and on the page. */
const startClock = () => {
  let recorded = 0
  let last = performance.now()
  let told = most
  const timer = setInterval(() => {
    const now = performance.now()
    if (recorder?.state === 'recording') recorded += (now - last) / 1000
    last = now
    if (take) take.seconds = recorded
    showClock(recorded)
    const left = Math.ceil(most - recorded)
    const mark = COUNTDOWN.find((seconds) => left <= seconds && seconds < told && left > seconds - 5)
    if (mark) {
      told = mark
      tell(say[`left_${mark}`])
    }
    part('left').textContent =
      left <= (COUNTDOWN[0] ?? 0) && recorder?.state === 'recording'
        ? fill(say['remaining'], { time: clock(left) })
        : ''
    if (recorded >= most) stop(say['full'])
  }, TICK_MS)
  return () => {
    clearInterval(timer)
    part('left').textContent = ''
  }
}

/** Keeps each slice as it comes, one after the other. @param {Take} take */
const keeper = (take) => {
  let place = 0
  /** @type {Blob[]} */
  const slices = []
  let written = Promise.resolve()
  return {
    keep: (/** @type {Blob} */ slice) => {
      if (slice.size === 0) return
      slices.push(slice)
      const at = place++
      written = written.then(async () => {
        await parcels.keepSlice(take.id, at, slice)
        await parcels.change(take.id, { seconds: take.seconds })
        courier.nudge()
      })
    },
    /** The whole, once all is written; nothing where the person was quicker than the microphone. */
    end: async (/** @type {string} */ type) => {
      await written
      if (slices.length === 0) return undefined
      const blob = new Blob(slices, { type })
      await parcels.change(take.id, { size: blob.size, seconds: take.seconds })
      courier.nudge()
      return blob
    },
  }
}

/** Parts of the same recording made before the present take, the first first. @type {Take[]} */
let earlier = []
const parts = () => [...earlier, ...(take ? [take] : [])]
const rewind = playInTurn(player, parts)

/** @param {Blob} blob */
const offer = (blob) => {
  if (take) take.blob = blob
  rewind()
  part('clock').textContent = clock(take?.seconds ?? 0)
  become('done')
}

/** A take has ended: it can be heard, or there is none. @param {Blob} [blob] */
const settle = (blob) => {
  if (blob) return offer(blob)
  take = undefined
  showClock(0)
  become('ready')
}

/** The press that waits for the end of the take. @type {HTMLElement | null | undefined} */
let pressed

/** What is said when the take ends: by the person, by its limit, by a telephone call. */
let farewell = say['stopped']

/** @param {MediaStream} stream @param {typeof KINDS[number]} kind */
const record = async (stream, { type, ending, sound }) => {
  takes += 1
  const file = {
    name: `${fill(takeName, { number: takes })}.${ending}`,
    type: type.split(';')[0] ?? '',
    size: null,
    endpoint: form.dataset['uploads'] ?? '',
    ...(form.dataset['carry'] ? { isKept: true } : {}),
  }
  const parcel = await courier.hand(file)
  const current = { id: parcel.id, seconds: 0 }
  take = current
  document.dispatchEvent(new CustomEvent('wasl:take', { detail: { parcel } }))
  recorder = new MediaRecorder(stream, {
    mimeType: type,
    audioBitsPerSecond: sound,
    ...(way === 'film' ? { videoBitsPerSecond: PICTURE_BITS } : {}),
  })
  const kept = keeper(current)
  const endLevel = levels.show(stream, /** @type {HTMLProgressElement} */ (part('meter')))
  const endClock = startClock()
  // A telephone that goes to sleep would stop recording.
  const light = await navigator.wakeLock?.request('screen').catch(() => undefined)
  let unlock = () => {}
  void navigator.locks?.request(
    lockOf(parcel.id),
    () =>
      new Promise((resolve) => {
        unlock = () => resolve(undefined)
      }),
  )
  farewell = say['stopped']
  recorder.ondataavailable = ({ data }) => kept.keep(data)
  recorder.onstop = async () => {
    endClock()
    endLevel()
    void light?.release()
    for (const track of stream.getTracks()) track.stop()
    const blob = await kept.end(file.type)
    unlock()
    tell(blob ? fill(farewell, { time: clock(current.seconds) }) : say['nothing'])
    if (!blob) await courier.takeBack(current.id)
    if (take === current) settle(blob)
    const press = pressed
    pressed = undefined
    if (press !== undefined) form.requestSubmit(press)
  }
  for (const track of stream.getTracks()) track.onended = () => stop(say['interrupted'])
  recorder.start(SLICE_MS)
  become('recording')
  tell(say['started'])
}

/** @param {string} [words] */
const stop = (words) => {
  if (!recorder || recorder.state === 'inactive') return
  if (words) farewell = words
  recorder.stop()
}

const kindHere = KINDS.find(({ type }) => globalThis.MediaRecorder?.isTypeSupported(type))

const begin = async () => {
  if (state === 'asking' || !kindHere) return
  trouble()
  become('asking')
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: SOUND,
      video: way === 'film' ? PICTURE : false,
    })
    if (view) {
      view.srcObject = stream
      void view.play().catch(() => {})
    }
    await record(stream, kindHere)
  } catch (error) {
    become('ready')
    trouble(error instanceof DOMException && error.name === 'NotFoundError' ? say['missing'] : say['refused'])
  }
}

/** The take is no more, here and at the gateway. */
const discard = async () => {
  player.pause()
  const gone = take
  take = undefined
  showClock(0)
  become('ready')
  if (gone) await courier.takeBack(gone.id, gone.url)
}

/** @param {() => void} action */
const ask = (action) => {
  meant = action
  become('sure')
  tell(say['sure'])
}

/** @type {Record<string, () => unknown>} */
const ACTIONS = {
  record: begin,
  more: () => {
    earlier = parts()
    take = undefined
    showClock(0)
    return begin()
  },
  pause: () => {
    recorder?.pause()
    recorder?.requestData()
    become('paused')
    tell(say['paused'])
  },
  continue: () => {
    recorder?.resume()
    become('recording')
    tell(say['continued'])
  },
  stop: () => stop(),
  listen: () => (player.paused ? player.play() : player.pause()),
  redo: () => ask(() => void discard().then(begin)),
  delete: () => ask(() => void discard().then(() => tell(say['deleted']))),
  keep: () => become('done'),
  sure: () => meant(),
}

/** A take that a killed tab left: it ends where it was cut, and goes on its way. */
const recover = async () => {
  const owner = form.dataset['owner'] ?? ''
  const left = (await parcels.parcels()).filter(
    (parcel) => parcel.owner === owner && (parcel.seconds !== undefined || parcel.size === null),
  )
  takes = document.querySelectorAll('#attached li').length
  const last = left.at(-1)
  const running = (await navigator.locks?.query())?.held?.map(({ name }) => name) ?? []
  for (const { id, size } of left) {
    // Another tab is making it at this moment.
    if (size !== null || running.includes(lockOf(id))) continue
    const body = await parcels.bodyOf(id)
    if (body.size > 0) await parcels.change(id, { size: body.size })
    else await courier.takeBack(id)
  }
  if (!last) return
  courier.nudge()
  const kept = await Promise.all(
    left.map(async ({ id, type, seconds = 0, url }) => {
      const blob = new Blob([await parcels.bodyOf(id)], { type })
      return { id, blob, seconds, ...(url ? { url } : {}) }
    }),
  )
  earlier = kept.filter(({ id, blob }) => id !== last.id && blob.size > 0)
  take = kept.at(-1)
  if (!take?.blob?.size) return
  offer(take.blob)
  tell(fill(say['kept'], { time: clock(take.seconds) }))
}

const begun = async () => {
  if (!kindHere || !navigator.mediaDevices?.getUserMedia) return
  part('before').textContent = (kindHere.sound > 20_000 ? say['before_aac'] : say['before_opus']) ?? ''
  panel.hidden = false
  panel.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-do]') : null
    if (button instanceof HTMLElement) void ACTIONS[button.dataset['do'] ?? '']?.()
  })
  player.onplay = () => {
    control('listen').setAttribute('aria-pressed', 'true')
  }
  player.onpause = () => {
    control('listen').setAttribute('aria-pressed', 'false')
  }
  courier.listen(({ what, id, url }) => {
    if (what === 'removed') earlier = earlier.filter((one) => one.id !== id)
    if (id !== take?.id) return
    if (url && (what === 'declared' || what === 'arrived')) take.url = url
    if (what === 'removed' && (state === 'done' || state === 'sure')) {
      take = undefined
      become('ready')
    }
  })
  // What is on the tape goes along: the form waits until the last slice is kept.
  form.addEventListener(
    'submit',
    (event) => {
      if (!recorder || recorder.state === 'inactive') return
      event.preventDefault()
      event.stopImmediatePropagation()
      pressed = event.submitter
      stop()
    },
    { capture: true },
  )
  addEventListener('beforeunload', (event) => {
    if (recorder?.state === 'recording' || recorder?.state === 'paused') event.preventDefault()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && recorder?.state === 'recording') recorder.requestData()
  })
  become('ready')
  await recover()
}

void begun()
