/** What the telephone is told to do, as data: nothing but this file knows how it is written. */
export type Verb =
  | { readonly verb: 'say'; readonly voice: Voice; readonly text: string }
  | { readonly verb: 'play'; readonly url: string }
  | { readonly verb: 'pause'; readonly seconds: number }
  | {
      readonly verb: 'gather'
      /** Keys that are waited for: one, or a number of at most this many. */
      readonly digits: number
      readonly timeout: number
      readonly finishOnKey: '#' | ''
      readonly action: string
      /** Silence goes on to the next verb; absent: it is told to the action. */
      readonly fallsThrough?: boolean
      /** Said while listening: a key cuts it short. */
      readonly inside: readonly Verb[]
    }
  | {
      readonly verb: 'record'
      readonly maxSeconds: number
      readonly silenceSeconds: number
      readonly action: string
      /** Where the provider tells that the recording can be fetched. */
      readonly callback: string
    }
  | { readonly verb: 'dial'; readonly number: string; readonly timeout: number; readonly action: string }
  | { readonly verb: 'redirect'; readonly to: string }
  | { readonly verb: 'hangup' }

export interface Voice {
  /** As the provider names it. */
  readonly language: string
  readonly name?: string
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 has no way to write these, not even as references. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNWRITABLE, ' ')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')

const element = (
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

const write = (verb: Verb): string => {
  switch (verb.verb) {
    case 'say':
      return element(
        'Say',
        { language: verb.voice.language, voice: verb.voice.name },
        escapeXml(verb.text) || ' ',
      )
    case 'play':
      return element('Play', {}, escapeXml(verb.url))
    case 'pause':
      return element('Pause', { length: verb.seconds })
    case 'gather':
      return element(
        'Gather',
        {
          input: 'dtmf',
          numDigits: verb.digits,
          timeout: verb.timeout,
          finishOnKey: verb.finishOnKey,
          actionOnEmptyResult: verb.fallsThrough ? 'false' : 'true',
          action: verb.action,
          method: 'POST',
        },
        verb.inside.map(write).join(''),
      )
    case 'record':
      return element('Record', {
        maxLength: verb.maxSeconds,
        timeout: verb.silenceSeconds,
        finishOnKey: '#',
        trim: 'trim-silence',
        playBeep: 'true',
        action: verb.action,
        method: 'POST',
        recordingStatusCallback: verb.callback,
        recordingStatusCallbackMethod: 'POST',
      })
    case 'dial':
      return element(
        'Dial',
        { timeout: verb.timeout, action: verb.action, method: 'POST' },
        element('Number', {}, escapeXml(verb.number)),
      )
    case 'redirect':
      return element('Redirect', { method: 'POST' }, escapeXml(verb.to))
    case 'hangup':
      return element('Hangup', {})
  }
}

/** Writes a document the provider executes. Whatever a text holds stays text. */
export const twiml = (verbs: readonly Verb[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${verbs.map(write).join('')}</Response>\n`
