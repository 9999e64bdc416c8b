import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { type Body, startBody } from './body-journey.ts'
import { freePort, type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import { startSmtpSink } from './smtp-sink.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const run = promisify(execFile)

/** `wasl …` as an operator runs it: gives stdout; a failure rejects with `code` and `stdout`. */
export const wasl = async (
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<string> => {
  const env = { PATH: process.env['PATH'], ...environment }
  const { stdout } = await run(process.execPath, ['--no-warnings', CLI, ...args], { env })
  return stdout
}

export const BODY_MAIL = 'bureau@sante.example'

export interface JourneyGateway {
  readonly base: string
  readonly gateway: GatewayProcess
  readonly environment: Readonly<Record<string, string>>
  readonly body: Body
  readonly smtp: Awaited<ReturnType<typeof startSmtpSink>>
  /** Asks the staff API as a ministry supervisor. */
  ask(method: string, address: string, content?: object): Promise<Response>
  close(): Promise<void>
}

/** The body under test: everything it is sent goes to our receiver and our mail server. */
const putBody = async (ask: JourneyGateway['ask'], body: Body): Promise<void> => {
  const response = await ask('PUT', '/api/v1/staff/administrations/SANTE', {
    names: { ar: 'وزارة الصحة', fr: 'Ministère de la Santé', en: 'Ministry of Health' },
    parent: null,
    services: [{ code: 'SOINS', names: { fr: 'Soins', ar: 'العلاجات' } }],
    connectors: [
      { type: 'webhook', url: body.url },
      { type: 'email', address: BODY_MAIL },
    ],
  })
  expect([200, 201]).toContain(response.status)
  const { connectors } = (await response.json()) as { connectors: { type: string; secret?: string }[] }
  body.trust(connectors.find(({ type }) => type === 'webhook')?.secret ?? '')
}

/** The real process with a body that has both connectors, a mail server beside it, and a supervisor's token. */
export const startJourney = async (
  folder: string,
  configuration: Readonly<Record<string, string>> = {},
): Promise<JourneyGateway> => {
  const [body, smtp, port] = await Promise.all([startBody(), startSmtpSink(), freePort()])
  const environment = {
    DATA_DIR: path.join(folder, 'data'),
    PORT: String(port),
    SMTP_URL: smtp.url,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    ...configuration,
  }
  const gateway = await startGatewayProcess(environment)
  const { token } = JSON.parse(
    await wasl(environment, 'token', 'create', '--role', 'ministry-supervisor', '--json'),
  ) as { token: string }
  const ask: JourneyGateway['ask'] = (method, address, content) =>
    fetch(new URL(address, gateway.base), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(content ? { 'content-type': 'application/json' } : {}),
      },
      ...(content ? { body: JSON.stringify(content) } : {}),
    })
  await putBody(ask, body)
  return {
    base: gateway.base,
    gateway,
    environment,
    body,
    smtp,
    ask,
    close: async () => {
      await gateway.end('SIGTERM')
      await Promise.all([body.close(), smtp.close()])
    },
  }
}
