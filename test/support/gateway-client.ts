import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const run = promisify(execFile)

export type Environment = Readonly<Record<string, string>>

export interface Filed {
  readonly reference: string
  readonly accessCode: string
  readonly receivedAt: string
  readonly receiptUrl: string
  readonly media: readonly { readonly id: string; readonly sha256: string }[]
}

/** One try at filing over the API; whatever comes of it is the caller's to judge. */
export const postFiling = (
  base: string,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
  patienceMs = 30_000,
): Promise<Response> =>
  fetch(`${base}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ kind: 'complaint', text: `Filing ${key}`, administration: 'SANTE', ...more }),
    signal: AbortSignal.timeout(patienceMs),
  })

/** Files and expects to be accepted. */
export const file = async (
  base: string,
  key: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Filed> => {
  const response = await postFiling(base, key, more)
  if (!response.ok) throw new Error(`${key}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Filed
}

/** Uploads a file by tus, whole; gives the id to file it under. */
export const uploadFile = async (
  base: string,
  name: string,
  type: string,
  bytes: Buffer,
): Promise<string> => {
  const tus = { 'tus-resumable': '1.0.0' }
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const declared = await fetch(`${base}/api/v1/uploads`, {
    method: 'POST',
    headers: {
      ...tus,
      'upload-length': String(bytes.length),
      'upload-metadata': `filename ${encoded(name)},filetype ${encoded(type)}`,
    },
  })
  if (declared.status !== 201) throw new Error(`${name}: ${declared.status} ${await declared.text()}`)
  const location = new URL(declared.headers.get('location') ?? '', base)
  const sent = await fetch(location, {
    method: 'PATCH',
    headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: bytes,
  })
  if (sent.status !== 204) throw new Error(`${name}: ${sent.status} ${await sent.text()}`)
  return location.pathname.split('/').at(-1) ?? ''
}

/** Runs one `wasl` command beside the gateway; gives its exit code and what it said. */
export const wasl = async (environment: Environment, ...words: string[]) => {
  try {
    const { stdout, stderr } = await run(process.execPath, ['--no-warnings', CLI, ...words], {
      env: { PATH: process.env['PATH'], ...environment },
      timeout: 60_000,
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

export interface Connector {
  readonly type: string
  readonly url?: string
  readonly address?: string
}

/** A ministry supervisor at the gateway's staff API. */
export const signIn = async (base: string, environment: Environment) => {
  const { stdout, stderr } = await wasl(
    environment,
    'token',
    'create',
    '--role',
    'ministry-supervisor',
    '--json',
  )
  if (stdout === '') throw new Error(`no token: ${stderr}`)
  const { token } = JSON.parse(stdout) as { token: string }
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}/api/v1/staff${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
  return {
    token,
    call,
    putBody: (code: string, connectors: readonly Connector[] = []) =>
      call<{ connectors: { id: string; secret?: string; disabledReason: string | null }[] }>(
        'PUT',
        `/administrations/${code}`,
        { names: { fr: code, ar: code, en: code }, anonymousAllowed: true, state: 'active', connectors },
      ),
    complaint: <T>(reference: string) => call<T>('GET', `/complaints/${reference}`),
  }
}

export type Staff = Awaited<ReturnType<typeof signIn>>
