import addressparser from 'nodemailer/lib/addressparser'
import type { MailAddress, MailHeader } from '../../src/core/mail-message.ts'
import { decodeText } from './decode-text.ts'

/** A field as the parser kept it: one character a byte, folds included. */
export interface RawField {
  readonly key: string
  readonly line: string
}

/** Longer than any field a person or server writes; attackers write longer ones. */
const VALUE_CHARACTERS = 16_384

/** A raw field as a header: unfolded, its bytes read as UTF-8 or as what they are, controls as spaces. */
export const headerOf = ({ key, line }: RawField): MailHeader => {
  const bytes = Buffer.from(line.slice(line.indexOf(':') + 1, VALUE_CHARACTERS), 'latin1')
  return {
    name: key.toLowerCase(),
    value: decodeText(bytes, undefined)
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .trim(),
  }
}

export const valuesOf = (headers: readonly MailHeader[], name: string): readonly string[] =>
  headers.filter((header) => header.name === name).map(({ value }) => value)

export const firstOf = (headers: readonly MailHeader[], name: string): string | undefined =>
  headers.find((header) => header.name === name)?.value

/** Message-IDs in a header value, with their brackets, as far as they could be one. */
export const messageIdsIn = (value: string): string[] => value.match(/<[^<>\s]{1,250}>/g) ?? []

interface Parsed {
  readonly name?: string
  readonly address?: string
  readonly group?: readonly Parsed[]
}

const flat = (parsed: readonly Parsed[]): readonly Parsed[] =>
  parsed.flatMap((one) => (one.group ? flat(one.group) : [one]))

/** A plain addr-spec; encoded words, quotes and routes are how one mailbox is dressed up as another. */
const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"=?]+$/u

/**
 * The mailboxes that stand in a header value, undecoded and letter for letter: what is encoded is a name (RFC 2047, 5), and
 * the parser's mending of `a@ b` or `a@"b"` would make an address that nobody wrote.
 */
export const addressesIn = (value: string): readonly MailAddress[] =>
  flat(addressparser(value) as unknown as readonly Parsed[])
    .filter(
      ({ address }) =>
        address !== undefined && ADDRESS.test(address) && !address.includes('=?') && value.includes(address),
    )
    .map(({ name = '', address = '' }) => ({ name, address }))

/** The address between the brackets of a Return-Path: '' for the null path, undefined when the header is not there. */
export const returnPathOf = (headers: readonly MailHeader[]): string | undefined => {
  const value = firstOf(headers, 'return-path')
  return value === undefined ? undefined : (/<([^<>]*)>/.exec(value)?.[1] ?? value).trim()
}
