import type { Kind } from '../core/complaint.ts'
import type { PolicyRules } from '../core/deadlines.ts'
import type { Locale, Names } from '../core/locale.ts'
import type { ReceiptClaims, ReceiptFacts, ReceivedFile } from '../core/receipt.ts'
import type { Secrets } from '../core/secrets.ts'
import type { Sql } from '../db/client.ts'
import { restToken } from '../intake/upload-links.ts'
import { receiptToken } from './link.ts'
import { signingKeyOf, signReceipt } from './sign-receipt.ts'

export interface ReceiptDeps {
  readonly sql: Sql
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly officeZone: string
}

/** `addedAt`: null for what was there when the receipt was issued, which its signature stands for. */
type FileRow = ReceivedFile & { readonly addedAt: string | null }

interface ReceiptRow {
  readonly id: string
  readonly complaint_id: string
  readonly round: number
  readonly channel: string
  readonly language: Locale
  readonly content_sha256: string
  readonly issued_at: Date
  readonly reference: string
  readonly kind: Kind
  readonly administration: string | null
  readonly names: Names | null
  readonly review_by: string
  readonly answer_by: string
  readonly rules: PolicyRules
  readonly characters: number
  readonly files: readonly FileRow[]
  readonly arriving: readonly { readonly name: string; readonly bytes: number | null }[]
  readonly arriving_until: Date | null
}

/** The receipts of one complaint, or the one with an id. Always with the body that was named, wherever the file is now. */
const selectReceipts = (sql: Sql, where: ReturnType<Sql>) => sql<ReceiptRow[]>`
  select r.id, r.complaint_id, r.round, r.channel, r.language, r.content_sha256, r.issued_at,
         c.reference, c.kind, named.code as administration, named.names,
         review.due_on::text as review_by, answer.due_on::text as answer_by, policy.rules,
         coalesce((select char_length(s.text) from submissions s
                    where s.complaint_id = c.id and s.round = r.round
                    order by s.received_at, s.id limit 1), 0) as characters,
         coalesce((select jsonb_agg(jsonb_build_object('name', m.name, 'bytes', m.bytes, 'sha256', m.sha256,
                                    'addedAt', case when m.created_at > r.issued_at then m.created_at end)
                                    order by m.created_at, m.position)
                     from media_assets m where m.complaint_id = c.id and m.round = r.round and not m.of_answer), '[]') as files,
         coalesce(arriving.files, '[]') as arriving, arriving.until as arriving_until
  from receipts r
  join complaints c on c.id = r.complaint_id
  left join administrations named on named.id = c.named_administration_id
  join deadlines review on review.complaint_id = c.id and review.round = r.round and review.kind = 'review'
  join deadlines answer on answer.complaint_id = c.id and answer.round = r.round and answer.kind = 'answer'
  join deadline_policies policy on policy.version = review.policy_version
  cross join lateral (
    select jsonb_agg(jsonb_build_object('name', a.name, 'bytes', a.bytes) order by a.noted_at, a.upload_id) as files, max(a.until) as until
    from arriving_media a where a.complaint_id = c.id and a.round = r.round and a.arrived_at is null) arriving
  where ${where}
  order by r.round`

const claimsOf = (row: ReceiptRow, issuer: string): ReceiptClaims => ({
  v: 1,
  reference: row.reference,
  receivedAt: row.issued_at.toISOString(),
  kind: row.kind,
  administration: row.administration,
  round: row.round,
  contentSha256: row.content_sha256,
  issuer,
  channel: row.channel,
  language: row.language,
})

const factsOf = (deps: ReceiptDeps, row: ReceiptRow): ReceiptFacts => {
  const { publicUrl, secrets } = deps
  const claims = claimsOf(row, publicUrl)
  return {
    receiptId: row.id,
    complaintId: row.complaint_id,
    claims,
    signature: signReceipt(signingKeyOf(secrets), claims),
    receivedAt: row.issued_at,
    officeZone: deps.officeZone,
    administrationNames: row.names ?? undefined,
    characters: row.characters,
    files: row.files.flatMap(({ addedAt, ...file }) => (addedAt === null ? [file] : [])),
    laterFiles: row.files.flatMap(({ addedAt, ...file }) =>
      addedAt === null ? [] : [{ ...file, addedAt: new Date(addedAt) }],
    ),
    ...(row.arriving_until === null
      ? {}
      : {
          arriving: {
            files: row.arriving,
            until: row.arriving_until,
            link: `${publicUrl}/u/${restToken(secrets, row.complaint_id)}`,
          },
        }),
    reviewBy: row.review_by,
    answerBy: row.answer_by,
    rules: row.rules,
    links: {
      receipt: `${publicUrl}/receipts/${receiptToken(secrets, row.id)}`,
      verify: `${publicUrl}/verify/${row.reference}`,
      track: `${publicUrl}/${row.language}/track?reference=${row.reference}`,
    },
  }
}

/** All a receipt says, signed anew from the facts of its filing. Undefined when no receipt has this id. */
export const composeReceipt = async (
  deps: ReceiptDeps,
  receiptId: string,
): Promise<ReceiptFacts | undefined> => {
  const [row] = await selectReceipts(deps.sql, deps.sql`r.id = ${receiptId}`)
  return row && factsOf(deps, row)
}

/** The receipts issued under a reference, one a round, first round first; none when the reference is unknown. */
export const receiptsOf = async (deps: ReceiptDeps, reference: string): Promise<readonly ReceiptFacts[]> => {
  const rows = await selectReceipts(deps.sql, deps.sql`c.reference = ${reference}`)
  return rows.map((row) => factsOf(deps, row))
}
