// A small tus 1.0 client (https://tus.io/protocols): sends one file to its end over cuts and reloads.

const RETRY_FIRST_MS = 1000
const RETRY_MOST_MS = 60_000
/** After this long without success the person is told to choose again. */
const GIVE_UP_MS = 24 * 3600 * 1000
const CREATED = 201
const OFFSETS_DIFFER = 409
const GONE = [404, 410]
/** Answers after which the same request may succeed: slow, out of step, locked, too many. */
const PASSING = [408, OFFSETS_DIFFER, 423, 429]

/**
 * @typedef {object} Options
 * @property {(bytes: number) => void} progress bytes that have arrived
 * @property {() => void} cut the line was cut; trying goes on
 * @property {AbortSignal} signal
 */

/** @param {string} text */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

/**
 * One request. Resolves with what came back, status 0 when the line was cut. XMLHttpRequest, because fetch tells no progress.
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {Pick<Options, 'signal'> & { body?: Blob, progress?: (bytes: number) => void }} options
 * @returns {Promise<{ status: number, header: (name: string) => string | null }>}
 */
const ask = (method, url, headers, { body, progress, signal }) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries({ 'Tus-Resumable': '1.0.0', ...headers }))
      request.setRequestHeader(name, value)
    if (progress) request.upload.onprogress = (event) => progress(event.loaded)
    request.onloadend = () =>
      resolve({ status: request.status, header: (name) => request.getResponseHeader(name) })
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })

/** Waits; less when the line comes back. @param {number} milliseconds @param {AbortSignal} signal */
const rest = (milliseconds, signal) =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
    addEventListener('online', resolve, { once: true })
    signal.addEventListener('abort', resolve, { once: true })
  })

/** Where the unfinished upload of this very file lives, so that a reload goes on with it. @param {File} file */
const memoryOf = (file) => {
  const key = `wasl-upload:${file.name}:${file.size}:${file.lastModified}`
  return {
    recall: () => sessionStorage.getItem(key),
    /** @param {string} url */
    note: (url) => sessionStorage.setItem(key, url),
    forget: () => sessionStorage.removeItem(key),
  }
}

/** Opens an upload. @param {string} endpoint @param {File} file @param {AbortSignal} signal */
const create = async (endpoint, file, signal) => {
  const metadata = `filename ${base64(file.name)},filetype ${base64(file.type || 'application/octet-stream')}`
  const headers = { 'Upload-Length': `${file.size}`, 'Upload-Metadata': metadata }
  const made = await ask('POST', endpoint, headers, { signal })
  const location = made.header('Location')
  return made.status === CREATED && location
    ? { status: CREATED, url: new URL(location, document.baseURI).pathname }
    : { status: made.status, url: null }
}

/** Asks how far it is and sends the rest. @param {string} url @param {File} file @param {Options} options */
const sendRest = async (url, file, { progress, signal }) => {
  const head = await ask('HEAD', url, {}, { signal })
  if (head.status < 200 || head.status > 299) return { status: head.status, whole: false }
  const offset = Number(head.header('Upload-Offset'))
  if (offset === file.size) return { status: 200, whole: true }
  const headers = { 'Upload-Offset': `${offset}`, 'Content-Type': 'application/offset+octet-stream' }
  const body = file.slice(offset)
  const sent = await ask('PATCH', url, headers, {
    signal,
    body,
    progress: (bytes) => progress(offset + bytes),
  })
  return { status: sent.status, whole: Number(sent.header('Upload-Offset')) === file.size }
}

/**
 * Sends a file. Gives the upload's address, or undefined when the server will not have it or the signal ended it.
 * @param {string} endpoint @param {File} file @param {Options} options
 */
export const upload = async (endpoint, file, options) => {
  const { cut, signal } = options
  const memory = memoryOf(file)
  const until = performance.now() + GIVE_UP_MS
  let wait = RETRY_FIRST_MS
  while (!signal.aborted && performance.now() < until) {
    const known = memory.recall()
    const made = known ? { status: CREATED, url: known } : await create(endpoint, file, signal)
    if (made.url) memory.note(made.url)
    const { status, whole } = made.url ? await sendRest(made.url, file, options) : { ...made, whole: false }
    if (whole) {
      memory.forget()
      return made.url ?? undefined
    }
    if (signal.aborted) return undefined
    // Removed or expired meanwhile: the next turn begins anew.
    if (GONE.includes(status)) memory.forget()
    else if (status >= 400 && status < 500 && !PASSING.includes(status)) return undefined
    if (status === 0 || status >= 500) cut()
    await rest(wait * (0.5 + Math.random() / 2), signal)
    wait = Math.min(wait * 2, RETRY_MOST_MS)
  }
  return undefined
}
