import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { receiptFactsOf, receiptKey } from '../../test/support/receipt-facts.ts'
import { asJwks } from '../receipts/publish-keys.ts'
import { signReceipt } from '../receipts/sign-receipt.ts'
import { readJwks, verifyReceiptFile } from './receipt-verify.ts'

let folder: string
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-receipt-'))
})
afterAll(() => fs.rm(folder, { recursive: true }))

const facts = receiptFactsOf()
const publicKeys = readJwks(JSON.stringify(asJwks([receiptKey]))) ?? []
const check = async (content: string) => {
  const file = path.join(folder, 'receipt')
  await fs.writeFile(file, content)
  return verifyReceiptFile(file, { publicKeys })
}
const other = signReceipt(receiptKey, { ...facts.claims, round: 2 })

it.each([
  ['the signed line alone', facts.signature],
  ['with a line end', `${facts.signature}\r\n`],
  ['the JSON of the page', JSON.stringify({ reference: '1', signature: facts.signature })],
  [
    'the keywords of a PDF, twice as writers repeat them',
    `%PDF-1.7 (wasl-receipt:${facts.signature}) <k>wasl-receipt:${facts.signature}</k>`,
  ],
])('verifies %s', async (_, content) => {
  expect(await check(content)).toEqual({ ok: true, kid: receiptKey.kid, claims: facts.claims })
})

it.each([
  ['a changed receipt', facts.signature.replace(/\.e/, '.f'), 'forged'],
  ['two receipts in one file', `${facts.signature}\n${other}`, 'several_receipts'],
  [
    'a PDF that shows one receipt and carries another',
    `%PDF wasl-receipt:${facts.signature} wasl-receipt:${other}`,
    'several_receipts',
  ],
  ['a PDF without proof', '%PDF-1.7', 'no_receipt'],
  ['nothing', '', 'no_receipt'],
])('refuses %s', async (_, content, reason) => {
  expect(await check(content)).toEqual({ ok: false, reason })
})

it('refuses a receipt whose key is not among the published', async () => {
  const file = path.join(folder, 'stranger')
  await fs.writeFile(file, facts.signature)
  expect(await verifyReceiptFile(file, { publicKeys: [] })).toEqual({ ok: false, reason: 'unknown_key' })
})

it('says when there is no file', async () => {
  expect(await verifyReceiptFile(path.join(folder, 'missing'), { publicKeys })).toEqual({
    ok: false,
    reason: 'unreadable',
  })
})

it('reads Ed25519 keys of a key set and nothing else', () => {
  expect(readJwks('{"keys":[{"kty":"RSA","kid":"a"}]}')).toEqual([])
  expect(readJwks('<html>')).toBeUndefined()
})
