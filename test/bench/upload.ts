import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { freePort, scratchFolder, startGatewayProcess } from '../support/gateway-process.ts'
import { report, round } from './report.ts'

const MIB = 1024 * 1024
const SIZE = 2 * 1024 * MIB
const piece = randomBytes(MIB)

const pieces = () =>
  Readable.from(
    (function* () {
      for (let sent = 0; sent < SIZE; sent += piece.length) yield piece
    })(),
    { objectMode: false },
  )

/** The floor: the same bytes hashed and written by Node, with nothing between. Gives seconds. */
const plainCopy = async (file: string): Promise<number> => {
  const hash = createHash('sha256')
  const start = performance.now()
  const hashing = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(pieces(), hashing, fs.createWriteStream(file, { flush: true }))
  hash.digest()
  fs.rmSync(file)
  return (performance.now() - start) / 1000
}

const memory = (pid: number | undefined, name: 'VmRSS' | 'VmHWM'): number => {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024
}

const TUS = { 'tus-resumable': '1.0.0' }

const uploadBy = async (base: string): Promise<number> => {
  const declared = await fetch(`${base}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(SIZE), 'upload-metadata': `filename ${btoa('film.mp4')}` },
  })
  const location = new URL(declared.headers.get('location') ?? '', base)
  const start = performance.now()
  const status = await new Promise<number>((resolve, reject) => {
    const headers = {
      ...TUS,
      'upload-offset': 0,
      'content-type': 'application/offset+octet-stream',
      'content-length': SIZE,
    }
    const request = http.request(location, { method: 'PATCH', headers }, (response) =>
      resolve(response.resume().statusCode ?? 0),
    )
    request.once('error', reject)
    pipeline(pieces(), request).catch(reject)
  })
  if (status !== 204) throw new Error(`the upload ended with ${status}`)
  return (performance.now() - start) / 1000
}

/** A 2 GiB upload by tus into the whole gateway: speed beside a plain hashed copy, and how far its memory rose. */
export const benchUpload = async (): Promise<void> => {
  const folder = scratchFolder('bench-upload')
  const gateway = await startGatewayProcess({
    DATA_DIR: path.join(folder, 'data'),
    PORT: String(await freePort()),
  })
  try {
    const plain = await plainCopy(path.join(folder, 'plain'))
    const before = memory(gateway.process.pid, 'VmRSS')
    const seconds = await uploadBy(gateway.base)
    report('upload', {
      gibibytes: 2,
      mibPerSecond: round(SIZE / MIB / seconds, 0),
      plainMibPerSecond: round(SIZE / MIB / plain, 0),
      ratio: round(plain / seconds),
      rssRoseMib: round(memory(gateway.process.pid, 'VmHWM') - before, 0),
    })
  } finally {
    await gateway.end('SIGTERM')
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
