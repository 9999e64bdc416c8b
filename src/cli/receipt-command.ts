import fs from 'node:fs/promises'
import { publishedKeys } from '../receipts/publish-keys.ts'
import type { ReceiptKey } from '../receipts/sign-receipt.ts'
import { type Call, type Command, textOf, UsageError } from './command.ts'
import { withParts } from './open-parts.ts'
import { readJwks, verifyReceiptFile } from './receipt-verify.ts'

/** The keys in a file, or those of this gateway. */
export const keysFrom = async (
  file: string | undefined,
  config: Call['config'],
): Promise<readonly ReceiptKey[]> => {
  if (file === undefined) return withParts(config(), ({ db }) => publishedKeys(db.orm))
  const keys = readJwks(await fs.readFile(file, 'utf8'))
  if (keys === undefined) throw new UsageError('--keys is no JWK Set, as published at /.well-known/jwks.json')
  return keys
}

export const receiptVerify: Command = {
  name: 'receipt verify',
  summary: 'check the signature of a receipt, offline with the published keys; exit 1 when it does not hold',
  options: {
    keys: {
      type: 'string',
      value: 'FILE',
      about: 'the keys of /.well-known/jwks.json; absent: those of this gateway',
    },
  },
  arguments: ['FILE'],
  examples: ['receipt verify receipt.pdf --keys jwks.json', 'receipt verify receipt.json --json'],
  run: async ({ values, positionals: [file = ''], config }) => {
    const publicKeys = await keysFrom(textOf(values, 'keys'), config)
    const check = await verifyReceiptFile(file, { publicKeys })
    const text = check.ok
      ? `The signature holds. It vouches for:\n${JSON.stringify(check, undefined, 2)}`
      : `The receipt does not hold: ${check.reason}`
    return { json: check, text, failed: !check.ok }
  },
}
