// The files of a form: chosen, shrunk, listed with their progress in words, paused, cancelled; the courier carries them while the
// person goes on. Without scripts the same form carries the files.
import { announcer, fill, isolated } from './announce.js'
import * as courier from './courier.js'
import * as parcels from './parcels.js'
import { shrink } from './shrink.js'

/** @typedef {import('./parcels.js').Parcel} Parcel */

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[data-uploads]'))
const attached = /** @type {HTMLElement} */ (document.getElementById('attached'))
const list = /** @type {HTMLElement} */ (attached.querySelector('ul'))
const {
  uploads: endpoint = '',
  draft,
  owner = '',
  carry,
  limit = '0',
  files: most = '0',
  kinds = '.',
} = form.dataset
/** Words of the page's language, {name}, {size} and {percent} to be filled in. @type {Record<string, string>} */
const say = JSON.parse(form.dataset.texts ?? '{}')

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Partial<HTMLElementTagNameMap[T]>} properties
 */
const make = (tag, properties) => Object.assign(document.createElement(tag), properties)

const status = make('p', { className: 'soft', role: 'status' })
attached.after(status)
const tell = announcer(status)
/** What asks for an answer now is said at once. @param {string | undefined} words */
const warn = (words = '') => {
  trouble.textContent = words
}
const trouble = make('p', { className: 'error', role: 'alert' })
attached.before(trouble)

const number = new Intl.NumberFormat(
  document.documentElement.lang === 'ar' ? 'ar-MA' : document.documentElement.lang,
  {
    maximumFractionDigits: 1,
  },
)
/** @param {number} bytes */
const sizeOf = (bytes) =>
  bytes < 1_000_000
    ? fill(say['kilobytes'], { size: number.format(Math.round(bytes / 1024)) })
    : fill(say['megabytes'], { size: number.format(bytes / 1024 / 1024) })

/** @param {string | undefined} textContent @param {() => void} onclick */
const button = (textContent = '', onclick) =>
  make('button', { type: 'button', className: 'link', textContent, onclick })

/** What stands in the list, by parcel. @type {Map<string, ReturnType<typeof createRow>>} */
const rows = new Map()
const showList = () => {
  attached.hidden = list.children.length === 0
}

/** One file in the list: its name, how far it is, and what can be done with it. @param {Parcel} parcel @param {File} [original] */
const createRow = (parcel, original) => {
  const { id } = parcel
  const values = { name: isolated(parcel.name) }
  const bar = make('progress', { max: 1, ariaLabel: parcel.name })
  const actions = make('span', { className: 'row' })
  const element = make('li', { className: 'row' })
  const name = make('span', { className: 'grow' })
  const size = make('span', { className: 'soft digits', textContent: parcel.size ? sizeOf(parcel.size) : '' })
  name.append(make('bdi', { textContent: parcel.name }), ' ', size)
  element.append(name, actions, bar)
  let isPaused = parcel.isPaused ?? false
  let url = parcel.url ?? undefined
  let toldQuarter = 0

  const pause = button(isPaused ? say['resume'] : say['pause'], () => {
    isPaused = !isPaused
    pause.textContent = (isPaused ? say['resume'] : say['pause']) ?? ''
    tell(isPaused ? fill(say['paused'], values) : '')
    void courier.hold(id, isPaused)
  })
  const cancel = button(say['cancel'], () => void courier.takeBack(id, url))
  actions.append(pause, cancel)
  if (original)
    actions.append(
      button(fill(say['original'], { size: sizeOf(original.size) }), () => void replace(id, original)),
    )

  return {
    element,
    parcel,
    isDeclared: () => Boolean(url),
    declared: (/** @type {string} */ there) => {
      url = there
    },
    progress: (/** @type {number} */ sent, /** @type {number | null} */ total) => {
      if (!total) return
      bar.value = sent / total
      size.textContent ||= sizeOf(total)
      const percent = Math.floor((sent / total) * 100)
      const quarter = Math.floor(percent / 25)
      // Quarters only: a screen reader must not talk without end.
      if (quarter > toldQuarter && percent < 100) tell(fill(say['sent'], { ...values, percent }))
      toldQuarter = quarter
    },
    arrived: (/** @type {string} */ there) => {
      url = there
      const value = there.split('/').pop() ?? ''
      bar.remove()
      if (carry) {
        element.append(make('input', { type: 'hidden', name: carry, value }))
        actions.replaceChildren(button(say['remove'], () => void courier.takeBack(id, url)))
      } else
        actions.replaceChildren(
          make('button', { className: 'link', name: 'remove', value, textContent: say['remove'] ?? '' }),
        )
      tell(fill(say['done'], values))
    },
  }
}

