import { describe, expect, it } from 'vitest'
import { sourceFiles } from './source-files.ts'

const files = sourceFiles()

/** A room is a folder; a file belongs to the longest room its path begins with. */
const USE_CASES = [
  'src/intake',
  'src/outbox',
  'src/assets',
  'src/receipts',
  'src/messages',
  'src/referrals',
  'src/handling',
  'src/deadlines',
  'src/personal-data',
  'src/administrations',
  'src/supervision',
  'src/staff',
]

/** Who may import whom, beside itself. What is not named here may not be imported. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  // Only the keys a channel brings (channels/*-config.ts).
  'src/environment.ts': ['src/core', 'channels'],
  'src/config.ts': ['src/core', 'src/environment.ts', 'channels'],
  'src/db': ['src/core'],
  'src/platform': ['src/core', 'src/config.ts'],
  'src/html': ['src/core'],
  'src/connectors': ['src/core', 'src/platform'],
  media: ['src/core', 'src/platform'],
  channels: ['src/core', 'src/platform'],
  'channels/web': ['src/core', 'src/platform', 'src/html', 'src/http', ...USE_CASES],
  ...Object.fromEntries(
    USE_CASES.map((room) => [room, ['src/core', 'src/db', 'src/platform', ...USE_CASES]]),
  ),
  'src/http': ['src/core', 'src/db', 'src/html', 'src/platform', ...USE_CASES],
  'src/console': ['src/core', 'src/db', 'src/html', 'src/http', 'src/platform', ...USE_CASES],
  'src/simulator': ['src/core', 'src/db', 'src/html', 'src/http', 'src/platform', ...USE_CASES],
  'src/seed': ['src/core', 'src/db', 'src/platform', ...USE_CASES],
}

/** Rooms that put the others together. */
const COMPOSERS = ['src/main.ts', 'src/cli.ts', 'src/cli', 'src/composition']

const ROOMS = [...Object.keys(MAY_IMPORT), ...COMPOSERS].toSorted((a, b) => b.length - a.length)

const isIn = (file: string, room: string): boolean => file === room || file.startsWith(`${room}/`)
const roomOf = (file: string): string | undefined => ROOMS.find((room) => isIn(file, room))

describe('the house', () => {
  it.each(files.map(({ path }) => path))('%s has a room', (path) => {
    expect(roomOf(path)).toBeDefined()
  })

  it('keeps to who may import whom', () => {
    const breaches = files.flatMap(({ path, imports }) => {
      const room = roomOf(path) ?? ''
      if (COMPOSERS.includes(room)) return []
      return imports
        .filter((target) => /^(src|channels|media)(\/|$)/.test(target))
        .filter((target) => {
          const other = roomOf(target)
          return other !== room && !(other !== undefined && MAY_IMPORT[room]?.includes(other))
        })
        .map((target) => `${path} → ${target}`)
    })
    expect(breaches).toEqual([])
  })

  it('has no channel that imports its sibling', () => {
    const channelOf = (file: string) => /^channels\/([^/]+)\//.exec(file)?.[1]
    const breaches = files.flatMap(({ path, imports }) =>
      imports.filter(
        (target) => channelOf(path) && channelOf(target) && channelOf(path) !== channelOf(target),
      ),
    )
    expect(breaches).toEqual([])
  })

  /** A vendor's package and the only places that may know it. */
  it.each([
    ['fluent-ffmpeg', /^media\/ffmpeg\.ts$/],
    ['sharp', /^media\//],
    ['@aws-sdk/', /^src\/(platform\/object-store\/|intake\/uploads\/|http\/api\/uploads)/],
    ['nodemailer', /^src\/platform\/mail|^channels\/email\//],
    ['imapflow', /^channels\/email\/imap\//],
    ['smtp-server', /^channels\/email\/lmtp\//],
    ['mailauth', /^channels\/email\/verify-sender\.ts$/],
    ['mailparser', /^(channels\/email|src\/simulator)\//],
    ['twilio', /^channels\//],
    ['smpp', /^channels\/sms\/smpp\//],
    ['standardwebhooks', /^src\/(connectors\/webhook|simulator)\//],
    ['@tus/', /^src\/(http|intake\/uploads)\//],
    ['undici', /^src\/(platform|connectors|simulator)\/|^media\//],
    ['postgres', /^src\/db\//],
    ['@myriaddreamin/typst-ts-node-compiler', /^src\/receipts\//],
  ])('knows %s only in its place', (vendor, place) => {
    const breaches = files
      .filter(({ imports }) =>
        imports.some((name) => (vendor.endsWith('/') ? name.startsWith(vendor) : name === vendor)),
      )
      .filter(({ path }) => !place.test(path))
      .map(({ path }) => path)
    expect(breaches).toEqual([])
  })

  /** Time, identity and environment are passed in. */
  it.each([
    [/\bDate\.now\(\)|new Date\(\)/, /^src\/platform\/system-clock\.ts$|\.js$/],
    [/\brandomUUID\(/, /^src\/platform\/system-clock\.ts$|\.js$/],
    [/\bprocess\.env\b/, /^src\/config\.ts$/],
  ])('finds %s only where it belongs', (pattern, place) => {
    const breaches = files
      .filter(({ text, path }) => pattern.test(text) && !place.test(path))
      .map(({ path }) => path)
    expect(breaches).toEqual([])
  })
})
