import type { Clock } from '../../src/core/clock.ts'
import { staffApi } from '../../src/http/api/staff/routes.ts'
import { systemClock } from '../../src/platform/system-clock.ts'
import { decideTriage } from '../../src/referrals/route-complaint.ts'
import { transferComplaint } from '../../src/referrals/transfer-referral.ts'
import { createToken } from '../../src/staff/tokens.ts'
import { startReferralHouse } from './referrals.ts'

export const ALL_YES = {
  ours: true,
  public_service: true,
  no_court: true,
  understandable: true,
  new: true,
} as const

/**
 * Bodies with their people, acting over the API of the desk. Whoever acts is named `SANTE.agent`, or by a role of the ministry.
 */
export const startHandlingHouse = async (codes: readonly string[], clock: Clock = systemClock) => {
  const house = await startReferralHouse(undefined, clock)
  staffApi(house.app, {
    ...house.base,
    store: house.store as never,
    // Its numbers are read here; no report is made into files.
    reports: { origins: ['file'], render: undefined as never },
    work: {
      suggest: async () => [],
      route: (decision) => decideTriage(house.base, decision),
      transfer: (wish) => transferComplaint(house.base, wish),
      retryAsset: async () => {},
      retryFetch: async () => {},
    },
  })
  const tokens = new Map<string, string>()
  for (const code of codes) {
    const { body } = await house.put(code)
    tokens.set(`${code}.body`, body.token)
    for (const role of ['agent', 'manager', 'trainee'] as const)
      tokens.set(`${code}.${role}`, (await createToken(house.base, { role, administrationCode: code })).token)
  }
  for (const role of ['triage', 'ministry-supervisor'] as const)
    tokens.set(role, (await createToken(house.base, { role })).token)
  const tokenOf = (who: string) => tokens.get(who) ?? ''
  const get = async (who: string, url: string) => (await house.call(tokenOf(who), 'GET', url)).body
  return {
    ...house,
    tokenOf,
    get,
    act: (who: string, reference: string, verb: string, said: object = {}) =>
      house.call(tokenOf(who), 'POST', `/api/v1/staff/complaints/${reference}/${verb}`, said),
    read: (who: string, reference: string) => get(who, `/api/v1/staff/complaints/${reference}`),
    /** A complaint that has reached a body. */
    filed: async (administration: string, facts: object = {}) => {
      const complaint = await house.file({ administration, contact: { phone: '+212600000001' }, ...facts })
      await house.relay.drain()
      return complaint
    },
    send: (
      who: string,
      method: 'PUT' | 'DELETE' | 'POST',
      url: string,
      payload?: object | Buffer,
      type?: string,
    ) =>
      house.app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${tokenOf(who)}`,
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        ...(payload === undefined ? {} : { payload }),
      }),
    notices: async (complaintId: string): Promise<string[]> =>
      (
        await house.db
          .sql`select kind from notices where complaint_id = ${complaintId} order by created_at, id`
      ).map(({ kind }) => kind),
  }
}
