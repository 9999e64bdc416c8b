import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { type ConsoleDeps, consoleRoutes } from '../../src/console/routes.ts'
import type { ObjectStore } from '../../src/core/object-store.ts'
import type { StaffRole } from '../../src/core/staff-role.ts'
import type { Database } from '../../src/db/client.ts'
import { createApp } from '../../src/http/app.ts'
import { errorPage } from '../../src/http/error-page.ts'
import { securityHeaders } from '../../src/http/security-headers.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import type { DeskWork } from '../../src/staff/desk.ts'
import { inviteStaff, signInUrl } from '../../src/staff/members.ts'
import { testSecrets } from './acceptance.ts'

const OWN = { 'sec-fetch-site': 'same-origin' }

/**
 * The officials' pages over a database and a store, and the way in for a role. `publicUrl` with http: a browser can sign in;
 * `more` mounts what a test needs beside them.
 */
export const openDesk = async (
  db: Database,
  store: ObjectStore,
  publicUrl = 'https://wasl.test',
  work: Partial<DeskWork> = {},
  more: (app: FastifyInstance) => void = () => {},
  parts: Partial<ConsoleDeps> = {},
) => {
  const deps = { db, clock: systemClock, newId: newUuidV7 }
  const app = await createApp({
    logger: pino({ level: 'silent' }) as never,
    newId: newUuidV7,
    trustedProxies: [],
    errorPage,
  })
  await securityHeaders(app, { publicUrl })
  consoleRoutes(app, {
    ...deps,
    secrets: testSecrets,
    store,
    publicUrl,
    officeZone: 'Africa/Casablanca',
    origins: ['file'],
    work: {
      suggest: async () => [],
      route: async () => {},
      transfer: async () => {},
      retryAsset: async () => {},
      retryFetch: async () => {},
      ...work,
    },
    ...parts,
  })
  more(app)
  await app.ready()

  const linkFor = async (role: StaffRole, administrationCode?: string): Promise<string> => {
    const email = `${role}.${newUuidV7()}@example.org`
    const { token } = await inviteStaff(deps, {
      email,
      role,
      opens: 'session',
      ...(administrationCode ? { administrationCode } : {}),
    })
    return signInUrl('', token)
  }

  /** A signed-in person with that role. */
  const enter = async (role: StaffRole, administrationCode?: string) => {
    const url = await linkFor(role, administrationCode)
    const entered = await app.inject({ method: 'POST', url, headers: OWN })
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
    return {
      cookie,
      get: (url: string, language = 'fr') =>
        app.inject({ url, headers: { cookie, 'accept-language': language } }),
      post: (url: string, fields: Readonly<Record<string, string | readonly string[]>> = {}) =>
        app.inject({
          method: 'POST',
          url,
          headers: {
            cookie,
            ...OWN,
            'content-type': 'application/x-www-form-urlencoded',
            'accept-language': 'fr',
          },
          payload: new URLSearchParams(
            Object.entries(fields).flatMap(([name, value]) =>
              [value].flat().map((one): [string, string] => [name, String(one)]),
            ),
          ).toString(),
        }),
    }
  }
  return { app, linkFor, enter, close: () => app.close() }
}
