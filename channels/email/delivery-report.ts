import type { DeliveryReport, MailHeader } from '../../src/core/mail-message.ts'
import { firstOf, valuesOf } from './mail-headers.ts'

const OUTCOMES: Readonly<Record<string, DeliveryReport['outcome']>> = {
  failed: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'delivered',
  expanded: 'delivered',
}

/** Worst first: one refused recipient makes the report a refusal. */
const RANK: readonly DeliveryReport['outcome'][] = ['failed', 'delayed', 'delivered']

/** Reads a `message/delivery-status` part (RFC 3464). */
export const readDeliveryStatus = (text: string): DeliveryReport | undefined => {
  const actions = [...text.matchAll(/^action:\s*([a-z]+)/gim)].map(
    ([, word = '']) => OUTCOMES[word.toLowerCase()],
  )
  const outcome = RANK.find((each) => actions.includes(each))
  if (outcome === undefined) return undefined
  const codes = [...text.matchAll(/^status:\s*([245]\.\d{1,3}\.\d{1,3})/gim)].map(([, code = '']) => code)
  const wanted = outcome === 'failed' ? '5' : outcome === 'delayed' ? '4' : '2'
  const status = codes.find((code) => code.startsWith(wanted)) ?? codes[0]
  return { outcome, ...(status === undefined ? {} : { status }) }
}

const DELAYED =
  /delay|warning: (?:could not send|message still)|not yet been delivered|still trying|will be retried|retard|différé|remise retardée|تأخر|تأخير/iu
const FAILED =
  /undeliver|undelivered|not (?:be )?delivered|delivery (?:status notification \(failure\)|has failed|failed|failure)|returned (?:mail|to sender)|returning message|failure notice|non remis|non distribu|échec de (?:la )?(?:remise|distribution)|courrier en retour|couldn't be delivered|address (?:not found|rejected)|user unknown|تعذر (?:ال)?تسليم|فشل (?:ال)?تسليم|لم يتم تسليم/iu

/** Reports in no standard form (qmail, old Exchange, Exim) say what happened in their subject, else in their first lines. */
export const readOddReport = (
  headers: readonly MailHeader[],
  subject: string,
  text: string,
): DeliveryReport => {
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(text.slice(0, 4_000))?.[1]
  const facts = status === undefined ? {} : { status }
  const failedRecipients = valuesOf(headers, 'x-failed-recipients').length > 0
  for (const words of [subject, text.slice(0, 2_000)]) {
    if (DELAYED.test(words)) return { outcome: 'delayed', ...facts }
    if (FAILED.test(words)) return { outcome: 'failed', ...facts }
  }
  return { outcome: failedRecipients ? 'failed' : 'unknown', ...facts }
}

/** Headers quoted inside an odd report's text, where no part brings them back: only those that say which mail it was. */
export const headersInText = (text: string): MailHeader[] =>
  [...text.matchAll(/^[>\s]{0,4}(message-id|x-wasl-loop):\s*(\S{1,300})/gim)].map(
    ([, name = '', value = '']) => ({
      name: name.toLowerCase(),
      value,
    }),
  )

/** Senders of reports. */
export const isReporter = (address: string): boolean =>
  /^(?:mailer-daemon|mailerdaemon|postmaster|mail-daemon|double-bounce)(?:[+@]|$)/i.test(address)

export const reportType = (headers: readonly MailHeader[]): string | undefined =>
  /report-type\s*=\s*"?([a-z-]+)/i.exec(firstOf(headers, 'content-type') ?? '')?.[1]?.toLowerCase()
