import { desc, eq } from 'drizzle-orm'
import type { CallRequest, CallState } from '../../core/call.ts'
import type { TextLocale } from '../../core/locale.ts'
import type { Database, Sql } from '../../db/client.ts'
import { calls } from '../../db/schema/index.ts'

export type CallRow = typeof calls.$inferSelect

/** An answer under way is taken over after this: its process has died. Well below the provider's patience of 15 s. */
const CLAIM_SECONDS = 5

export const readCall = async (
  { orm }: Pick<Database, 'orm'>,
  callSid: string,
): Promise<CallRow | undefined> => (await orm.select().from(calls).where(eq(calls.callSid, callSid)))[0]

/** The language this caller chose the last time. */
export const languageOf = async (
  { orm }: Pick<Database, 'orm'>,
  caller: string | undefined,
): Promise<TextLocale | undefined> => {
  if (caller === undefined) return undefined
  const [last] = await orm
    .select({ state: calls.state })
    .from(calls)
    .where(eq(calls.caller, caller))
    .orderBy(desc(calls.startedAt))
    .limit(1)
  // Who hung up before choosing is asked again.
  return last === undefined || last.state.node === 'language' ? undefined : last.state.language
}

type Opening = Omit<CallRequest, 'event' | 'step'>

/** Opens a call with its first step, once. */
export const openCall = async (sql: Sql, call: Opening, state: CallState, now: Date): Promise<void> => {
  const json = JSON.stringify(state)
  await sql`
    with opened as (
      insert into calls (call_sid, caller, called, step, state, started_at, updated_at)
      values (${call.callSid}, ${call.caller ?? null}, ${call.called ?? null}, 0, ${json}::text::jsonb, ${now}, ${now})
      on conflict do nothing returning call_sid
    )
    insert into call_steps (call_sid, step, event, state, claimed_at)
    select call_sid, 0, '{"type":"answered"}', ${json}::text::jsonb, ${now} from opened`
}

/** The state that a step led to; undefined while it is being answered. */
export const stateAfter = async (sql: Sql, callSid: string, step: number): Promise<CallState | undefined> => {
  const [row] = await sql<{ state: CallState | null }[]>`
    select state from call_steps where call_sid = ${callSid} and step = ${step}`
  return row?.state ?? undefined
}

/** A typed access code is a secret of the citizen: that keys came is enough. */
const keptEvent = ({ event }: CallRequest, { node }: CallState): unknown =>
  node === 'code' && event?.type === 'keys' ? { type: 'keys' } : event

/** Takes the right to answer a step: of many copies of one request one gets it. */
export const claimStep = async (
  sql: Sql,
  request: CallRequest,
  before: CallState,
  now: Date,
): Promise<boolean> => {
  const rows = await sql`
    insert into call_steps (call_sid, step, event, claimed_at)
    values (${request.callSid}, ${request.step}, ${JSON.stringify(keptEvent(request, before))}::text::jsonb, ${now})
    on conflict (call_sid, step) do update set claimed_at = excluded.claimed_at
      where call_steps.state is null
        and call_steps.claimed_at < ${new Date(now.getTime() - CLAIM_SECONDS * 1000)}
    returning 1`
  return rows.length > 0
}

/** Writes what a step led to, with the call's new state, as one fact. */
export const settleStep = async (
  sql: Sql,
  { callSid, step }: CallRequest,
  state: CallState,
  now: Date,
): Promise<void> => {
  const json = JSON.stringify(state)
  const spokenAt = state.node === 'receipt' ? now : null
  await sql`
    with answered as (
      update call_steps set state = ${json}::text::jsonb
      where call_sid = ${callSid} and step = ${step} and state is null returning call_sid
    )
    update calls set step = ${step}, state = ${json}::text::jsonb, updated_at = ${now},
                     consent = coalesce(${state.consent === undefined ? null : JSON.stringify(state.consent)}::text::jsonb, consent),
                     complaint_id = coalesce(${state.filings.at(-1)?.complaintId ?? null}::uuid, complaint_id),
                     spoken_at = coalesce(spoken_at, ${spokenAt}::timestamptz)
    from answered where calls.call_sid = answered.call_sid and calls.step < ${step}`
}

/** Writes a state that no request led to: the call is over, or a recording was told of late. */
export const storeState = async (
  sql: Sql,
  { callSid }: Pick<CallRequest, 'callSid'>,
  state: CallState,
  now: Date,
): Promise<void> => {
  await sql`
    update calls set state = ${JSON.stringify(state)}::text::jsonb, updated_at = ${now},
                     complaint_id = coalesce(${state.filings.at(-1)?.complaintId ?? null}::uuid, complaint_id)
    where call_sid = ${callSid}`
}