/** @param {Parcel} parcel @param {File} [original] */
const showRow = (parcel, original) => {
  const row = createRow(parcel, original)
  rows.set(parcel.id, row)
  list.append(row.element)
  showList()
  return row
}

/** The smaller copy gives way to the picture as it was taken. @param {string} id @param {File} original */
const replace = async (id, original) => {
  await courier.takeBack(id)
  await add(original, original)
}

/** Why a file cannot be taken, with the way to mend it; undefined when it can. @param {File} file */
const wrongWith = ({ name, size, type }) => {
  if (size === 0) return say['empty']
  if (list.children.length >= Number(most)) return say['many']
  if (size > Number(limit)) return say['large']
  return new RegExp(kinds, 'i').test(type) || new RegExp(kinds, 'i').test(name) ? undefined : say['type']
}

/** @param {File} file @param {File} [asIs] sent as it is, by the person's choice */
const add = async (file, asIs) => {
  const smaller = asIs ? undefined : await shrink(file)
  const wrong = wrongWith(smaller ?? file)
  if (wrong) return warn(fill(wrong, { name: isolated(file.name) }))
  const { name, type, size } = smaller ?? file
  const parcel = await courier.hand(
    { name, type, size, endpoint, ...(carry ? { isKept: true } : {}) },
    smaller ?? file,
  )
  showRow(parcel, smaller && file)
  tell(smaller ? fill(say['smaller'], { name: isolated(name), size: sizeOf(size) }) : '')
}

/** A draft must be there before a file can hang on it. */
const prepare = async () => {
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem('form'))
  if (!draft) return true
  const answer = await fetch(draft, {
    method: 'POST',
    body: new URLSearchParams({ form: token.value }),
  }).catch(() => undefined)
  if (!answer?.ok) return false
  const { form: fresh, owner: ours } = await answer.json()
  token.value = fresh
  await courier.adopt(ours)
  return true
}

/** Files that were chosen and are not in the list yet. */
let preparing = 0

/** The press that waits until the courier has come far enough. @type {HTMLElement | null} */
let pressed = null

/** What may go along: the filing does not wait for bytes, only for the gateway to know of them; a link wants them whole. */
const isReady = () =>
  preparing === 0 &&
  [...rows.values()].every((row) => (carry ? row.element.querySelector('input') !== null : row.isDeclared()))

/** Presses again what had to wait. */
const goOn = () => {
  if (pressed && isReady()) {
    const again = pressed
    pressed = null
    form.requestSubmit(again)
  }
}

/** @param {{ what: string, id: string, sent?: number, size?: number | null, url?: string }} news */
const hear = ({ what, id, sent = 0, size = null, url = '' }) => {
  const row = rows.get(id)
  if (what === 'cut' && rows.size > 0) tell(say['cut'])
  if (!row) return
  if (what === 'progress') row.progress(sent, size)
  if (what === 'declared') row.declared(url)
  if (what === 'arrived') row.arrived(url)
  if (what === 'removed' || what === 'refused') {
    row.element.remove()
    rows.delete(id)
    showList()
    if (what === 'refused') warn(fill(say['failed'], { name: isolated(row.parcel.name) }))
  }
  goOn()
}

form.addEventListener('change', async ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== 'file') return
  const chosen = [...(target.files ?? [])]
  // The files travel on their own: the form must not carry them a second time.
  target.value = ''
  warn()
  preparing += chosen.length
  for (const file of chosen) {
    await add(file).catch(() => warn(fill(say['failed'], { name: isolated(file.name) })))
    preparing -= 1
  }
  goOn()
})
form.addEventListener('submit', (event) => {
  const by = /** @type {SubmitEvent} */ (event).submitter
  const goesOn = !(by instanceof HTMLButtonElement) || !['language', 'remove'].includes(by.name)
  if (!goesOn || isReady()) return
  event.preventDefault()
  pressed = by
  tell(say['wait'])
})
document.addEventListener('wasl:take', (event) => {
  const { parcel } = /** @type {CustomEvent<{ parcel: Parcel }>} */ (event).detail
  showRow(parcel)
})

courier.listen(hear)
const ours = owner || (draft ? '' : location.pathname.split('/').pop()) || ''
for (const parcel of await parcels.parcels()) {
  if (parcel.owner !== ours || parcel.endpoint !== endpoint || rows.has(parcel.id)) continue
  const row = showRow(parcel)
  if (parcel.hasArrived && parcel.url) row.arrived(parcel.url)
}
void courier.start({ owner: ours, prepare })
