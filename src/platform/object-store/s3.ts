import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { AppError } from '../../core/errors.ts'
import type { ObjectStore, PutResult } from '../../core/object-store.ts'
import { checkedKey } from './key.ts'

/** Structurally the S3 part of the configuration. */
export interface S3Options {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly forcePathStyle: boolean
}

/** Two parts of this size are in memory for each put under way; ten thousand of them are the largest object. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS_AT_ONCE = 2

interface Bucket {
  readonly client: S3Client
  readonly name: string
}

const connect = (options: S3Options): S3Client =>
  new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.forcePathStyle,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    maxAttempts: 3,
    // Trailing checksums are sent in aws-chunked framing, which some S3 servers store as part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      // A download stands still while its reader does (a paused video), so only a long silence is a dead peer.
      socketTimeout: 300_000,
      httpAgent: { maxSockets: 128 },
      httpsAgent: { maxSockets: 128 },
    },
  })

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined

/** No class of the SDK leaves this file, and no request with its signature: only what failed and the status. */
const storeError = (operation: string, error: unknown): Error => {
  if (error instanceof AppError || error instanceof TypeError) return error
  const name = error instanceof Error ? error.name : 'error'
  return new AppError('unavailable', {
    detail: `Object store: ${operation} failed: ${name} ${statusOf(error) ?? ''}`.trim(),
  })
}

const guarded = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw storeError(operation, error)
  }
}

/** Counts and hashes what passes, and remembers why it ended: the SDK hides that behind errors of its own. */
const measure = (body: Readable, maxBytes: number) => {
  const hash = createHash('sha256')
  const seen = { bytes: 0, tooLarge: false, failure: undefined as unknown }
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        seen.bytes += chunk.length
        seen.tooLarge = seen.bytes > maxBytes
        if (seen.tooLarge) throw new Error('too large')
        hash.update(chunk)
        yield chunk
      }
    } catch (error) {
      seen.failure = error
      throw error
    }
  }
  return { seen, stream: Readable.from(chunks(), { objectMode: false }), digest: () => hash.digest('hex') }
}

const head = async ({ client, name }: Bucket, key: string): Promise<{ bytes: number } | undefined> => {
  try {
    const answer = await client.send(new HeadObjectCommand({ Bucket: name, Key: checkedKey(key) }))
    return { bytes: answer.ContentLength ?? 0 }
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw storeError('head', error)
  }
}

const remove = ({ client, name }: Bucket, key: string): Promise<void> =>
  guarded('delete', async () => {
    try {
      await client.send(new DeleteObjectCommand({ Bucket: name, Key: checkedKey(key) }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  })

const upload = async (
  bucket: Bucket,
  key: string,
  body: Readable,
  options: { maxBytes: number; signal?: AbortSignal },
): Promise<PutResult> => {
  const { seen, stream, digest } = measure(body, options.maxBytes)
  const sending = new Upload({
    client: bucket.client,
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
    params: { Bucket: bucket.name, Key: key, Body: stream, ContentType: 'application/octet-stream' },
  })
  try {
    await sending.done()
  } catch (error) {
    if (seen.tooLarge) return { ok: false, reason: 'too_large' }
    throw seen.failure ?? storeError('put', error)
  } finally {
    stream.destroy()
  }
  if (options.signal?.aborted) {
    await remove(bucket, key)
    throw options.signal.reason
  }
  // Nothing an S3 server claims about checksums is relied on: the length is what every one of them tells truly.
  const stored = await head(bucket, key)
  if (stored?.bytes !== seen.bytes) {
    await remove(bucket, key)
    throw new AppError('unavailable', { detail: 'Object store: the object was stored with another length' })
  }
  return { ok: true, object: { key, bytes: seen.bytes, sha256: digest() } }
}

const put = async (
  bucket: Bucket,
  key: string,
  body: Readable,
  options: { maxBytes: number; signal?: AbortSignal },
): Promise<PutResult> => {
  // The SDK's own abort answers before its last request does, which may then still store the object. So an abort breaks
  // the body instead, and the SDK ends the multipart upload by itself.
  const { signal } = options
  const onAbort = () => body.destroy(signal?.reason as Error)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await upload(bucket, checkedKey(key), body, options)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    body.destroy()
  }
}

const get = async (
  { client, name }: Bucket,
  key: string,
  range?: { start: number; end: number },
): Promise<Readable | undefined> => {
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: name,
        Key: checkedKey(key),
        ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
      }),
    )
    return answer.Body as Readable
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    if (statusOf(error) === 416) return Readable.from([])
    throw storeError('get', error)
  }
}

async function* list({ client, name }: Bucket, prefix: string) {
  let token: string | undefined
  do {
    const page = await guarded('list', () =>
      client.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix, ContinuationToken: token })),
    )
    for (const entry of page.Contents ?? [])
      if (entry.Key !== undefined && entry.LastModified !== undefined)
        yield { key: entry.Key, bytes: entry.Size ?? 0, modifiedAt: entry.LastModified }
    token = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (token !== undefined)
}

/** Parts of a multipart upload whose process was killed are in no listing and cost money until they are aborted. */
const discardUnfinished = async ({ client, name }: Bucket, before: Date): Promise<number> => {
  const page = await client
    .send(new ListMultipartUploadsCommand({ Bucket: name }))
    .catch((error: unknown) => {
      // Not every S3 server can list them (501); such a one needs its own lifecycle rule.
      if (statusOf(error) === 501) return { Uploads: [] }
      throw storeError('list', error)
    })
  const stale = (page.Uploads ?? []).filter(({ Initiated }) => Initiated !== undefined && Initiated < before)
  for (const { Key, UploadId } of stale)
    await guarded('abort', () =>
      client.send(new AbortMultipartUploadCommand({ Bucket: name, Key, UploadId })),
    )
  return stale.length
}

/**
 * An object store in one bucket. What the store refuses or does not answer is AppError('unavailable'), after three tries.
 */
export const createS3Store = (options: S3Options): ObjectStore => {
  const bucket: Bucket = { client: connect(options), name: options.bucket }
  return {
    put: (key, body, settings) => put(bucket, key, body, settings),
    get: (key, range) => get(bucket, key, range),
    head: (key) => head(bucket, key),
    delete: (key) => remove(bucket, key),
    list: (prefix) => list(bucket, prefix),
    discardUnfinished: (before) => discardUnfinished(bucket, before),
    check: (signal) =>
      guarded('check', async () => {
        await bucket.client.send(
          new HeadBucketCommand({ Bucket: bucket.name }),
          signal ? { abortSignal: signal } : {},
        )
      }),
  }
}
