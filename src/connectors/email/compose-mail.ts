import type { ConnectorMessage, Enclosure } from '../../core/connector.ts'
import type { Dossier, DossierMedia } from '../../core/dossier.ts'
import type { Locale } from '../../core/locale.ts'
import type { Words } from './words.ts'

/** The names of the enclosures that fit into a mail: in their order, each as long as the sum stays below the limit. */
export const fitting = (enclosures: readonly Enclosure[], limit: number): Enclosure[] => {
  let left = limit
  return enclosures.filter(({ bytes }) => {
    if (bytes > left) return false
    left -= bytes
    return true
  })
}

interface Writing {
  readonly words: Words
  readonly locale: Locale
  /** SHA-256 of what is attached. */
  readonly attached: ReadonlySet<string>
}

const dayOf = (dossier: Dossier, kind: 'review' | 'answer', { words, locale }: Writing): string => {
  const date = dossier.deadlines.findLast((one) => one.kind === kind)
  if (date === undefined) return '—'
  const isLate = date.missedAt !== null && date.metAt === null
  return isLate ? `${date.dueOn} (${words(locale, 'dossier.late')})` : date.dueOn
}

const facts = (dossier: Dossier, writing: Writing): string[] => {
  const { words, locale } = writing
  const line = (key: Parameters<Words>[1], value: string) => `${words(locale, key)} : ${value}`
  const { complainant, referral } = dossier
  return [
    line('dossier.reference', dossier.reference),
    line('dossier.kind', words(locale, `kind.${dossier.kind}`)),
    line('dossier.received', `${dossier.receivedAt.slice(0, 16).replace('T', ' ')} UTC`),
    line('dossier.channel', dossier.channel),
    ...(dossier.place === null ? [] : [line('dossier.place', dossier.place)]),
    line(
      'dossier.complainant',
      complainant.anonymous ? words(locale, 'dossier.anonymous') : complainant.pseudonym,
    ),
    ...(referral.round > 1 ? [line('dossier.round', String(referral.round))] : []),
    line('dossier.review', dayOf(dossier, 'review', writing)),
    line('dossier.answer', dayOf(dossier, 'answer', writing)),
  ]
}

const filesOf = (media: DossierMedia, { words, locale, attached }: Writing): string[] => {
  const { original, renditions } = media
  const about = words(locale, 'dossier.file', {
    name: original.name,
    bytes: original.bytes,
    state: words(locale, `dossier.media.${media.state}`),
  })
  const listed = [...renditions, original].map((file) => {
    const place = attached.has(file.sha256) ? words(locale, 'dossier.attached') : (file.url ?? '—')
    return `    ${file.name} (${file.type}): ${place}\n    SHA-256 ${file.sha256}`
  })
  return [`- ${about}`, ...listed, ...(media.transcript ? [`    « ${media.transcript.text} »`] : [])]
}

/** The readable text: who reads nothing else knows what is asked and by when. */
export const composeText = ({ dossier, event }: ConnectorMessage, writing: Writing): string => {
  const { words, locale } = writing
  const expiry = dossier.media.find(({ original }) => original.urlExpiresAt)?.original.urlExpiresAt
  const sections = [
    words(locale, `dossier.intro.${event}`),
    facts(dossier, writing).join('\n'),
    `${words(locale, 'dossier.text')}\n\n${dossier.rounds.at(-1)?.text || dossier.text || '—'}`,
    ...(dossier.transfers.length === 0
      ? []
      : [
          [
            words(locale, 'dossier.transfers'),
            ...dossier.transfers.map((move) => `- ${words(locale, 'dossier.transfer', move)}`),
          ].join('\n'),
        ]),
    ...(dossier.media.length === 0
      ? []
      : [
          [
            words(locale, 'dossier.files'),
            ...dossier.media.flatMap((media) => filesOf(media, writing)),
            ...(expiry ? [words(locale, 'dossier.links', { day: expiry.slice(0, 10) })] : []),
          ].join('\n'),
        ]),
    words(locale, 'dossier.how', { reference: dossier.reference }),
  ]
  return `${sections.join('\n\n')}\n`
}
