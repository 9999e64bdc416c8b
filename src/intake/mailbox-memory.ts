import type { MailboxMemory, MailboxName, OpenMailbox, RecordedMail } from '../core/mailbox.ts'
import type { Sql } from '../db/client.ts'
import { withPatience } from './statement-patience.ts'

const CHANNEL = 'email'
/** A mail that could not be fetched waits before it is tried again, twice as long each time, in seconds. */
const FIRST_WAIT = 5
const LONGEST_WAIT = 3_600
/** Who waits longer is found by the next audit that is due anyway. */
const SOON = 120

/** What lies in a mailbox and is not on record. A mail on record whose entry the ledger lost counts as missing. */
const auditOf = async (sql: Sql, { id, uidValidity }: OpenMailbox, uids: readonly number[]) => {
  const rows = await withPatience(sql<
    { uid: number; external_id: string | null; missing: boolean; soon: boolean }[]
  >`
    select u.uid::int8::float8 as uid, l.external_id,
           l.external_id is null and (m.due_at is null or m.due_at <= now()) as missing,
           l.external_id is null and m.due_at between now() and now() + make_interval(secs => ${SOON}) as soon
    from unnest(${uids as number[]}::int8[]) u (uid)
    left join mailbox_mails m on m.mailbox = ${id} and m.uid_validity = ${String(uidValidity)} and m.uid = u.uid
    left join ledger_entries l on l.channel = ${CHANNEL} and l.external_id = m.external_id
    order by u.uid`)
  const missing = rows.filter((row) => row.missing).map(({ uid }) => uid)
  const recorded = rows.flatMap(({ uid, external_id: externalId }): RecordedMail[] =>
    externalId === null ? [] : [{ uid, externalId }],
  )
  return { missing, recorded, waiting: rows.filter(({ soon }) => soon).length }
}

const record = async (
  sql: Sql,
  { id, uidValidity }: OpenMailbox,
  mails: readonly RecordedMail[],
): Promise<void> => {
  if (mails.length === 0) return
  await withPatience(sql`
    insert into mailbox_mails (mailbox, uid_validity, uid, external_id)
    select ${id}, ${String(uidValidity)}::int8, *
    from unnest(${mails.map(({ uid }) => uid)}::int8[], ${mails.map(({ externalId }) => externalId)}::text[])
    on conflict (mailbox, uid_validity, uid) do update set external_id = excluded.external_id, due_at = null`)
}

/** Takes the lease where it is free, over or already ours: one statement, so two processes cannot both. */
const hold = async (sql: Sql, { id, name }: MailboxName, holder: string, seconds: number) => {
  const held = await withPatience(sql`
    insert into mailboxes as known (id, name, holder, held_until)
    values (${id}, ${name}, ${holder}, now() + make_interval(secs => ${seconds}))
    on conflict (id) do update set name = excluded.name, holder = excluded.holder, held_until = excluded.held_until
      where known.holder = excluded.holder or known.held_until is null or known.held_until < now()
    returning id`)
  return held.length > 0
}

const open = async (sql: Sql, { id, name, uidValidity }: OpenMailbox): Promise<void> => {
  const validity = String(uidValidity)
  await withPatience(sql`
    insert into mailboxes (id, name) values (${id}, ${name}) on conflict (id) do nothing`)
  // The notes of another numbering are worth nothing, and worse: its UIDs name other mails now.
  await withPatience(sql`
    with renumbered as (
      update mailboxes set uid_validity = ${validity}
      where id = ${id} and uid_validity is distinct from ${validity}::int8 returning id
    )
    delete from mailbox_mails m using renumbered where m.mailbox = renumbered.id and m.uid_validity <> ${validity}`)
}

const noteTry = async (sql: Sql, { id, uidValidity }: OpenMailbox, uid: number): Promise<number> => {
  const [row] = await withPatience(sql<{ tries: number }[]>`
    insert into mailbox_mails as known (mailbox, uid_validity, uid, tries, due_at)
    values (${id}, ${String(uidValidity)}, ${uid}, 1, now() + make_interval(secs => ${FIRST_WAIT}))
    on conflict (mailbox, uid_validity, uid) do update set tries = known.tries + 1,
      due_at = now() + make_interval(secs => least(${LONGEST_WAIT}, ${FIRST_WAIT} * 2 ^ known.tries))
    returning tries`)
  return row?.tries ?? 1
}

/** The database's side of reading mailboxes. Rejects as a database that is away does when it does not answer in time. */
export const createMailboxMemory = ({ sql }: { readonly sql: Sql }): MailboxMemory => ({
  hold: (mailbox, holder, seconds) => hold(sql, mailbox, holder, seconds),
  letGo: async ({ id }, holder) => {
    await withPatience(
      sql`update mailboxes set holder = null, held_until = null where id = ${id} and holder = ${holder}`,
    )
  },
  open: (mailbox) => open(sql, mailbox),
  missing: async (mailbox, uids) => (uids.length === 0 ? [] : (await auditOf(sql, mailbox, uids)).missing),
  audit: async (mailbox, uids) => {
    await withPatience(
      sql`delete from mailbox_mails 
        where mailbox = ${mailbox.id} and uid_validity = ${String(mailbox.uidValidity)} and uid <> all (${uids as number[]}::int8[])`,
    )
    return auditOf(sql, mailbox, uids)
  },
  known: async (externalIds) => {
    const rows = await withPatience(sql<{ external_id: string }[]>`
      select external_id from ledger_entries
      where channel = ${CHANNEL} and external_id = any (${externalIds as string[]}::text[])`)
    return new Set(rows.map((row) => row.external_id))
  },
  record: (mailbox, mails) => record(sql, mailbox, mails),
  noteTry: (mailbox, uid) => noteTry(sql, mailbox, uid),
  noteHealth: async ({ id }, failure) => {
    await withPatience(
      failure === undefined
        ? sql`update mailboxes set seen_at = now(), failing_since = null, failure = null where id = ${id}`
        : sql`update mailboxes set failing_since = coalesce(failing_since, now()), failure = ${failure} where id = ${id}`,
    )
  },
})
