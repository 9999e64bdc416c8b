import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import type { InboundEvent } from '../../src/core/channel.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { sourceFiles } from '../architecture/source-files.ts'
import { EXAMPLE } from '../support/third-driver/network.ts'
import { type Arrived, type DriverStage, holdsDriverContract } from './sms-driver.contract.ts'

const TOKEN = 'the-secret-token'

/** The aggregator behind it. */
const openExample = async (): Promise<DriverStage> => {
  const arrived: Arrived[] = []
  let how: string | undefined
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece
    })
    request.on('end', () => {
      const now = how
      how = undefined
      if (now === 'silent') return
      if (now !== undefined) return response.writeHead(now === 'busy' ? 429 : 400).end()
      const { from, to, text } = JSON.parse(body) as Arrived
      arrived.push({ from, to, text })
      response.writeHead(201).end(JSON.stringify({ id: `s${arrived.length}` }))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const configured = EXAMPLE.configure({ EXAMPLE_URL: url, EXAMPLE_TOKEN: TOKEN }, [])
  const deps = { clock: systemClock, publicUrl: 'https://wasl.example', note: () => {} }
  const { driver, channel } = await configured!.open(deps)
  const [route] = channel.routes ?? []
  let count = 0
  const post = (json: object): InboundEvent => {
    const request = {
      method: 'POST',
      url: route!.path,
      headers: { 'x-token': TOKEN },
      body: Buffer.from(JSON.stringify(json)),
      receivedAt: new Date(),
    }
    expect(route!.authenticate(request)).toBeUndefined()
    expect(route!.authenticate({ ...request, headers: {} })).toMatchObject({ status: 403 })
    return route!.receive(request).events[0]!
  }
  return {
    driver,
    secret: TOKEN,
    arrived: () => arrived,
    next: (next) => {
      how = next
    },
    comesIn: async (from, text) => {
      count += 1
      return post({ id: `m${count}`, from, to: '3737', text })
    },
    says: async (id, _message, word) => post({ id, state: word }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

holdsDriverContract('third', openExample)

it('stops the start when half of its configuration is missing, as every driver does', () => {
  const problems: { variable: string }[] = []
  EXAMPLE.configure({ EXAMPLE_URL: 'http://x' }, problems as never)
  expect(problems.map(({ variable }) => variable)).toEqual(['EXAMPLE_TOKEN'])
  expect(EXAMPLE.configure({}, [])).toBeUndefined()
})

it('a driver is known to its folder and to one line of one file', () => {
  const knowing = sourceFiles()
    .filter(
      ({ path, imports }) =>
        !path.startsWith('channels/sms/smpp/') &&
        imports.some((name) => name.startsWith('channels/sms/smpp/')),
    )
    .map(({ path }) => path)
  expect(knowing).toEqual(['channels/sms/networks.ts'])
  const lines = sourceFiles()
    .find(({ path }) => path === 'channels/sms/networks.ts')
    ?.text.split('\n')
    .filter((line) => line.includes('[SMPP]'))
  expect(lines).toHaveLength(1)
})
