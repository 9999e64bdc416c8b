import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { mediaSettled } from '../../src/referrals/media-settled.ts'
import { startBody, startReferralHouse } from '../support/referrals.ts'

let house: Awaited<ReturnType<typeof startReferralHouse>>
let body: Awaited<ReturnType<typeof startBody>>
let token: string

beforeAll(async () => {
  house = await startReferralHouse()
  body = await startBody()
  token = (await house.put('SANTE', { connectors: [{ type: 'webhook', url: body.url }] })).body.token
  await house.put('COMMUNE')
})
afterAll(async () => {
  await house.close()
  await body.close()
})

describe('media', () => {
  const staged = (id: string, objectKey: string) => ({
    id,
    name: 'film.mov',
    declaredType: 'video/quicktime',
    bytes: 3,
    sha256: house.sha256(Buffer.from('mov')),
    objectKey,
  })
  const ready = (id: string) =>
    house.db
      .sql`update media_assets set state = 'ready', scan = 'clean', kind = 'video', type = 'video/quicktime' where id = ${id}`
  const settled = (complaintId: string) =>
    house.db.orm.transaction((tx) =>
      mediaSettled(tx, { now: new Date(), newId: newUuidV7, actor: 'gateway' }, complaintId),
    )

  it('is named at once with its state, and follows as an update when the last of it is ready', async () => {
    const ids = [newUuidV7(), newUuidV7()] as const
    const { complaintId } = await house.file({
      administration: 'SANTE',
      media: ids.map((id) => staged(id, `originals/${id}`)),
    })
    await house.relay.drain()
    const eventsOf = () =>
      body.received
        .map((hook) => JSON.parse(hook.body))
        .filter((event) => event.data.media.some((media: { id: string }) => media.id === ids[0]))
    expect(eventsOf().at(-1).data.media).toMatchObject([
      { state: 'stored', original: { url: null, bytes: 3 } },
      { state: 'stored' },
    ])
    await ready(ids[0])
    await settled(complaintId)
    await house.relay.drain()
    expect(eventsOf()).toHaveLength(1)
    await ready(ids[1])
    await house.db
      .sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
      values (${newUuidV7()}, ${ids[1]}, 'playable', 'video/mp4', 4, 'ff', 'renditions/x', now())`
    await settled(complaintId)
    await settled(complaintId)
    await house.relay.drain()
    expect(eventsOf().map(({ type }) => type)).toEqual(['complaint.referred', 'complaint.updated'])
    expect(eventsOf().at(-1).data.media[1]).toMatchObject({
      state: 'ready',
      original: { url: expect.stringMatching(/^http:\/\/wasl\.test\/media\/./) },
      renditions: [{ rendition: 'playable', name: 'film-playable.mp4', bytes: 4 }],
    })
  })
  it('is opened by its link: hashes match, originals are attachments in the audit, nothing after a transfer', async () => {
    const [id, rendition] = [newUuidV7(), newUuidV7()]
    const { complaintId } = await house.file({
      administration: 'SANTE',
      media: [staged(id, `originals/${id}`)],
    })
    const playable = Buffer.from('playable film')
    house.store.objects.set(`originals/${id}`, Buffer.from('mov')).set('renditions/y', playable)
    await house.db
      .sql`insert into renditions (id, asset_id, name, type, bytes, sha256, object_key, created_at)
      values (${rendition}, ${id}, 'playable', 'video/mp4', ${playable.length}, ${house.sha256(playable)}, 'renditions/y', now())`
    await ready(id)
    await house.relay.drain()
    const [referral] = await house.referrals(complaintId)
    const dossier = async () => (await house.call(token, 'GET', `/api/v1/referrals/${referral?.['id']}`)).body
    const [media] = (await dossier()).media
    const open = (url: string, headers = {}) =>
      house.app.inject({ url: url.replace('http://wasl.test', ''), headers })
    const shown = await open(media.renditions[0].url)
    expect(house.sha256(shown.rawPayload)).toBe(media.renditions[0].sha256)
    expect(shown.headers).toMatchObject({ 'content-type': 'video/mp4', 'accept-ranges': 'bytes' })
    const part = await open(media.renditions[0].url, { range: 'bytes=9-12' })
    expect([part.statusCode, part.body]).toEqual([206, 'film'])
    const original = await open(media.original.url)
    expect(house.sha256(original.rawPayload)).toBe(media.original.sha256)
    expect(original.headers).toMatchObject({
      'content-disposition': expect.stringMatching(/^attachment/),
      'x-content-type-options': 'nosniff',
    })
    const opened = () =>
      house.db
        .sql`select actor from audit_entries where action = 'media.original' and facts ->> 'asset' = ${id}`
    expect(await opened()).toEqual([{ actor: `referral:${referral?.['id']}` }])

    await house.db.sql`update media_assets set scan = 'pending' where id = ${id}`
    expect((await open(media.original.url)).statusCode).toBe(503)
    // A film too large for the scanner is seen through our own encoding of it.
    expect((await open(media.renditions[0].url)).statusCode).toBe(200)
    await house.db.sql`update media_assets set scan = 'infected', state = 'blocked' where id = ${id}`
    expect((await open(media.original.url)).statusCode).toBe(404)
    expect((await dossier()).media[0]).toMatchObject({ state: 'blocked', original: { url: null } })
    await ready(id)
    const other = await open(`${media.original.url}x`)
    expect(other.statusCode).toBe(404)
    await house.call(token, 'POST', `/api/v1/referrals/${referral?.['id']}/transfer`, {
      administration: 'COMMUNE',
      reason: 'r',
    })
    for (const { url } of [media.original, media.renditions[0]])
      expect((await open(url)).statusCode).toBe(404)
    expect(await opened()).toHaveLength(1)
  })
})
