import { simpleParser } from 'mailparser'
import pino from 'pino'
import { afterNotice } from '../../channels/sms/conversation.ts'
import { type DeliveryResult, delivered } from '../../src/core/delivery.ts'
import type { OutgoingText, TextDriver } from '../../src/core/text-message.ts'
import { additionLetter, isWrittenByPerson, noticeLetter } from '../../src/html/case-letters.ts'
import { receiptLetter } from '../../src/html/receipt-letter.ts'
import { createTextWriter } from '../../src/html/sms-text.ts'
import { accessCodeOf } from '../../src/intake/access-code.ts'
import { createUploadLink, maskedUploadLink } from '../../src/intake/upload-links.ts'
import { readLetterCase } from '../../src/messages/letter-case.ts'
import { createMailNotice } from '../../src/messages/mail-notice.ts'
import { createSendMessage } from '../../src/messages/send-message.ts'
import { noticeFailed, textReceiptInstead } from '../../src/messages/text-instead.ts'
import { createSendNotice, createSendReceiptByPhone } from '../../src/messages/write-to-complainant.ts'
import { createRelay } from '../../src/outbox/relay.ts'
import { newUuidV7 } from '../../src/platform/system-clock.ts'
import { acknowledgmentFailed, createAcknowledgeAddition } from '../../src/receipts/acknowledge-addition.ts'
import { receiptFailed } from '../../src/receipts/receipt-failed.ts'
import { sendReceipt } from '../../src/receipts/send-receipt.ts'
import { createRouteComplaint } from '../../src/referrals/route-complaint.ts'
import { type MailGatewayOptions, openMailGateway } from './mail.ts'

const officeZone = 'Africa/Casablanca'

/** A network that keeps what is texted, or answers as told. */
const createPhone = () => {
  const texts: OutgoingText[] = []
  const answers: DeliveryResult[] = []
  const driver: TextDriver = {
    id: 'test',
    rawType: 'test/text',
    channels: ['sms'],
    defaultLine: { sms: '+212530000100' },
    send: async (message) => {
      const answer = answers.shift() ?? delivered(newUuidV7())
      if (answer.ok) texts.push(message)
      return answer
    },
    readText: () => undefined,
    readStatus: () => undefined,
  }
  return { texts, answers, driver }
}

/** The mail gateway with everything that is written to complainants, by mail and to a telephone, over a real relay. */
export const openMailHouse = async (options: MailGatewayOptions & { readonly phone?: boolean } = {}) => {
  const phone = createPhone()
  const drivers = options.phone === false ? [] : [phone.driver]
  const instead = {
    fallBack: (id: string): Promise<string | undefined> => textReceiptInstead(writing, id),
    noticeFailed: (id: string, failure: string): Promise<void> => noticeFailed(writing, id, failure),
  }
  const gateway = await openMailGateway({ ...options, hooks: instead })
  const { db, clock, secrets, mailer, address } = gateway
  const publicUrl = `https://${gateway.host}`
  const base = { db, clock, newId: newUuidV7, drivers, officeZone: 'Africa/Casablanca' }
  const writing = { ...base, write: createTextWriter(undefined), afterNotice, officeZone }
  const mailing = {
    ...base,
    sql: db.sql,
    orm: db.orm,
    secrets,
    publicUrl,
    officeZone,
    mailer,
    store: gateway.store,
    intakeAddress: address,
    accessCodeOf: (id: string) => accessCodeOf(secrets, id),
    createUploadLink: (id: string) => createUploadLink(db.orm, { ...base, secrets, publicUrl }, id),
    writeLetter: receiptLetter,
    writeNotice: noticeLetter,
    isWrittenByPerson,
    readCase: (id: string) => readLetterCase({ db, clock, publicUrl, officeZone }, id),
    writeAddition: additionLetter,
  }
  const byMail = { receipt: sendReceipt(mailing), notice: createMailNotice(mailing) }
  const byPhone = { receipt: createSendReceiptByPhone(writing), notice: createSendNotice(writing) }
  const viaOf = async (table: 'receipts' | 'notices', id: string) =>
    (await db.sql`select via from ${db.sql(table)} where id = ${id}`)[0]?.['via'] as string | null
  const relay = createRelay({
    sql: db.sql,
    clock,
    worker: 'test',
    logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    handlers: {
      'inbound.judge': gateway.judgeEvent,
      'receipt.send': async (payload, context) =>
        ((await viaOf('receipts', payload.receiptId)) === 'sms' ? byPhone : byMail).receipt(payload, context),
      'notice.send': async (payload, context) =>
        ((await viaOf('notices', payload.noticeId)) === 'email' ? byMail : byPhone).notice(payload, context),
      'mail.acknowledge': createAcknowledgeAddition(mailing),
      'message.send': createSendMessage({
        ...base,
        templates: new Map(),
        soundUrl: () => '',
        accessCodeOf: mailing.accessCodeOf,
        draftCodeOf: () => '',
        maskedLink: maskedUploadLink(publicUrl),
        createUploadLink: mailing.createUploadLink,
      }),
      'complaint.route': createRouteComplaint(base),
    },
    onDead: {
      'receipt.send': (payload, error) => receiptFailed({ ...mailing, ...instead }, payload, error),
      'notice.send': (payload, error) => noticeFailed(writing, payload.noticeId, error.code),
      'mail.acknowledge': (payload, error) => acknowledgmentFailed({ db }, payload, error),
    },
  })

  /** Lets everything happen that is due; gives the mails that went out by it, read. */
  const drain = async () => {
    const before = gateway.outbox.length
    await relay.drain()
    return await Promise.all(
      gateway.outbox
        .slice(before)
        .map(async ({ raw, returnPath }) => ({ raw, returnPath, letter: await simpleParser(raw) })),
    )
  }
  return { ...gateway, base, receiptDeps: mailing, phone, relay, drain }
}

export type MailHouse = Awaited<ReturnType<typeof openMailHouse>>
