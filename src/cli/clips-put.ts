import fs from 'node:fs/promises'
import { fileTypeFromBuffer } from 'file-type'
import { voiceScript } from '../composition/voice.ts'
import { LOCALES, type TextLocale } from '../core/locale.ts'
import { putClip } from '../intake/calls/keep-clips.ts'
import { type Command, requiredText, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'

const LANGUAGES: readonly TextLocale[] = [...LOCALES, 'zgh']

const clipTypeOf = async (bytes: Uint8Array): Promise<'audio/mpeg' | 'audio/wav'> => {
  const found = (await fileTypeFromBuffer(bytes))?.mime
  if (found === 'audio/mpeg' || found === 'audio/wav') return found
  throw new UsageError('a clip is an MP3 or a WAV file')
}

/** `wasl clips put`: an operator's recording takes the place of synthesis within a minute. */
export const clipsPut: Command = {
  name: 'clips put',
  summary: 'put a recording in place of a synthesised prompt; the older one is kept',
  options: {
    language: {
      type: 'string',
      value: 'LANGUAGE',
      about: 'language of the recording',
      required: true,
      choices: LANGUAGES,
    },
    key: {
      type: 'string',
      value: 'KEY',
      about: 'prompt, as `clips check` names it',
      required: true,
    },
    source: {
      type: 'string',
      value: 'SOURCE',
      about: 'who speaks; absent: human',
      choices: ['human', 'synthetic'],
    },
  },
  arguments: ['FILE'],
  examples: ['clips put --language fr --key voice.menu menu.mp3'],
  run: async ({ values, positionals: [file = ''], config }) => {
    const settings = config()
    const language = requiredText(values, 'language') as TextLocale
    const key = requiredText(values, 'key')
    const text = voiceScript(language, settings.voice).find((entry) => entry.key === key)?.text
    if (text === undefined) throw new UsageError(`${language} has no text ${key}; see wasl clips check`)
    const bytes = await fs.readFile(file)
    const type = await clipTypeOf(bytes)
    const source = textOf(values, 'source') === 'synthetic' ? 'synthetic' : 'human'
    return withParts(settings, async (parts) => {
      const { version } = await putClip(parts, { language, key, text, type, source, bytes, durationMs: null })
      return { json: { language, key, version, text }, text: `Put as version ${version}: “${text}”` }
    })
  },
}
