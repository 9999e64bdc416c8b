import { createHash } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import type { Dossier, DossierFile } from '../../src/core/dossier.ts'
import { until } from './gateway-process.ts'
import { ffmpeg, ffprobe } from './media.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface Call {
  readonly headers: Record<string, string>
  readonly body: string
}

export interface BodyEvent {
  readonly id: string
  readonly type: string
  readonly data: Dossier
}

/** An administration's own server: keeps what is posted to it, and believes only what its secret confirms. */
export const startBody = async () => {
  const calls: Call[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      calls.push({ headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let secret = ''

  const believed = (): BodyEvent[] =>
    calls.map(({ headers, body }) => {
      const event = new Webhook(secret).verify(body, headers) as { type: string; data: Dossier }
      return { id: headers['webhook-id'] ?? '', ...event }
    })

  return {
    url: `http://127.0.0.1:${port}/hook`,
    calls,
    trust: (given: string) => {
      secret = given
    },
    /** Everything received so far about one complaint; throws when a signature does not hold. */
    eventsOf: (reference: string) => believed().filter(({ data }) => data.reference === reference),
    /** The last dossier of a complaint once none of its media is on its way. */
    settledDossier: (reference: string): Promise<Dossier> =>
      until(`the settled dossier of ${reference}`, async () => {
        const dossier = believed().findLast(({ data }) => data.reference === reference)?.data
        const isMoving = dossier?.media.some(({ state }) => state === 'stored' || state === 'processing')
        return isMoving === false ? dossier : undefined
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Body = Awaited<ReturnType<typeof startBody>>

/** Fetches a file of the manifest as a body does, without any session, and holds the bytes to what was promised. */
export const fetchFile = async (file: DossierFile): Promise<{ bytes: Buffer; headers: Headers }> => {
  const response = await fetch(file.url ?? 'no url', { redirect: 'error' })
  expect(response.status, file.name).toBe(200)
  const bytes = Buffer.from(await response.arrayBuffer())
  expect({ name: file.name, bytes: bytes.length, sha256: sha256(bytes) }).toEqual({
    name: file.name,
    bytes: file.bytes,
    sha256: file.sha256,
  })
  return { bytes, headers: response.headers }
}

/** Decodes a rendition to its end and gives what ffprobe finds in it. */
export const decode = (folder: string, name: string, bytes: Buffer) => {
  const file = path.join(folder, name)
  fs.writeFileSync(file, bytes)
  ffmpeg('-xerror', '-i', file, '-f', 'null', '-')
  return ffprobe(file)
}
