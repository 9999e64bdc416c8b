import pino from 'pino'
import { afterNotice, converse } from '../../channels/sms/conversation.ts'
import { createSmpp } from '../../channels/sms/smpp/driver.ts'
import { twilioTexts } from '../../channels/sms/twilio/channel.ts'
import { createTwilioDriver } from '../../channels/sms/twilio/driver.ts'
import type { OutgoingMessage } from '../../channels/twilio-client.ts'
import { createDirectory } from '../../src/administrations/directory.ts'
import { searchAdministrations } from '../../src/administrations/search-administrations.ts'
import type { DoorMemory, InboundEvent } from '../../src/core/channel.ts'
import { type DeliveryResult, delivered } from '../../src/core/delivery.ts'
import { STATUS_CHANNEL, type TextDriver } from '../../src/core/text-message.ts'
import { readDeadlineRules } from '../../src/deadlines/current-rules.ts'
import { createTextWriter } from '../../src/html/sms-text.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createTextJudge } from '../../src/intake/converse.ts'
import { sweepConversations, sweepParts } from '../../src/intake/converse-sweep.ts'
import { createDoorMemory } from '../../src/intake/door-memory.ts'
import { createJudgeEvent, eventFailed } from '../../src/intake/judge-event.ts'
import { createReception } from '../../src/intake/receive-events.ts'
import { draftCode } from '../../src/intake/resume-draft.ts'
import { createUploadLink, maskedUploadLink } from '../../src/intake/upload-links.ts'
import { createStatusJudge } from '../../src/messages/judge-status.ts'
import { createSendMessage, messageDied } from '../../src/messages/send-message.ts'
import { createSendNotice, createSendReceiptByPhone } from '../../src/messages/write-to-complainant.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { createRouteComplaint } from '../../src/referrals/route-complaint.ts'
import { acceptanceOver, openTestDatabase, testSecrets } from './acceptance.ts'
import { pollUntil } from './poll-until.ts'
import { startSmsc } from './smsc.ts'

export const PERSON = '+212612345678'
const PUBLIC = 'https://wasl.example'
const MESSAGING = '+212530000100'
const WHATSAPP = '+212600000100'

const BODIES = [
  { code: 'SANTE', names: { ar: 'وزارة الصحة', fr: 'Ministère de la Santé', en: 'Ministry of Health' } },
  { code: 'CHU', names: { ar: 'مستشفى الرباط', fr: 'CHU Rabat', en: 'CHU Rabat' } },
  { code: 'COMMUNE', names: { ar: 'بلدية الرباط', fr: 'Commune Rabat', en: 'Rabat commune' } },
]

/** What a person's phone got, whichever provider carried it. */
export interface Got {
  readonly to: string
  readonly from: string
  readonly text: string
}

/** One way of texting the gateway: from is E.164. */
interface Network {
  readonly drivers: readonly TextDriver[]
  readonly got: () => readonly Got[]
  say(from: string, text: string, more?: Record<string, string>): Promise<void>
  close(): Promise<void>
}

type Record1 = (event: InboundEvent) => Promise<unknown>

/** Twilio's shape: forms in, REST calls out (kept instead of sent). */
const twilioNetwork = (record: Record1, clock: { now(): Date }) => {
  const sent: OutgoingMessage[] = []
  const answers: DeliveryResult[] = []
  const driver = createTwilioDriver({
    publicUrl: PUBLIC,
    smsFrom: MESSAGING,
    whatsappFrom: WHATSAPP,
    client: {
      sendMessage: async (message) => {
        const answer = answers.shift() ?? delivered(`SM${sent.length + 1}`)
        if (answer.ok) sent.push(message)
        return answer
      },
    },
  })
  const routes = twilioTexts({ authTokens: ['t'], publicUrl: PUBLIC }).routes ?? []
  let count = 0
  const post = async (path: string, form: Record<string, string>): Promise<void> => {
    const route = routes.find((known) => path.startsWith(known.path))
    const body = Buffer.from(new URLSearchParams(form).toString())
    const request = { method: 'POST', url: path, headers: {}, body, receivedAt: clock.now() }
    for (const event of route?.receive(request).events ?? []) await record(event)
  }
  return {
    drivers: [driver],
    sent,
    /** What Twilio answers to the next sends. */
    answers,
    post,
    got: () =>
      sent.map(({ from, to, body, contentSid, mediaUrls = [] }) => ({
        from,
        to,
        text: contentSid ?? body ?? mediaUrls.join(' '),
      })),
    say: async (from: string, text: string, more: Record<string, string> = {}) => {
      count += 1
      const line = from.startsWith('whatsapp:') ? `whatsapp:${WHATSAPP}` : MESSAGING
      await post('/webhooks/twilio/messages', {
        MessageSid: `SMin${count}`,
        From: from,
        To: line,
        Body: text,
        NumMedia: '0',
        ...more,
      })
    },
    status: (message: string, sid: string, MessageStatus: string, ErrorCode = '') =>
      post(`/webhooks/twilio/status?message=${message}`, { MessageSid: sid, MessageStatus, ErrorCode }),
    close: async () => {},
  }
}

