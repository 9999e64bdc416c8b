// Carries parcels to the gateway: one request at a time, in pieces that grow with the line, over cuts, reloads and other
// networks. It never gives up; what it cannot send stays in the browser and is tried again. One tab carries for all.
import * as parcels from './parcels.js'
import * as tus from './tus.js'

const REST_FIRST_MS = 1000
const REST_MOST_MS = 60_000
const CHUNK_FIRST = 64 * 1024
const CHUNK_LEAST = 16 * 1024
const CHUNK_MOST = 4 * 1024 * 1024
/** A piece that took less may grow, one that took more must shrink: what a cut may lose should be worth seconds. */
const QUICK_MS = 4000
const SLOW_MS = 15_000
/** A cut loses at most this part of a file, however quick the line is. */
const PIECES_LEAST = 32
/** A recording under way is sent once this much waits: smaller requests would be more header than voice. */
const LIVE_LEAST = 16 * 1024
const GONE = [404, 410]
/** After these the same may succeed: slow, out of step, in use, too many. */
const PASSING = [408, 409, 423, 429]

/** @typedef {import('./parcels.js').Parcel} Parcel */
/** @typedef {'progress' | 'cut' | 'arrived' | 'refused' | 'removed' | 'declared'} News */

/** Heard in this tab and in the others. @type {BroadcastChannel | undefined} */
const channel = globalThis.BroadcastChannel ? new BroadcastChannel('wasl-parcels') : undefined
const listeners = new Set()

/** @param {object} news */
const hear = (news) => {
  for (const listener of listeners) listener(news)
}

/** @param {News} what @param {{ id: string, sent?: number, size?: number | null, url?: string }} about */
const tell = (what, about) => {
  hear({ what, ...about })
  channel?.postMessage({ what, ...about })
}

/** @param {(news: { what: News, id: string, sent?: number, size?: number | null, url?: string }) => void} listener */
export const listen = (listener) => listeners.add(listener)

/** Which filing or link this page is for, and how a draft is opened before the first upload. */
const page = { owner: '', prepare: async () => true }
export const ownerOfPage = () => page.owner

/** Ends the wait for something to do, and the wait for the line. */
let wake = () => {}
let retry = () => {}
let isNudged = false
let current = new AbortController()
let rest = REST_FIRST_MS
let chunk = CHUNK_FIRST
/** How far each upload is, as the gateway last said. @type {Map<string, { offset: number, isOpenEnded: boolean }>} */
const stands = new Map()

/** Something may be sent again: new bytes, a line that is back. */
export const nudge = () => {
  channel?.postMessage({ what: 'nudge' })
  isNudged = true
  wake()
}

if (channel)
  channel.onmessage = ({ data }) => {
    isNudged = true
    wake()
    if (data.what !== 'nudge') hear(data)
  }

/** @param {number} status */
const judge = (status) => {
  if (status >= 200 && status <= 299) return 'sent'
  if (status === 0 || status >= 500 || PASSING.includes(status)) return 'cut'
  return GONE.includes(status) ? 'gone' : 'refused'
}

/** @param {Parcel} parcel @param {AbortSignal} signal */
const declare = async (parcel, signal) => {
  // A filing that was written without a network may be announced from anywhere.
  if (parcel.owner !== page.owner && !parcel.owner.startsWith('filing:')) return 'idle'
  // Opening a draft gives the page's parcels their owner: begin again with what is then there.
  if (parcel.owner === '' && !(await page.prepare())) return 'cut'
  if (page.owner !== parcel.owner && !parcel.owner.startsWith('filing:')) return 'sent'
  const { status, url } = await tus.create(parcel.endpoint, parcel, signal)
  if (url && (await parcels.change(parcel.id, { url }))) {
    stands.set(parcel.id, { offset: 0, isOpenEnded: parcel.size === null })
    tell('declared', { id: parcel.id, url })
  } else if (url) await tus.remove(url) // Taken back while it was being opened.
  // There is nothing to be gone yet: a filing that was sent, a form that is old.
  const verdict = judge(status)
  return verdict === 'gone' ? 'refused' : verdict
}

/** @param {Parcel} parcel @param {AbortSignal} signal */
const locate = async ({ id, url }, signal) => {
  const known = stands.get(id)
  if (known) return { status: 200, ...known }
  const stand = await tus.standOf(url ?? '', signal)
  if (judge(stand.status) === 'sent') stands.set(id, stand)
  return stand
}

/** Sends the next piece of a parcel, or finds that there is none. @param {Parcel} parcel @param {AbortSignal} signal */
const advance = async (parcel, signal) => {
  const { id, size, url } = parcel
  const stand = await locate(parcel, signal)
  if (judge(stand.status) !== 'sent') return judge(stand.status)
  const { offset, isOpenEnded } = stand
  if (size !== null && offset === size && !isOpenEnded) return 'arrived'
  const body = await parcels.bodyOf(id)
  if (size === null && body.size - offset < LIVE_LEAST) return 'idle'
  const most = Math.max(CHUNK_FIRST, (size ?? 0) / PIECES_LEAST)
  const piece = body.slice(offset, offset + Math.min(chunk, most))
  const began = performance.now()
  const progress = (/** @type {number} */ bytes) => tell('progress', { id, sent: offset + bytes, size })
  const length = isOpenEnded && size !== null ? size : undefined
  const sent = await tus.send(url ?? '', offset, piece, length, { progress, signal })
  stands.delete(id)
  const verdict = judge(sent.status)
  if (verdict !== 'sent') return verdict
  stands.set(id, { offset: sent.offset, isOpenEnded: isOpenEnded && length === undefined })
  const took = performance.now() - began
  if (took < QUICK_MS && piece.size === chunk) chunk = Math.min(chunk * 2, CHUNK_MOST)
  if (took > SLOW_MS) chunk = Math.max(chunk / 2, CHUNK_LEAST)
  tell('progress', { id, sent: sent.offset, size })
  return 'sent'
}

