import { assetsRetry } from './assets-retry.ts'
import { auditVerify } from './audit-verify.ts'
import { calendar } from './calendar.ts'
import { clipsCheck } from './clips-check.ts'
import { clipsPut } from './clips-put.ts'
import type { Command } from './command.ts'
import { doctor } from './doctor.ts'
import { erase } from './erase.ts'
import { exportCommand } from './export.ts'
import { hold } from './hold.ts'
import { ledger } from './ledger.ts'
import { migrate } from './migrate.ts'
import { receiptVerify } from './receipt-command.ts'
import { reconcile } from './reconcile.ts'
import { replay } from './replay.ts'
import { reportCommands } from './report.ts'
import { seed } from './seed.ts'
import { serve, worker } from './serve.ts'
import { staffInvite } from './staff-invite.ts'
import { tokenCreate } from './token-create.ts'

/** Every command of `wasl`, in the order of its help. */
export const commands: readonly Command[] = [
  serve,
  worker,
  migrate,
  doctor,
  seed,
  tokenCreate,
  staffInvite,
  ledger,
  reconcile,
  replay,
  assetsRetry,
  clipsCheck,
  clipsPut,
  receiptVerify,
  auditVerify,
  exportCommand,
  erase,
  hold,
  ...reportCommands,
  calendar,
]
