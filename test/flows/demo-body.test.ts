import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOutboundGuard } from '../../src/platform/outbound-guard.ts'
import { newUuidV7, systemClock } from '../../src/platform/system-clock.ts'
import { demoBodyRoutes, demoHookUrl } from '../../src/simulator/demo-body.ts'
import { createDemoInbox, type DemoInbox } from '../../src/simulator/demo-body-inbox.ts'
import { startReferralHouse } from '../support/referrals.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
let inbox: DemoInbox
let publicUrl: string

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

beforeAll(async () => {
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  house = await startReferralHouse({
    publicUrl,
    guard: createOutboundGuard({ allow: [], within: [publicUrl] }),
  })
  inbox = createDemoInbox({ clock: systemClock, publicUrl })
  await demoBodyRoutes(house.app, { ...house.base, inbox, localeOf: () => 'fr' })
  await house.app.listen({ host: '127.0.0.1', port })
  await house.put('SANTE', {
    names: { fr: 'Santé' },
    connectors: [{ type: 'webhook', url: demoHookUrl(publicUrl, 'SANTE') }],
  })
})
afterAll(() => house.close())

const fileFilm = async (content: Buffer, sha256: string) => {
  const [id, rendition] = [newUuidV7(), newUuidV7()]
  house.store.objects.set(`o/${id}`, content).set(`r/${id}`, content)
  const { complaintId } = await house.file({
    administration: 'SANTE',
    text: '<script>alert(1)</script> فيلم',
    media: [
      {
        id,
        name: 'film.mov',
        declaredType: 'video/quicktime',
        bytes: content.length,
        sha256,
        objectKey: `o/${id}`,
      },
    ],
  })
  await house.db.sql`update media_assets set state = 'ready', scan = 'clean', kind = 'video' where id = ${id}`
  await house.db.sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
    values (${rendition}, ${id}, 'playable', 'video/mp4', ${content.length}, ${sha256}, ${`r/${id}`}, now())`
  await house.relay.drain()
  await inbox.settled()
  return house.referrals(complaintId)
}

it('receives the dossier, opens its media, finds the hashes right and plays them', async () => {
  const film = Buffer.from('a film')
  expect(await fileFilm(film, house.sha256(film))).toMatchObject([{ state: 'delivered' }])
  const [received] = inbox.list()
  expect([...(received?.checked.values() ?? [])]).toEqual([true, true])
  const shown = await house.app.inject({ url: '/simulator/body' })
  expect(shown.body).toContain(`<video controls preload="metadata" src="${publicUrl}/media/`)
  expect(shown.body).toContain('empreinte juste')
  expect(shown.body).not.toContain('<script>alert')
})

it('sees a file that is not what the manifest says', async () => {
  await fileFilm(Buffer.from('b film'), house.sha256(Buffer.from('another')))
  expect([...(inbox.list()[0]?.checked.values() ?? [])]).toEqual([false, false])
  expect((await house.app.inject({ url: '/simulator/body' })).body).toContain('empreinte différente')
})

it('takes nothing unsigned', async () => {
  const before = inbox.list().length
  const answer = await house.app.inject({
    method: 'POST',
    url: '/simulator/body/SANTE/hook',
    payload: { type: 'complaint.referred', data: {} },
  })
  expect([answer.statusCode, inbox.list().length]).toEqual([401, before])
})