/** @param {Parcel} parcel */
const arrive = async ({ id, url, isKept }) => {
  if (isKept) {
    await parcels.change(id, { hasArrived: true })
    await parcels.empty(id)
  } else await parcels.drop(id)
  tell('arrived', { id, url: url ?? '' })
}

/** Takes one step with a parcel. @param {Parcel} parcel @returns {Promise<string>} */
const step = async (parcel) => {
  current = new AbortController()
  const { signal } = current
  const came = parcel.url ? await advance(parcel, signal) : await declare(parcel, signal)
  if (signal.aborted) return 'sent'
  if (came === 'arrived') await arrive(parcel)
  if (came === 'gone') {
    // Expired or swept: it begins anew, as long as it is this page's to send.
    stands.delete(parcel.id)
    await parcels.change(parcel.id, { url: null })
  }
  if (came === 'refused') {
    await parcels.drop(parcel.id)
    tell('refused', { id: parcel.id })
  }
  if (came === 'cut') {
    chunk = Math.max(chunk / 2, CHUNK_LEAST)
    tell('cut', { id: parcel.id })
  }
  return came
}

/** Waits until there is something to do. */
const idle = async () => {
  if (!isNudged)
    await new Promise((resolve) => {
      wake = () => resolve(undefined)
    })
  isNudged = false
}

/** Waits for the line, longer each time; new bytes do not hasten it, only the word that the line is back. */
const waitForLine = async () => {
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, rest * (0.5 + Math.random() / 2))
    retry = () => {
      clearTimeout(timer)
      resolve(undefined)
    }
  })
  rest = Math.min(rest * 2, REST_MOST_MS)
}

/** Recordings under way come first: what is spoken now can least be repeated. */
const waiting = async () => {
  const found = (await parcels.parcels()).filter(({ isPaused, hasArrived }) => !isPaused && !hasArrived)
  return found.sort((a, b) => Number(b.size === null) - Number(a.size === null))
}

const run = async () => {
  for (;;) {
    let came = 'idle'
    for (const parcel of await waiting()) {
      came = await step(parcel)
      if (came !== 'idle') break
    }
    if (came === 'cut') await waitForLine()
    else if (came === 'idle') await idle()
    else rest = REST_FIRST_MS
  }
}

/** For the service worker: announces what waits, once round. */
export const announceAll = async () => {
  for (const parcel of await waiting()) if (!parcel.url) await step(parcel)
}

/** For the service worker: carries what it can until all is there or the line is cut. */
export const carryAll = async () => {
  const carry = async () => {
    for (const { id } of await waiting())
      for (let came = 'sent'; came === 'sent'; ) {
        const parcel = (await waiting()).find((one) => one.id === id)
        came = parcel ? await step(parcel) : 'idle'
      }
  }
  // A page that is open carries already.
  await navigator.locks.request('wasl-courier', { ifAvailable: true }, async (lock) => {
    if (lock) await carry()
  })
}

/**
 * Starts carrying. `owner` names the filing or link of this page; `prepare` opens a draft where there is none and says whether
 * it could.
 * @param {{ owner: string, prepare?: () => Promise<boolean> }} options
 */
export const start = async ({ owner, prepare }) => {
  page.owner = owner
  if (prepare) page.prepare = prepare
  // A line that is back may be another line: what hangs in the old one is sent again, from where the gateway says.
  addEventListener('online', () => {
    current.abort()
    stands.clear()
    rest = REST_FIRST_MS
    retry()
    nudge()
  })
  const isShared = navigator.locks && (await parcels.isLasting)
  await (isShared ? navigator.locks.request('wasl-courier', run) : run())
}

/** The page has a draft now: what waited for one belongs to it. @param {string} owner */
export const adopt = async (owner) => {
  for (const { id, owner: before } of await parcels.parcels())
    if (before === page.owner) await parcels.change(id, { owner })
  page.owner = owner
}

/** Known in this browser only; randomUUID would need https. */
const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`

/**
 * Hands a file over, or opens a recording when `size` is null.
 * @param {{ name: string, type: string, size: number | null, endpoint: string, isKept?: boolean }} about
 * @param {Blob} [body]
 * @returns {Promise<Parcel>}
 */
export const hand = async (about, body) => {
  const parcel = { ...about, id: newId(), owner: page.owner, url: null, createdAt: Date.now() }
  if (body) await parcels.keepSlice(parcel.id, 0, body)
  await parcels.keep(parcel)
  nudge()
  return parcel
}

/** @param {string} id @param {boolean} isPaused */
export const hold = async (id, isPaused) => {
  await parcels.change(id, { isPaused })
  if (isPaused) current.abort()
  nudge()
}

/** Takes a parcel back, here and at the gateway. @param {string} id @param {string} [url] */
export const takeBack = async (id, url) => {
  const parcel = await parcels.drop(id)
  tell('removed', { id })
  const upload = parcel?.url ?? url
  if (upload) {
    current.abort()
    await tus.remove(upload)
  }
  nudge()
}
