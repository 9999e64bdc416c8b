import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { createMailbox } from './mailbox.ts'
import { newUuidV7 } from './system-clock.ts'

it('keeps messages as sent, lists the newest first and reads nothing outside its folder', async () => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wasl-mailbox-'))
  await fs.writeFile(path.join(folder, 'secret.eml'), 'not a message')
  const names = ['00000001', '00000002'].map((start) => newUuidV7().replace(/^.{8}/, start))
  const mailbox = createMailbox(path.join(folder, 'box'), () => names.shift() ?? '')
  expect(await mailbox.list(10)).toEqual([])
  await mailbox.deliver(Buffer.from('Subject: 1\r\n\r\n'), '')
  await mailbox.deliver(Buffer.from('Subject: 2\r\n\r\n'), 'plaintes@wasl.example')
  const ids = await mailbox.list(10)
  const messages = await Promise.all(ids.map((id) => mailbox.read(id)))
  expect(messages.map(String)).toEqual([
    'Return-Path: <plaintes@wasl.example>\r\nSubject: 2\r\n\r\n',
    'Return-Path: <>\r\nSubject: 1\r\n\r\n',
  ])
  expect(await mailbox.list(1)).toEqual(ids.slice(0, 1))
  for (const id of ['../secret', 'secret', newUuidV7()]) expect(await mailbox.read(id)).toBeUndefined()
  await fs.rm(folder, { recursive: true })
})
