import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What operators watch. Gauges of the database are read when they are asked for (src/http/metrics.ts). */
export const createMetrics = () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'wasl_http_request_seconds',
      help: 'Time to answer, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15],
      registers: [registry],
    }),
    accepted: new Counter({
      name: 'wasl_submissions_accepted_total',
      help: 'Filings accepted, by channel; repeats of the same event apart',
      labelNames: ['channel', 'repeat'],
      registers: [registry],
    }),
    waiting: gauge('wasl_outbox_waiting', 'Messages waiting for their next try', ['topic']),
    oldestWaiting: gauge('wasl_outbox_oldest_seconds', 'Age of the oldest message that is due', ['topic']),
    dead: gauge('wasl_outbox_dead', 'Dead letters', ['topic']),
    receiptsDue: gauge('wasl_receipts_due', 'Receipts not sent yet'),
    oldestReceipt: gauge('wasl_receipts_oldest_due_seconds', 'Age of the oldest receipt not sent yet'),
    quarantined: gauge('wasl_quarantine_open', 'Quarantined events nobody has resolved'),
    unsettled: gauge('wasl_ledger_unsettled', 'Events received that have not met their end yet'),
    mailboxFailing: gauge('wasl_mailbox_failing', 'Mailboxes that cannot be read now', ['mailbox']),
    mailboxUnseen: gauge('wasl_mailbox_unseen_seconds', 'Since a mailbox was last read to its end', [
      'mailbox',
    ]),
    uploadsOpen: gauge('wasl_uploads_open', 'Uploads under way'),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
