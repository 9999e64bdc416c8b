// The page for where there is no network: keeps what is filed on this telephone, sends it when the network is back, and says
// truthfully what has been sent and what has not.
import { announcer, fill } from './announce.js'
import * as courier from './courier.js'
import { ownerOf, parcelsOf, sendWaiting } from './filings.js'
import * as parcels from './parcels.js'

const LOOK_AGAIN_MS = 15_000

const form = /** @type {HTMLFormElement} */ (document.getElementById('offline'))
const queue = /** @type {HTMLElement} */ (document.getElementById('queue'))
const list = /** @type {HTMLElement} */ (queue.querySelector('ul'))
const tell = announcer(/** @type {HTMLElement} */ (queue.querySelector('[role=status]')))
/** @type {Record<string, string>} */
const say = JSON.parse(queue.dataset['texts'] ?? '{}')
const language = document.documentElement.lang
const clock = new Intl.DateTimeFormat(language === 'ar' ? 'ar-MA' : language, {
  dateStyle: 'medium',
  timeStyle: 'short',
})

/** @typedef {import('./filings.js').KeptFiling} KeptFiling */

/** @param {string} textContent @param {() => unknown} onclick */
const button = (textContent, onclick) =>
  Object.assign(document.createElement('button'), { type: 'button', className: 'link', textContent, onclick })

/** What is true of a filing at this moment. @param {KeptFiling} filing @param {number} left files on their way */
const truthOf = ({ state, createdAt, receipt, problems = [] }, left) => {
  if (state === 'wrong')
    return fill(say['wrong'], { problems: problems.map(({ message }) => message).join(' ') })
  if (state === 'waiting') return fill(say['waiting'], { time: clock.format(createdAt) })
  const sent = fill(say['sent'], { reference: receipt?.reference ?? '', code: receipt?.accessCode ?? '' })
  return left > 0 ? `${sent} ${fill(say['rest'], { count: left })}` : sent
}

/** Puts a filing back into the form, to be mended. @param {KeptFiling} filing */
const change = async (filing) => {
  for (const [name, value] of Object.entries(filing.fields)) {
    const field = form.elements.namedItem(name)
    if (
      field instanceof RadioNodeList ||
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement
    )
      field.value = value
  }
  for (const parcel of await parcelsOf(filing)) {
    await parcels.change(parcel.id, { owner: courier.ownerOfPage() })
    document.dispatchEvent(new CustomEvent('wasl:take', { detail: { parcel } }))
  }
  await parcels.dropFiling(filing.key)
  await draw()
  form.querySelector('textarea')?.focus()
}

/** @param {KeptFiling} filing */
const forget = async (filing) => {
  if (!confirm(say['forget_sure'])) return
  // What was sent stays sent: only this telephone forgets.
  for (const { id } of await parcelsOf(filing))
    await (filing.state === 'sent' ? parcels.drop(id) : courier.takeBack(id))
  await parcels.dropFiling(filing.key)
  await draw()
}

/** @param {KeptFiling} filing */
const row = async (filing) => {
  const element = document.createElement('li')
  const left = (await parcelsOf(filing)).filter(({ hasArrived }) => !hasArrived).length
  const words = Object.assign(document.createElement('p'), { textContent: truthOf(filing, left) })
  const text = Object.assign(document.createElement('p'), {
    className: 'soft',
    dir: 'auto',
    textContent: filing.fields['text']?.slice(0, 80) ?? '',
  })
  const actions = Object.assign(document.createElement('p'), { className: 'row' })
  element.dataset['state'] = filing.state
  if (filing.receipt)
    actions.append(
      Object.assign(document.createElement('a'), {
        href: filing.receipt.receiptUrl,
        textContent: say['receipt'] ?? '',
      }),
    )
  if (filing.state === 'wrong') actions.append(button(say['change'] ?? '', () => change(filing)))
  actions.append(button(say['forget'] ?? '', () => forget(filing)))
  element.append(words, text, actions)
  return element
}

/** What the page last said of each filing. @type {Map<string, string>} */
const told = new Map()

const draw = async () => {
  const kept = (await parcels.filings()).sort((a, b) => a.createdAt - b.createdAt)
  list.replaceChildren(...(await Promise.all(kept.map(row))))
  queue.hidden = kept.length === 0
  for (const filing of kept) {
    const before = told.get(filing.key)
    told.set(filing.key, filing.state)
    // Whoever sent it, this page, another or the service worker: here it is said.
    if (before !== undefined && before !== filing.state) tell(truthOf(filing, 0))
  }
}

const send = async () => {
  await sendWaiting()
  await draw()
}

/** @param {FormData} data */
const keep = async (data) => {
  const key = `${Date.now().toString(36)}-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const fields = Object.fromEntries(
    [...data].flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'upload' ? [[name, value]] : [],
    ),
  )
  for (const { id, owner } of await parcels.parcels())
    if (owner === courier.ownerOfPage()) await parcels.change(id, { owner: ownerOf(key) })
  await parcels.keepFiling(
    /** @type {KeptFiling} */ ({ key, language, fields, createdAt: Date.now(), state: 'waiting' }),
  )
  const worker = await navigator.serviceWorker?.getRegistration()
  await /** @type {any} */ (worker)?.sync?.register('wasl-filings').catch(() => {})
  form.reset()
  document.querySelector('#attached ul')?.replaceChildren()
  await draw()
  tell(say['kept'])
  queue.scrollIntoView()
  courier.nudge()
  await send()
}

form.addEventListener(
  'submit',
  (event) => {
    // The recorder first ends its take, then presses again.
    const recorder = document.getElementById('recorder')?.dataset['state']
    if (recorder === 'recording' || recorder === 'paused') return
    event.preventDefault()
    event.stopImmediatePropagation()
    void keep(new FormData(form))
  },
  { capture: true },
)

courier.listen(({ what }) => {
  if (what === 'declared' || what === 'arrived') void send()
})
addEventListener('online', () => void send())
// A browser often does not know that the line is back.
setInterval(() => void send(), LOOK_AGAIN_MS)

form.hidden = false
document.getElementById('unscripted')?.remove()
void draw().then(send)
