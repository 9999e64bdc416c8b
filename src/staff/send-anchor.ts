import fs from 'node:fs/promises'
import { and, eq, isNull } from 'drizzle-orm'
import type { AuditConfig } from '../core/audit-config.ts'
import { delivered, failed } from '../core/delivery.ts'
import type { Mailer } from '../core/mail.ts'
import type { Secrets } from '../core/secrets.ts'
import type { TopicHandler } from '../core/topics.ts'
import type { Database } from '../db/client.ts'
import { staffMembers } from '../db/schema/index.ts'
import { type AnchorLine, readAnchorLine } from './anchor-audit.ts'

export interface SendAnchorDeps {
  readonly db: Pick<Database, 'orm'>
  readonly secrets: Secrets
  readonly publicUrl: string
  readonly mailer: Mailer
  readonly audit: AuditConfig
  /** Puts the mail into words. */
  readonly write: (anchor: AnchorLine) => { readonly subject: string; readonly text: string }
}

/** Who may watch the whole house and change nothing in it. */
const auditors = async ({ db }: SendAnchorDeps): Promise<readonly string[]> => {
  const rows = await db.orm
    .select({ email: staffMembers.email })
    .from(staffMembers)
    .where(
      and(
        eq(staffMembers.role, 'auditor'),
        isNull(staffMembers.administrationId),
        isNull(staffMembers.disabledAt),
      ),
    )
  return rows.map(({ email }) => email)
}

/** Appends the line and has it on the disk. A line that stands there twice after a crash says the same thing twice. */
const appendLine = async (file: string, { line }: AnchorLine): Promise<void> => {
  const handle = await fs.open(file, 'a', 0o644)
  try {
    await handle.appendFile(`${line}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Topic `audit.anchor`: the head of the audit goes to those who keep it, by mail and into the file of the configuration. */
export const createSendAnchor =
  (deps: SendAnchorDeps): TopicHandler<'audit.anchor'> =>
  async ({ number }, { messageId, signal }) => {
    const { audit, mailer, publicUrl, write } = deps
    const anchor = await readAnchorLine(deps, number)
    if (anchor === undefined)
      return failed({ code: 'anchor_gone', message: 'The chain has no such entry.', retryable: false })
    if (audit.anchorFile !== undefined) await appendLine(audit.anchorFile, anchor)
    const host = new URL(publicUrl).hostname
    const attachments = [{ name: `audit-${number}.jws`, type: 'application/jose', content: anchor.line }]
    for (const [nth, to] of (audit.anchorTo ?? (await auditors(deps))).entries()) {
      const mail = { ...write(anchor), to, messageId: `<${messageId}.${nth}@${host}>`, attachments }
      const result = await mailer.send({ ...mail, automatic: 'auto-generated' }, signal)
      if (!result.ok) return result
    }
    return delivered()
  }
