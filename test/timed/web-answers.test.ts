import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { composeReference } from '../../src/core/reference.ts'
import { file, signIn } from '../support/gateway-client.ts'
import {
  freePort,
  type GatewayProcess,
  scratchFolder,
  startGatewayProcess,
} from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let gateway: GatewayProcess
let port: number
beforeAll(async () => {
  folder = scratchFolder('web-answers')
  database = await createTestDatabase(inject('postgresUrl'))
  port = await freePort()
  const environment = {
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    SECRET_KEY: 'web-answers-in-time-web-answers-in-time',
    PORT: String(port),
  }
  gateway = await startGatewayProcess(environment)
  const staff = await signIn(gateway.base, environment)
  await staff.putBody('SANTE')
})
afterAll(async () => {
  await gateway.end('SIGTERM')
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})

it('answers a control within a second beside 500 connections that never finish a request', async () => {
  const slow = Array.from({ length: 500 }, () => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '))
    socket.on('error', () => {})
    return socket
  })
  await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  const begun = performance.now()
  await file(gateway.base, 'control')
  expect(performance.now() - begun).toBeLessThan(1_000)
  for (const socket of slow) socket.destroy()
})

it('takes as long for a reference that exists as for one that does not', async () => {
  const track = async (reference: string): Promise<number> => {
    const begun = performance.now()
    await fetch(`${gateway.base}/api/v1/complaints/${reference}`, { headers: { 'access-code': '000000' } })
    return performance.now() - begun
  }
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < 20; i += 1) {
    const { reference } = await file(gateway.base, `timing-${i}`)
    times.known.push(await track(reference))
    times.unknown.push(await track(composeReference(26, 1_000_000 + i)))
  }
  const median = (all: number[]) => all.toSorted((a, b) => a - b)[10] ?? 0
  const [known, unknown] = [median(times.known), median(times.unknown)]
  // On a busy machine everything takes longer: what would tell them apart is work that only one of them makes.
  expect(Math.abs(known - unknown)).toBeLessThan(Math.max(10, Math.min(known, unknown)))
})
