import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ConnectorMessage, Enclosure } from '../../src/core/connector.ts'
import type { Dossier } from '../../src/core/dossier.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'

/** A dossier in Arabic with one film; say only what the test is about. */
export const dossierOf = (facts: Partial<Dossier> = {}): Dossier => ({
  version: '1',
  reference: '2612345674',
  kind: 'complaint',
  text: 'انتظرت ست ساعات في المستشفى',
  language: 'ar',
  place: 'فاس',
  channel: 'web',
  receivedAt: '2026-11-21T10:00:00.000Z',
  complainant: { anonymous: false, pseudonym: 'C-abc' },
  administration: { code: 'SANTE', names: { fr: 'Santé', ar: 'الصحة' } },
  referral: {
    id: '019aa000-0000-7000-8000-0000000000aa',
    state: 'queued',
    sequence: 1,
    round: 1,
    externalReference: null,
    createdAt: '2026-11-21T10:00:01.000Z',
  },
  rounds: [
    {
      number: 1,
      openedAt: '2026-11-21T10:00:00.000Z',
      text: 'انتظرت ست ساعات في المستشفى',
      reviewedAt: null,
      outcome: null,
      answeredAt: null,
      answer: null,
    },
  ],
  deadlines: [
    { round: 1, kind: 'review', dueOn: '2026-12-06', metAt: null, missedAt: null },
    { round: 1, kind: 'answer', dueOn: '2027-02-04', metAt: null, missedAt: null },
  ],
  transfers: [],
  media: [],
  ...facts,
})

export const enclosureOf = (name: string, content: string | Buffer): Enclosure => ({
  name,
  type: 'application/octet-stream',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  open: async () => Readable.from([content]),
})

/** A message as the host hands it to a connector. */
export const messageOf = (facts: Partial<ConnectorMessage>): ConnectorMessage => ({
  id: newUuidV7(),
  event: 'complaint.referred',
  dossier: dossierOf(),
  enclosures: [],
  settings: {},
  secrets: [],
  at: new Date(),
  ...facts,
})
