// The four requests of tus 1.0 (https://tus.io/protocols) that the courier makes. Every answer is an object; none throws.

const CREATED = 201
/** A line that carries nothing for this long is dead, whatever the browser believes: a telephone changed its network. */
const SILENCE_MS = 90_000

/**
 * @typedef {object} Answer
 * @property {number} status 0 when the line was cut
 * @property {(name: string) => string | null} header
 */

/** @param {string} text */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

/** @type {Answer} */
const NOTHING = { status: 0, header: () => null }

/**
 * By XMLHttpRequest, because fetch tells no progress.
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {{ body?: Blob, progress?: (bytes: number) => void, signal: AbortSignal }} options
 * @returns {Promise<Answer>}
 */
const askFromPage = (method, url, headers, { body, progress, signal }) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    let silence = setTimeout(() => request.abort(), SILENCE_MS)
    request.upload.onprogress = (event) => {
      clearTimeout(silence)
      silence = setTimeout(() => request.abort(), SILENCE_MS)
      progress?.(event.loaded)
    }
    request.onloadend = () => {
      clearTimeout(silence)
      resolve({ status: request.status, header: (name) => request.getResponseHeader(name) })
    }
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })

/** In a service worker there is only fetch. @type {typeof askFromPage} */
const askFromWorker = (method, url, headers, { body, signal }) =>
  fetch(url, {
    method,
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]),
    ...(body ? { body } : {}),
  }).then(
    ({ status, headers: given }) => ({ status, header: (name) => given.get(name) }),
    () => NOTHING,
  )

/** @type {typeof askFromPage} */
const ask = (method, url, headers, options) => {
  const speak = globalThis.XMLHttpRequest ? askFromPage : askFromWorker
  return speak(method, url, { 'Tus-Resumable': '1.0.0', ...headers }, options)
}

/**
 * Opens an upload; `size` null: a recording that goes on.
 * @param {string} endpoint @param {{ name: string, type: string, size: number | null }} file @param {AbortSignal} signal
 */
export const create = async (endpoint, { name, type, size }, signal) => {
  const length = size === null ? { 'Upload-Defer-Length': '1' } : { 'Upload-Length': `${size}` }
  const metadata = `filename ${base64(name)},filetype ${base64(type || 'application/octet-stream')}`
  const { status, header } = await ask(
    'POST',
    endpoint,
    { ...length, 'Upload-Metadata': metadata },
    { signal },
  )
  const location = header('Location')
  const url =
    status === CREATED && location ? new URL(location, globalThis.location.href).pathname : undefined
  return { status, url }
}

/** How far an upload is, and whether its length is still to be said. @param {string} url @param {AbortSignal} signal */
export const standOf = async (url, signal) => {
  const { status, header } = await ask('HEAD', url, {}, { signal })
  return { status, offset: Number(header('Upload-Offset')), isOpenEnded: header('Upload-Length') === null }
}

/**
 * Sends bytes at an offset, with the length when it is to be said. Gives the new offset.
 * @param {string} url @param {number} offset @param {Blob} body @param {number | undefined} length
 * @param {{ progress: (bytes: number) => void, signal: AbortSignal }} options
 */
export const send = async (url, offset, body, length, options) => {
  const headers = {
    'Upload-Offset': `${offset}`,
    'Content-Type': 'application/offset+octet-stream',
    ...(length === undefined ? {} : { 'Upload-Length': `${length}` }),
  }
  const { status, header } = await ask('PATCH', url, headers, { ...options, body })
  return { status, offset: Number(header('Upload-Offset')) }
}

/** Takes an upload back. @param {string} url */
export const remove = (url) => ask('DELETE', url, {}, { signal: new AbortController().signal })
