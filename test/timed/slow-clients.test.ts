import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { expect, inject, it } from 'vitest'
import { file } from '../support/gateway-client.ts'
import { freePort, scratchFolder, startGatewayProcess } from '../support/gateway-process.ts'
import { createTestDatabase } from '../support/postgres-cluster.ts'

it('answers a control within a second beside 500 connections that never finish a request', async () => {
  const folder = scratchFolder('slow-clients')
  const database = await createTestDatabase(inject('postgresUrl'))
  const port = await freePort()
  const gateway = await startGatewayProcess({
    DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: database.url,
    PORT: String(port),
  })
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
  await gateway.end('SIGTERM')
  await database.drop()
  fs.rmSync(folder, { recursive: true, force: true })
})
