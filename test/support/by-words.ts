import type { FastifyInstance } from 'fastify'

const decoded = (html: string): string =>
  html
    .replaceAll('&amp;', '&')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/[\u2066-\u2069]/g, '')

/** What a person reads of a piece of a page. */
export const wordsIn = (html: string): string =>
  decoded(html.replace(/<[^>]+>/g, ' '))
    .replace(/[\s\u00A0]+/g, ' ')
    .trim()

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : decoded(value)
}

/** The fields of a form that go with it whatever is typed: as they stand when the page opens. */
const standing = (form: string): Map<string, string> => {
  const fields = new Map<string, string>()
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const isChoice = /type="(radio|checkbox)"/.test(tag)
    const name = attribute(tag, 'name')
    if (name !== undefined && (!isChoice || /\schecked/.test(tag)))
      fields.set(name, attribute(tag, 'value') ?? '')
  }
  for (const [, tag = '', value = ''] of form.matchAll(/(<textarea[^>]*>)([\s\S]*?)<\/textarea>/g))
    fields.set(attribute(tag, 'name') ?? '', decoded(value).replace(/^\n/, ''))
  for (const [, tag = '', options = ''] of form.matchAll(/(<select[^>]*>)([\s\S]*?)<\/select>/g)) {
    const chosen =
      /<option[^>]*\sselected[^>]*>/.exec(options)?.[0] ?? /<option[^>]*>/.exec(options)?.[0] ?? ''
    fields.set(attribute(tag, 'name') ?? '', attribute(chosen, 'value') ?? '')
  }
  return fields
}

/** The control that a label's words lead to, and what it sends for what was meant. */
const named = (form: string, label: string, meant: string): [name: string, value: string] => {
  for (const [, group = ''] of form.matchAll(/<fieldset[^>]*>((?:(?!<fieldset)[\s\S])*?)<\/fieldset>/g)) {
    if (!wordsIn(/<legend>([\s\S]*?)<\/legend>/.exec(group)?.[1] ?? '').startsWith(label)) continue
    for (const [choice] of group.matchAll(/<label class="choice">[\s\S]*?<\/label>/g)) {
      const tag = /<input[^>]*>/.exec(choice)?.[0] ?? ''
      if (wordsIn(choice).startsWith(meant))
        return [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '']
    }
  }
  for (const [, id = '', words = ''] of form.matchAll(
    /<label[^>]*\sfor="([^"]+)"[^>]*>([\s\S]*?)<\/label>/g,
  )) {
    if (!wordsIn(words).startsWith(label)) continue
    const at = new RegExp(`<(input|textarea|select)[^>]*\\sid="${id}"[^>]*>`).exec(form)
    const name = attribute(at?.[0] ?? '', 'name') ?? ''
    if (at?.[1] !== 'select') return [name, meant]
    const options = form.slice(at.index, form.indexOf('</select>', at.index))
    for (const [, option = '', text = ''] of options.matchAll(/(<option[^>]*>)([\s\S]*?)<\/option>/g))
      if (wordsIn(text) === meant) return [name, attribute(option, 'value') ?? '']
  }
  throw new Error(`no field says “${label}” (${meant}) in: ${wordsIn(form)}`)
}

/**
 * A person without scripts who reads: links, fields and buttons are found by the words on the screen and by nothing else, and an
 * address is typed only where a person was given one.
 */
export const readerOf = (app: FastifyInstance, { language = 'fr', signedIn = '' } = {}) => {
  let cookie = signedIn
  let html = ''
  let at = ''
  let steps = 0
  const ask = async (method: 'GET' | 'POST', url: string, payload?: string): Promise<void> => {
    const answer = await app.inject({
      method,
      url,
      headers: {
        'sec-fetch-site': 'same-origin',
        'accept-language': language,
        ...(cookie === '' ? {} : { cookie }),
        ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(payload === undefined ? {} : { payload }),
    })
    const [given] = [answer.headers['set-cookie']].flat()
    if (given) cookie = String(given).split(';')[0] ?? ''
    if (answer.statusCode === 303) return ask('GET', String(answer.headers['location']))
    at = url.split('#')[0] ?? ''
    html = answer.payload
  }
  const path = (address: string) => address.replace(/^https?:\/\/[^/]+/, '')
  const reader = {
    /** Every word on the screen. */
    read: (): string => wordsIn(html.replace(/<head>[\s\S]*?<\/head>/, '')),
    /** What stands in the typewriter's letters: keys and links to be copied. */
    copied: (): string[] =>
      [...html.matchAll(/<code[^>]*>([\s\S]*?)<\/code>/g)].map(([, words = '']) => wordsIn(words)),
    steps: () => steps,
    /** Types an address. */
    visit: async (address: string): Promise<void> => {
      steps += 1
      await ask('GET', path(address))
    },
    /** The words of every link. */
    links: (): string[] =>
      [...html.matchAll(/<a [^>]*>([\s\S]*?)<\/a>/g)].map(([, words = '']) => wordsIn(words)),
    follow: async (words: string): Promise<void> => {
      const found = [...html.matchAll(/<a [^>]*>[\s\S]*?<\/a>/g)].find(([link]) => wordsIn(link) === words)
      if (found === undefined) throw new Error(`no link says “${words}”: ${reader.links().join(' | ')}`)
      steps += 1
      const target = attribute(found[0], 'href') ?? ''
      await ask('GET', target.startsWith('#') ? at : target)
    },
    /** Fills a form by its labels and presses a button by its words. */
    press: async (button: string, typed: Readonly<Record<string, string>> = {}): Promise<void> => {
      const forms = [...html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => form)
      for (const form of forms)
        for (const [, tag = '', words = ''] of form.matchAll(/(<button[^>]*>)([\s\S]*?)<\/button>/g)) {
          if (wordsIn(words) !== button) continue
          const fields = standing(form)
          for (const [label, meant] of Object.entries(typed)) fields.set(...named(form, label, meant))
          const own = attribute(tag, 'name')
          if (own !== undefined) fields.set(own, attribute(tag, 'value') ?? '')
          steps += 1
          const target = attribute(form.slice(0, form.indexOf('>') + 1), 'action') ?? at
          return ask('POST', target.split('#')[0] ?? '', new URLSearchParams([...fields]).toString())
        }
      throw new Error(`no button says “${button}” in: ${reader.read()}`)
    },
  }
  return reader
}

export type Reader = ReturnType<typeof readerOf>
