import path from 'node:path'
import type { Scanner } from './clamd.ts'
import { failure, ORIGINAL, type Step } from './job.ts'

/**
 * Asks the malware scanner before anything else looks at the file. While it is away the job comes again later, and until
 * then nothing can be downloaded; intake knows nothing of it. Without a scanner the scan is `off`.
 */
export const scanStep = (scanner: Scanner | undefined): Step => ({
  name: 'scan',
  appliesTo: () => true,
  run: async (job, { flags }) => {
    if (scanner === undefined) return { ok: true, found: { scan: 'off' } }
    const result = await scanner.scan(path.join(job.folder, ORIGINAL), job.signal)
    switch (result.verdict) {
      case 'clean':
        return { ok: true, found: { scan: 'clean' } }
      case 'infected':
        return failure('infected', { scan: 'infected' })
      // Films are often longer than a scanner's limit. The copies are our own encoding; only the original waits.
      case 'too_large':
        return { ok: true, found: { scan: 'pending', flags: [...flags, 'scan_skipped'] } }
      case 'unavailable':
        return failure('scanner_unavailable', { scan: 'pending' })
    }
  },
})
