import {
  type Clip,
  type ClipGap,
  clipGaps,
  createClipBook,
  readManifests,
} from '../../channels/voice/clips.ts'
import { voiceScript } from '../composition/voice.ts'
import { LOCALES, type TextLocale } from '../core/locale.ts'
import { readClips } from '../intake/calls/keep-clips.ts'
import { type Command, textOf } from './command.ts'
import { withParts } from './open-parts.ts'

const LANGUAGES: readonly TextLocale[] = [...LOCALES, 'zgh']

const isLanguage = (value: string): value is TextLocale => (LANGUAGES as readonly string[]).includes(value)

const line = ({ language, key, why, text }: ClipGap): string =>
  `${language}  ${why.padEnd(12)} ${key.padEnd(24)} ${text ?? ''}`

const isFor = (clip: Clip, language: TextLocale, key: string, text: string | undefined): boolean =>
  clip.language === language && clip.key === key && clip.text === text

/** `wasl clips check`: what the hotline still has to synthesise, with the words to be read aloud. */
export const clipsCheck: Command = {
  name: 'clips check',
  summary: 'name the clips of the hotline that are missing or out of date; exit 1 when there are any',
  options: {
    language: {
      type: 'string',
      value: 'LANGUAGE',
      about: 'one language; absent: those of the texts',
      choices: LANGUAGES,
    },
  },
  examples: ['clips check', 'clips check --language fr --json'],
  run: ({ values, config }) => {
    const settings = config()
    const asked = textOf(values, 'language')
    const languages = asked !== undefined && isLanguage(asked) ? [asked] : LOCALES
    return withParts(settings, async ({ db }) => {
      const { newest } = createClipBook('', [...readManifests(), ...(await readClips({ db }))])
      const checked = languages.map((language) => {
        const script = voiceScript(language, settings.voice)
        const gaps = clipGaps(language, script, newest)
        const used = newest.filter((clip) => script.some(({ key, text }) => isFor(clip, language, key, text)))
        const synthetic = used.filter(({ source }) => source === 'synthetic').map(({ key }) => key)
        return { language, needed: script.length, recorded: used.length - synthetic.length, synthetic, gaps }
      })
      const gaps = checked.flatMap(({ gaps: some }) => some)
      const counts = checked.map(
        ({ language, needed, recorded, synthetic }) =>
          `${language}: ${recorded} of ${needed} recorded by a person, ${synthetic.length} by a machine`,
      )
      return {
        json: { languages: checked },
        text: [...gaps.map(line), ...counts].join('\n'),
        failed: gaps.length > 0,
      }
    })
  },
}
