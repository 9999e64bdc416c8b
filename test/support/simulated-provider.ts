import fastify from 'fastify'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { createExchange } from '../../src/simulator/phone/exchange.ts'
import { providerApi } from '../../src/simulator/phone/provider-api.ts'
import { freePort } from './gateway-process.ts'

export const SIMULATED_ACCOUNT = {
  sid: `AC${'5'.repeat(32)}`,
  token: 'a-simulated-token',
  sms: '+212530000100',
  voice: '+212530000100',
  whatsapp: '+212600000100',
} as const

const PREFIX = '/simulator/twilio'

/**
 * The telephone provider of the simulator on a port of its own, before a gateway at `publicUrl`. `environment` is what the
 * gateway is to be started with. `reachedAt` gives the port of something that stands before it.
 */
export const startSimulatedProvider = async ({
  reachedAt = async (port) => port,
  ...gateway
}: {
  publicUrl: string
  deliverTo?: string
  reachedAt?: (port: number) => Promise<number>
}) => {
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${await reachedAt(port)}${PREFIX}`
  const exchange = createExchange({
    clock: systemClock,
    newId: newUuidV7,
    account: SIMULATED_ACCOUNT,
    apiUrl,
    ...gateway,
  })
  const app = fastify()
  await providerApi(app, { ...exchange, prefix: PREFIX })
  await app.listen({ port, host: '127.0.0.1' })
  return {
    exchange,
    apiUrl,
    environment: {
      TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT.sid,
      TWILIO_AUTH_TOKEN: SIMULATED_ACCOUNT.token,
      TWILIO_API_URL: apiUrl,
      SMS_FROM: SIMULATED_ACCOUNT.sms,
      VOICE_FROM: SIMULATED_ACCOUNT.voice,
      WHATSAPP_FROM: SIMULATED_ACCOUNT.whatsapp,
    },
    stop: () => app.close(),
  }
}

export type SimulatedProvider = Awaited<ReturnType<typeof startSimulatedProvider>>
