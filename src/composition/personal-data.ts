import type { EraseDeps } from '../personal-data/erase-person.ts'
import { discardFilesWith } from '../platform/discard-files.ts'
import { foldersOf, type Parts } from './parts.ts'

/** What an erasure needs, with the folders beside the database that hold something of people. */
export const eraseDeps = ({ config, db, clock, newId, store }: Parts): EraseDeps => {
  const { spool, mailbox } = foldersOf(config)
  return {
    db,
    clock,
    newId,
    store,
    discardFiles: async ({ phones, emails, complaints }) => {
      // Forms write a number without its plus.
      const addresses = [...phones.map((phone) => phone.slice(1)), ...emails]
      const inSpool = await discardFilesWith(spool, addresses)
      const references = complaints.map(({ reference }) => reference)
      return inSpool + (await discardFilesWith(mailbox, [...addresses, ...references]))
    },
  }
}
