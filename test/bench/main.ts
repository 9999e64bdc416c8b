import { benchAcceptance } from './acceptance.ts'
import { benchInbox } from './inbox.ts'
import { benchIndicators } from './indicators.ts'
import { benchMail } from './mail.ts'
import { benchMedia } from './media.ts'
import { benchOutbox } from './outbox.ts'
import { benchStartup } from './startup.ts'
import { benchUpload } from './upload.ts'
import { benchWebhook } from './webhook.ts'

/** `npm run bench [-- name …]`: JSON lines on stdout, all benches without a name; `BENCH_COMPLAINTS` sets the size of those that load a nation. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  acceptance: benchAcceptance,
  webhook: benchWebhook,
  mail: benchMail,
  outbox: benchOutbox,
  inbox: benchInbox,
  indicators: benchIndicators,
  upload: benchUpload,
  media: benchMedia,
  startup: benchStartup,
}

const wanted = process.argv.slice(2)
for (const [name, bench] of Object.entries(BENCHES))
  if (wanted.length === 0 || wanted.includes(name)) await bench()
