// Filings that were written without a network: each is sent once, under the key it was written with, by whoever gets there
// first, this page or the service worker.
import * as courier from './courier.js'
import * as parcels from './parcels.js'

/**
 * @typedef {object} KeptFiling
 * @property {string} key
 * @property {string} language
 * @property {number} createdAt
 * @property {Record<string, string>} fields
 * @property {'waiting' | 'sent' | 'wrong'} state
 * @property {{ reference: string, accessCode: string, receiptUrl: string }} [receipt]
 * @property {{ field: string, message: string }[]} [problems]
 */

/** @param {string} key */
export const ownerOf = (key) => `filing:${key}`

/** @param {KeptFiling} filing */
export const parcelsOf = async ({ key }) =>
  (await parcels.parcels()).filter(({ owner }) => owner === ownerOf(key))

/** Sends a filing whose files the gateway knows of. @param {KeptFiling} filing */
const post = async (filing) => {
  const { key, language, fields } = filing
  const files = await parcelsOf(filing)
  if (files.some(({ url }) => !url)) return
  const form = new URLSearchParams({ ...fields, key })
  for (const { url } of files) form.append('upload', url?.split('/').pop() ?? '')
  const answer = await fetch(`/${language}/offline`, { method: 'POST', body: form }).catch(() => undefined)
  if (answer?.status === 422)
    await parcels.keepFiling({ ...filing, state: 'wrong', ...(await answer.json()) })
  if (answer?.ok) await parcels.keepFiling({ ...filing, state: 'sent', receipt: await answer.json() })
}

/** What has arrived with a filing that was sent needs no name here any more. */
const tidy = async () => {
  for (const filing of await parcels.filings()) {
    if (filing.state !== 'sent') continue
    for (const { id, hasArrived } of await parcelsOf(filing)) if (hasArrived) await parcels.drop(id)
  }
}

/** Sends every filing that waits and can be sent. Gives what is kept then. @returns {Promise<KeptFiling[]>} */
export const sendWaiting = async () => {
  const send = async () => {
    for (const filing of await parcels.filings()) if (filing.state === 'waiting') await post(filing)
    await tidy()
  }
  // Two tabs at once would be one complaint all the same: the key says so. It only spares the line.
  await (navigator.locks ? navigator.locks.request('wasl-filings', send) : send())
  return parcels.filings()
}

/** For the service worker: announces the files, files, carries the files. True when nothing is left to send. */
export const deliver = async () => {
  await courier.announceAll()
  const kept = await sendWaiting()
  await courier.carryAll()
  await tidy()
  const files = (await parcels.parcels()).filter(({ url, hasArrived }) => url && !hasArrived)
  return files.length === 0 && kept.every(({ state }) => state !== 'waiting')
}
