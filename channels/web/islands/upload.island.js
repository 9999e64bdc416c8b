// Sends files while the person goes on writing, with progress in words. Without scripts the same form carries the files.
import { upload } from './tus-upload.js'

/** Words of the page's language, {name} and {percent} to be filled in. @typedef {Record<string, string>} Words */

/** @param {string | undefined} words @param {Record<string, string | number>} values */
const fill = (words = '', values) => words.replace(/\{(\w+)\}/g, (_, name) => `${values[name] ?? ''}`)

/** Isolated, so that a Latin name does not turn an Arabic sentence around. @param {string} name */
const isolated = (name) => `\u2068${name}\u2069`

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Partial<HTMLElementTagNameMap[T]>} properties
 */
const make = (tag, properties) => Object.assign(document.createElement(tag), properties)

/** @param {string | undefined} textContent @param {() => void} onclick */
const button = (textContent = '', onclick) =>
  make('button', { type: 'button', className: 'link', textContent, onclick })

/**
 * One file in the list: its name, how far it is, and what can be done with it.
 * Where no draft holds the files, the form carries their ids in fields named `carry`.
 * @param {File} file @param {Words} say @param {(words: string) => void} tell @param {string} endpoint
 * @param {string | undefined} carry
 */
const createRow = (file, say, tell, endpoint, carry) => {
  const values = { name: isolated(file.name) }
  const bar = make('progress', { max: file.size, value: 0, ariaLabel: file.name })
  const actions = make('span', { className: 'row' })
  const element = make('li', { className: 'row' })
  const name = make('span', { className: 'grow' })
  name.append(make('bdi', { textContent: file.name }))
  element.append(name, actions, bar)
  let control = new AbortController()
  let isPaused = false
  let toldQuarter = -1

  /** @param {number} bytes */
  const progress = (bytes) => {
    bar.value = bytes
    const percent = Math.floor((bytes / file.size) * 100)
    const quarter = Math.floor(percent / 25)
    // Quarters only: a screen reader must not talk without end.
    if (quarter !== toldQuarter && percent < 100) tell(fill(say.sent, { ...values, percent }))
    toldQuarter = quarter
  }

  /** @param {string} url */
  const finish = (url) => {
    bar.remove()
    const value = url.split('/').pop() ?? ''
    if (carry) {
      element.append(make('input', { type: 'hidden', name: carry, value }))
      actions.replaceChildren(button(say.remove, () => element.remove()))
      return tell(fill(say.done, values))
    }
    const remove = make('button', { className: 'link', name: 'remove', value, textContent: say.remove ?? '' })
    actions.replaceChildren(remove)
    tell(fill(say.done, values))
  }

  const run = async () => {
    const { signal } = control
    const url = await upload(endpoint, file, { progress, signal, cut: () => tell(say.cut ?? '') })
    if (url) return finish(url)
    if (isPaused || signal.aborted) return
    element.remove()
    tell(fill(say.failed, values))
  }

  const pause = button(say.pause, () => {
    isPaused = !isPaused
    pause.textContent = (isPaused ? say.resume : say.pause) ?? ''
    tell(isPaused ? fill(say.paused, values) : '')
    if (isPaused) return control.abort()
    control = new AbortController()
    void run()
  })
  const cancel = button(say.cancel, () => {
    control.abort()
    element.remove()
    tell('')
  })
  actions.append(pause, cancel)
  return { element, run }
}

/** A draft must be there before a file can hang on it. @param {HTMLFormElement} form */
const openDraft = async (form) => {
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem('form'))
  if (token.value) return
  const answer = await fetch(form.dataset.draft ?? '', { method: 'POST', body: new URLSearchParams() })
  if (answer.ok) token.value = (await answer.json()).form
}

/** @param {HTMLFormElement} form @param {HTMLElement} attached @param {HTMLUListElement} list */
const start = (form, attached, list) => {
  const { uploads = '', texts = '{}', limit = '0', files: most = '0', carry } = form.dataset
  /** @type {Words} */
  const say = JSON.parse(texts)
  const status = make('p', { className: 'soft', role: 'status' })
  attached.after(status)
  /** @param {string} words */
  const tell = (words) => {
    status.textContent = words
    attached.hidden = list.children.length === 0
  }

  /** @param {File} file */
  const add = async (file) => {
    if (file.size > Number(limit)) return tell(fill(say.large, { name: isolated(file.name) }))
    if (file.size === 0) return tell(fill(say.empty, { name: isolated(file.name) }))
    if (list.children.length >= Number(most)) return tell(say.many ?? '')
    const row = createRow(file, say, tell, uploads, carry)
    list.append(row.element)
    tell('')
    await row.run()
  }

  form.addEventListener('change', async ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== 'file') return
    const chosen = [...(target.files ?? [])]
    await openDraft(form)
    // The files travel on their own: the form must not carry them a second time.
    target.value = ''
    for (const file of chosen) await add(file)
  })
  form.addEventListener('submit', (event) => {
    const pressed = /** @type {SubmitEvent} */ (event).submitter
    const isRunning = list.querySelector('progress') !== null
    if (!isRunning || (pressed instanceof HTMLButtonElement && pressed.name === 'language')) return
    event.preventDefault()
    tell(say.wait ?? '')
  })
}

const form = document.querySelector('form[data-uploads]')
const attached = document.getElementById('attached')
const list = attached?.querySelector('ul')
if (form instanceof HTMLFormElement && attached && list) start(form, attached, list)
