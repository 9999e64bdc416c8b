import { AppError } from '../core/errors.ts'
import { isOpenForWriting } from '../core/report.ts'
import type { Sql } from '../db/client.ts'
import { type Actor, requireRight } from '../staff/rights.ts'
import type { ReportDeps } from './build-report.ts'
import { type Report, readReport } from './read-reports.ts'

/** Does one thing to a report while nobody else does, so that nothing is written into what is being handed in or accepted. */
export const holdReport = async <T>(
  { db }: Pick<ReportDeps, 'db'>,
  actor: Actor,
  id: string,
  run: (tx: Sql, report: Report) => Promise<T>,
): Promise<T> => {
  const { id: found } = await readReport(db.sql, actor, id)
  return db.sql.begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    await tx`select from reports where id = ${found} for update`
    return run(tx, await readReport(tx, actor, found))
  }) as Promise<T>
}

/** The same to one that is being written. Throws `conflict` for any other. */
export const holdOpen = <T>(
  deps: Pick<ReportDeps, 'db'>,
  actor: Actor,
  id: string,
  run: (tx: Sql, report: Report) => Promise<T>,
): Promise<T> => {
  requireRight(actor, 'report.write')
  return holdReport(deps, actor, id, (tx, report) => {
    if (!isOpenForWriting(report.state)) throw new AppError('conflict')
    return run(tx, report)
  })
}