/** SMPP over a real socket to a message centre. */
const smppNetwork = async (record: Record1, clock: { now(): Date }, memory: DoorMemory) => {
  const smsc = await startSmsc()
  const notes: string[] = []
  const { driver, channel } = createSmpp({
    config: smsc.config(),
    clock,
    note: ({ event }) => notes.push(event),
  })
  const stopping = new AbortController()
  const watching = channel.watch?.(
    async (events) => {
      for (const event of events) await record(event)
    },
    stopping.signal,
    memory,
  )
  await pollUntil(() => notes.includes('smpp.bound'))
  return {
    smsc,
    drivers: [driver],
    got: () => smsc.submitted.map(({ from, to, text }) => ({ from, to, text })),
    say: async (from: string, text: string) => {
      await smsc.text(from, text)
    },
    close: async () => {
      stopping.abort()
      await watching
      await smsc.close()
    },
  }
}

const NETWORKS = { twilio: twilioNetwork, smpp: smppNetwork } as const

/** The whole way of a short message over one network: recorded, judged, answered, with the real database and relay. */
export const startTextHouse = async <N extends keyof typeof NETWORKS>(name: N, hotline?: string) => {
  const open = await openTestDatabase()
  const { db } = open
  const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
  const reception = createReception({ sql: db.sql, newId: newUuidV7 })
  const network = (await NETWORKS[name](reception, clock, createDoorMemory({ db, clock }))) as Awaited<
    ReturnType<(typeof NETWORKS)[N]>
  >
  const { drivers } = network as Network
  for (const { code, names } of BODIES)
    await db.sql`insert into administrations (id, code, names, created_at, updated_at)
      values (${newUuidV7()}, ${code}, ${JSON.stringify(names)}::text::jsonb, now(), now())`
  const acceptance = await acceptanceOver(db)
  const rules = await readDeadlineRules({ db, clock })
  const directory = createDirectory({ db })
  const base = { db, clock, newId: newUuidV7, drivers, officeZone: 'Africa/Casablanca' }
  const write = createTextWriter(hotline, PUBLIC)
  const officeZone = 'Africa/Casablanca'
  const conversing = {
    ...base,
    converse,
    write,
    officeZone,
    maskedLink: maskedUploadLink(PUBLIC),
    acceptWithin: acceptance.acceptWithin,
    resubmit: { deadlineRules: () => rules, officeZone },
    findOffices: async (words: string) => searchAdministrations(words, await directory.index()).slice(0, 3),
  }
  const writing = { ...base, write, afterNotice, officeZone }
  const judging = {
    ...base,
    judges: {
      sms: createTextJudge(conversing),
      whatsapp: createTextJudge(conversing),
      [STATUS_CHANNEL]: createStatusJudge(base),
    },
  }
  const templates = new Map([['answered.fr', 'HX1']])
  const sending = {
    ...base,
    templates,
    soundUrl: (id: string) => `${PUBLIC}/media/${id}`,
    accessCodeOf: (id: string) => accessCodeOf(testSecrets, id),
    draftCodeOf: (id: string, phone: string) => draftCode(testSecrets, id, phone),
    maskedLink: maskedUploadLink(PUBLIC),
    createUploadLink: (id: string) =>
      createUploadLink(db.orm, { ...base, secrets: testSecrets, publicUrl: PUBLIC }, id),
  }
  const relay = createRelay({
    sql: db.sql,
    clock,
    worker: 'test',
    logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    handlers: {
      'inbound.judge': createJudgeEvent(judging),
      'message.send': createSendMessage(sending),
      'receipt.send': createSendReceiptByPhone(writing),
      'notice.send': createSendNotice(writing),
      'complaint.route': createRouteComplaint(base),
    },
    onDead: {
      'inbound.judge': (payload, error) => eventFailed(judging, payload, error),
      'message.send': (payload, error) => messageDied(sending, payload, error),
    },
  })
  const { say, got } = network as Network
  return {
    db,
    clock,
    relay,
    network,
    reception,
    base,
    got,
    conversing,
    /** A message from a person, with everything that follows from it. Gives what their phone got for it. */
    says: async (
      text: string,
      { from = PERSON, ...more }: Record<string, string> = {},
    ): Promise<string[]> => {
      const before = got().length
      await say(from, text, more)
      await relay.drain()
      return got()
        .slice(before)
        .map((message) => message.text)
    },
    later: async (minutes: number) => {
      clock.ahead += minutes * 60_000
      await sweepConversations(conversing)
      await sweepParts(conversing)
      await relay.drain()
    },
    complaints:
      async () => db.sql`select c.*, p.phone, p.preferred, a.code as administration from complaints c
      left join complainants p on p.complaint_id = c.id
      left join administrations a on a.id = c.administration_id order by c.received_at, c.id`,
    ledger: async () =>
      Object.fromEntries(
        (
          await db.sql`select coalesce(outcome, 'open') as outcome, count(*)::int as n from ledger_entries
            where channel <> ${STATUS_CHANNEL} group by 1`
        ).map(({ outcome, n }) => [outcome, n]),
      ),
    messages: async () => db.sql`select * from outgoing_messages order by created_at, id`,
    receipts: async () => db.sql`select * from receipts order by issued_at, id`,
    until: pollUntil,
    close: async () => {
      await (network as Network).close()
      await open.close()
    },
  }
}

export type TextHouse<N extends keyof typeof NETWORKS> = Awaited<ReturnType<typeof startTextHouse<N>>>
