// @ts-check
// Records a spoken answer and puts it into the form's own field of files: without script, or without a microphone, a file is
// chosen there. Nothing leaves the page before the form is sent.

const form = document.querySelector('form[data-speak]')
const field = form?.querySelector('input[type=file]')
const status = form?.querySelector('[role=status]')

/** @param {Blob[]} pieces @param {HTMLInputElement} into */
const hand = (pieces, into) => {
  const type = pieces[0]?.type.split(';')[0] ?? 'audio/webm'
  const held = new DataTransfer()
  held.items.add(new File(pieces, `answer.${type.split('/')[1]}`, { type }))
  into.files = held.files
}

if (
  form instanceof HTMLFormElement &&
  field instanceof HTMLInputElement &&
  status &&
  'MediaRecorder' in window
) {
  const { speak = '', stop = '', denied = '' } = form.dataset
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button second'
  button.textContent = speak
  const heard = document.createElement('audio')
  heard.controls = true
  heard.hidden = true
  field.before(button)
  field.after(heard)

  /** @type {MediaRecorder | undefined} */
  let recorder
  const begin = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    /** @type {Blob[]} */
    const pieces = []
    const started = Date.now()
    recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 })
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data))
    const tick = setInterval(() => {
      const seconds = Math.floor((Date.now() - started) / 1000)
      status.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    }, 500)
    recorder.addEventListener('stop', () => {
      clearInterval(tick)
      for (const track of stream.getTracks()) track.stop()
      hand(pieces, field)
      heard.src = URL.createObjectURL(new Blob(pieces))
      heard.hidden = false
      button.textContent = speak
      recorder = undefined
    })
    recorder.start(1000)
    button.textContent = stop
  }
  button.addEventListener('click', () => {
    if (recorder) recorder.stop()
    else
      void begin().catch(() => {
        status.textContent = denied
      })
  })
}
