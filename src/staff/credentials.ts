import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Secret, TOTP } from 'otpauth'
import type { Secrets } from '../core/secrets.ts'

const derive = promisify(argon2)

/** OWASP's lowest for argon2id: 19 MiB, two passes, one lane; 50 ms on the machine this was written on. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const argon2id = (password: string, nonce: Buffer, { memory, passes, parallelism }: typeof COST) =>
  derive('argon2id', {
    message: password.normalize('NFC'),
    nonce,
    memory,
    passes,
    parallelism,
    tagLength: TAG_BYTES,
  })

/** Hashes a password in the PHC form, cost and salt included. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const tag = await argon2id(password, salt, COST)
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

/** Whose hash is asked when there is no such person: a wrong address costs the same time as a wrong password. */
const NOBODY = await hashPassword(randomBytes(TAG_BYTES).toString('hex'))

/** Whether a password is the one of a hash; without a hash it takes as long and is not. */
export const isPassword = async (password: string, hash: string | null | undefined): Promise<boolean> => {
  const [, memory, passes, parallelism, salt = '', tag = ''] = PHC.exec(hash ?? NOBODY) ?? []
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const made = await argon2id(password, Buffer.from(salt, 'base64'), cost as typeof COST)
  return timingSafeEqual(made, Buffer.from(tag, 'base64')) && hash != null
}

export const PASSWORD_LENGTH = { least: 12, most: 200 } as const

/** Length is what counts (NIST 800-63B); the person's own address and one sign repeated are no password. */
export const isGoodPassword = (password: string, email: string): boolean => {
  const letters = [...password.normalize('NFC')]
  const [mailbox = ''] = email.split('@')
  return (
    letters.length >= PASSWORD_LENGTH.least &&
    letters.length <= PASSWORD_LENGTH.most &&
    new Set(letters).size > 4 &&
    !(mailbox.length > 3 && password.toLowerCase().includes(mailbox.toLowerCase()))
  )
}

const PERIOD_S = 30

const totpOf = (secret: string, email: string): TOTP =>
  new TOTP({ issuer: 'Wasl', label: email, secret: Secret.fromBase32(secret), period: PERIOD_S })

/** A new secret for an authenticator, base32 as people type it. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32

/** What the QR code for an authenticator says. */
export const totpUri = (secret: string, email: string): string => totpOf(secret, email).toString()

/** The half minute whose digits these are, one before and one after now included; undefined when they are none. */
export const totpStep = (secret: string, digits: string, now: Date): number | undefined => {
  const delta = totpOf(secret, '').validate({ token: digits, timestamp: now.getTime(), window: 1 })
  return delta === null ? undefined : Math.floor(now.getTime() / 1000 / PERIOD_S) + delta
}

const RECOVERY_CODES = 10
const RECOVERY_BYTES = 8

/** Codes for the day the telephone is lost: 64 bits each, as `abcd-efgh-…` that can be written down. */
export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, () =>
    (randomBytes(RECOVERY_BYTES).toString('hex').match(/.{4}/g) ?? []).join('-'),
  )

/** What is kept of a recovery code, however it was typed. */
export const recoveryMac = (secrets: Secrets, staffId: string, code: string): string =>
  secrets.mac('staff-recovery', `${staffId}:${code.toLowerCase().replace(/[^0-9a-f]/g, '')}`)
