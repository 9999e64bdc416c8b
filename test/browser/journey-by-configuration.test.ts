import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Dossier } from '../../src/core/dossier.ts'
import { createS3Store } from '../../src/platform/object-store/s3.ts'
import { decode, fetchFile, sha256 } from '../support/body-journey.ts'
import { EICAR, startClamd } from '../support/clamd.ts'
import { BODY_MAIL, type JourneyGateway, startJourney, wasl } from '../support/gateway-journey.ts'
import { scratchFolder, until } from '../support/gateway-process.ts'
import { FILMS, SOUNDS } from '../support/media-files.ts'
import { startDistributionPostgres } from '../support/postgres-journey.ts'
import { type S3Server, startS3 } from '../support/s3-server.ts'

let folder: string
let journey: JourneyGateway
let s3: S3Server
const endings: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  folder = scratchFolder('configured')
  const postgres = await startDistributionPostgres(folder)
  endings.push(postgres.stop)
  const clamd = await startClamd()
  endings.push(clamd.stop)
  s3 = await startS3()
  endings.push(s3.stop)
  const { options } = s3
  journey = await startJourney(folder, {
    DATABASE_URL: postgres.url,
    SECRET_KEY: createHash('sha256').update(folder).digest('hex'),
    S3_ENDPOINT: options.endpoint,
    S3_REGION: options.region,
    S3_BUCKET: options.bucket,
    S3_ACCESS_KEY_ID: options.accessKeyId,
    S3_SECRET_ACCESS_KEY: options.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
    CLAMD_URL: clamd.url,
  })
  endings.push(journey.close)
})
afterAll(async () => {
  for (const end of endings.reverse()) await end()
  fs.rmSync(folder, { recursive: true, force: true })
})

const TUS = { 'tus-resumable': '1.0.0' }

/** Sends a file by tus in two stretches; gives its id. */
const upload = async (name: string, type: string, bytes: Buffer): Promise<string> => {
  const base64 = (words: string) => Buffer.from(words).toString('base64')
  const metadata = `filename ${base64(name)},filetype ${base64(type)}`
  const created = await fetch(`${journey.base}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': metadata },
  })
  expect(created.status).toBe(201)
  const address = new URL(created.headers.get('location') ?? '', journey.base)
  const half = Math.floor(bytes.length / 2)
  for (const [offset, part] of [
    [0, bytes.subarray(0, half)],
    [half, bytes.subarray(half)],
  ] as const) {
    const sent = await fetch(address, {
      method: 'PATCH',
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(part),
    })
    expect(sent.status).toBe(204)
  }
  return address.pathname.split('/').at(-1) ?? ''
}

interface Accepted {
  readonly reference: string
  readonly accessCode: string
  readonly receiptUrl: string
  readonly media: readonly { readonly id: string; readonly sha256: string; readonly bytes: number }[]
}

const file = async (content: object, key: string): Promise<{ status: number; accepted: Accepted }> => {
  const response = await fetch(`${journey.base}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(content),
  })
  return { status: response.status, accepted: (await response.json()) as Accepted }
}

interface Tracked {
  readonly state: string
  readonly media: readonly { readonly id: string; readonly state: string; readonly url?: string }[]
}

const track = async ({ reference, accessCode }: Accepted): Promise<Tracked> => {
  const response = await fetch(`${journey.base}/api/v1/complaints/${reference}`, {
    headers: { 'access-code': accessCode },
  })
  expect(response.status).toBe(200)
  return (await response.json()) as Tracked
}

const settled = (accepted: Accepted): Promise<Tracked> =>
  until('settled media', async () => {
    const tracked = await track(accepted)
    return tracked.media.every(({ state }) => state !== 'stored' && state !== 'processing') && tracked
  })

const made = (cases: typeof SOUNDS, label: string) => {
  const found = cases.find((candidate) => candidate.label === label)
  if (found === undefined) throw new Error(`no recording called ${label}`)
  return found.bytes(fs.mkdtempSync(path.join(folder, 'make-')))
}

it('does the same on real PostgreSQL, S3, SMTP and clamd by configuration alone', async () => {
  const voice = made(SOUNDS, 'Ogg/Opus of a messenger')
  const film = made(FILMS, '3GP of an old phone')
  const uploads = [
    await upload('voix.ogg', 'audio/ogg', voice),
    await upload('film.3gp', 'video/3gpp', film),
    await upload('facture.pdf', 'application/pdf', EICAR),
  ]
  const content = {
    kind: 'complaint',
    text: 'Trois fichiers, dont un mauvais.',
    administration: 'SANTE',
    uploads,
  }
  const { status, accepted } = await file(content, 'configured')
  expect(status).toBe(201)
  expect(accepted.media.map(({ sha256 }) => sha256)).toEqual([voice, film, EICAR].map(sha256))
  expect(await file(content, 'configured')).toEqual({ status: 200, accepted })

  const tracked = await settled(accepted)
  expect(tracked.media.map(({ state }) => state)).toEqual(['ready', 'ready', 'blocked'])
  expect(tracked.media.map(({ url }) => url !== undefined)).toEqual([true, true, false])

  const dossier = await journey.body.settledDossier(accepted.reference)
  const [sound, pictures, infected] = dossier.media
  for (const media of [sound, pictures]) {
    if (media === undefined) throw new Error('a medium is missing')
    await fetchFile(media.original)
    for (const rendition of media.renditions) {
      const { bytes } = await fetchFile(rendition)
      if (rendition.rendition === 'playback') decode(folder, rendition.name, bytes)
    }
  }
  expect(infected).toMatchObject({ state: 'blocked', renditions: [], original: { url: null } })
  await refusesTheInfected(accepted, dossier)

  // What was accepted lies where the configuration says, and nowhere else.
  for (const part of ['data/objects', 'data/postgres', 'data/secret-key'])
    expect(fs.existsSync(path.join(folder, part)), part).toBe(false)
  const keys: string[] = []
  for await (const { key } of createS3Store(s3.options).list('')) keys.push(key)
  expect(keys.length).toBeGreaterThanOrEqual(5)
  expect((await fetch(`${journey.base}/simulator/mailbox`)).status).toBe(404)
  // Exit 1 when rows, objects and ledger differ.
  await wasl(journey.environment, 'reconcile')
  await until('the dossier by e-mail', async () =>
    journey.smtp.mails.some(({ to, raw }) => to.includes(BODY_MAIL) && raw.includes(accepted.reference)),
  )
})

/** Every door the blocked file might leave by. */
const refusesTheInfected = async (accepted: Accepted, dossier: Dossier): Promise<void> => {
  const id = accepted.media[2]?.id ?? ''
  const original = `/api/v1/staff/complaints/${accepted.reference}/media/${id}/original`
  expect((await journey.ask('GET', original)).status).toBe(409)
  const mails = journey.smtp.mails.map(({ raw }) => raw).join('')
  expect(mails).not.toContain(EICAR.toString('base64').slice(0, 60))
  const urls = JSON.stringify(dossier).match(/http:\/\/[^"]+\/media\/[^"]+/g) ?? []
  for (const url of urls) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect(bytes.includes(EICAR)).toBe(false)
  }
}
