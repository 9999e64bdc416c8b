// Records the microphone into a file field: `data-microphone="call"` as the telephone network records a call (8 kHz, 16-bit,
// mono WAV), `data-microphone="note"` as a messenger records a voice note. Without it a file is chosen by hand.

const CALL_RATE = 8000
const MOST_SECONDS = 180
const NOTE_TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
const HEADER = 44

/**
 * A WAV of one channel.
 * @param {Float32Array} samples
 */
const wavOf = (samples) => {
  const view = new DataView(new ArrayBuffer(HEADER + samples.length * 2))
  const write = (/** @type {number} */ at, /** @type {string} */ text) =>
    [...text].forEach((letter, n) => {
      view.setUint8(at + n, letter.charCodeAt(0))
    })
  write(0, 'RIFF')
  view.setUint32(4, HEADER - 8 + samples.length * 2, true)
  write(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, CALL_RATE, true)
  view.setUint32(28, CALL_RATE * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  write(36, 'data')
  view.setUint32(40, samples.length * 2, true)
  samples.forEach((sample, n) => {
    view.setInt16(HEADER + n * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true)
  })
  return view.buffer
}

/**
 * What was recorded, as it would come out of a telephone exchange.
 * @param {Blob} blob
 */
const asCall = async (blob) => {
  const context = new AudioContext()
  const heard = await context.decodeAudioData(await blob.arrayBuffer())
  await context.close()
  const offline = new OfflineAudioContext(1, Math.ceil(heard.duration * CALL_RATE), CALL_RATE)
  const source = offline.createBufferSource()
  source.buffer = heard
  source.connect(offline.destination)
  source.start()
  const narrow = await offline.startRendering()
  return new File([wavOf(narrow.getChannelData(0))], 'call.wav', { type: 'audio/x-wav' })
}

/** @param {Blob} blob */
const asNote = (blob) => {
  const type = blob.type.split(';')[0] ?? blob.type
  return new File([blob], `note.${type.split('/')[1]}`, { type })
}

/**
 * @param {string} label
 * @param {string} act
 */
const button = (label, act) => {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = label
  made.className = 'button second'
  made.dataset.act = act
  return made
}

/** @param {HTMLInputElement} input */
const attach = (input) => {
  const words = input.dataset
  const status = document.createElement('p')
  status.setAttribute('role', 'status')
  const record = button(words.record ?? '', 'record')
  const stop = button(words.stop ?? '', 'stop')
  stop.hidden = true
  const player = document.createElement('audio')
  player.controls = true
  player.hidden = true
  player.setAttribute('aria-label', words.recorded ?? '')
  input.after(record, stop, status, player)

  /** @param {Blob} blob @param {number} seconds */
  const keep = async (blob, seconds) => {
    const file = words.microphone === 'call' ? await asCall(blob) : asNote(blob)
    const held = new DataTransfer()
    held.items.add(file)
    input.files = held.files
    const length = input.form?.elements.namedItem('seconds')
    if (length instanceof HTMLInputElement) length.value = String(Math.round(seconds))
    player.src = URL.createObjectURL(file)
    player.hidden = false
    status.textContent = `${words.recorded} ${seconds.toFixed(1)} s`
  }

  record.addEventListener('click', async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const mimeType = NOTE_TYPES.find((type) => MediaRecorder.isTypeSupported(type))
      const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {})
      /** @type {Blob[]} */
      const slices = []
      const began = performance.now()
      const end = setTimeout(() => recorder.stop(), MOST_SECONDS * 1000)
      recorder.addEventListener('dataavailable', ({ data }) => slices.push(data))
      recorder.addEventListener('stop', async () => {
        clearTimeout(end)
        for (const track of stream.getTracks()) track.stop()
        record.hidden = false
        stop.hidden = true
        await keep(new Blob(slices, { type: recorder.mimeType }), (performance.now() - began) / 1000)
      })
      stop.onclick = () => recorder.stop()
      recorder.start()
      record.hidden = true
      stop.hidden = false
      stop.focus()
      status.textContent = words.recording ?? ''
    } catch {
      status.textContent = words.refused ?? ''
    }
  })
}

if (globalThis.MediaRecorder)
  for (const input of document.querySelectorAll('input[data-microphone]'))
    if (input instanceof HTMLInputElement) attach(input)
