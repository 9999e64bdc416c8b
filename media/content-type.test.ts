import { describe, expect, it } from 'vitest'
import { contentTypeOf, isMismatch, plainType } from './content-type.ts'

const JPEG = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
  Buffer.from('JFIF\0'),
  Buffer.alloc(64),
])
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

describe('the type by content', () => {
  it.each([
    ['a picture', JPEG, { type: 'image/jpeg', kind: 'image' }],
    ['AMR', Buffer.from('#!AMR\n\x3c\0\0\0'), { type: 'audio/amr', kind: 'audio' }],
    ['a Windows program', Buffer.from('MZ\x90\0\x03\0\0\0'), { kind: 'document', concern: 'executable' }],
    ['a Linux program', Buffer.from('\x7fELF\x02\x01\x01\0'), { kind: 'document', concern: 'executable' }],
    ['a shell script', Buffer.from('#!/bin/sh\nrm -rf /\n'), { kind: 'document', concern: 'executable' }],
    [
      'a letter that begins with MZ',
      Buffer.from('MZiane Rachid, Salé'),
      { type: 'text/plain', kind: 'document' },
    ],
    [
      'a letter that begins with BM',
      Buffer.from('BMCE Bank, agence fermée'),
      { type: 'text/plain', kind: 'document' },
    ],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), { concern: 'playlist' }],
    ['a playlist behind a byte-order mark', Buffer.from('\uFEFF#EXTM3U\nhttp://x/'), { concern: 'playlist' }],
    ['a concat list', Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n"), { concern: 'playlist' }],
    ['a DASH manifest', Buffer.from('<?xml version="1.0"?><MPD xmlns="x"></MPD>'), { concern: 'playlist' }],
    [
      'SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
      { type: 'image/svg+xml', concern: 'active_content' },
    ],
    [
      'SVG behind a prologue',
      Buffer.from('<?xml version="1.0"?>\n<!-- x -->\n<svg/>'.replace('<svg/>', '<svg >')),
      { type: 'image/svg+xml', concern: 'active_content' },
    ],
    ['HTML', Buffer.from('\n<!DOCTYPE html><p>'), { type: 'text/html', concern: 'active_content' }],
    ['HTML in UTF-16', utf16('<script>alert(1)</script>'), { type: 'text/html', concern: 'active_content' }],
    ['XML', Buffer.from('<?xml version="1.0"?><a/>'), { type: 'application/xml', concern: 'active_content' }],
    ['a PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3\n'), { type: 'application/pdf', kind: 'document' }],
    [
      'a ZIP',
      Buffer.from('PK\x03\x04\x14\0\0\0\0\0'.padEnd(64, '\0'), 'latin1'),
      { type: 'application/zip', concern: 'archive' },
    ],
    ['an Arabic letter', Buffer.from('شكاية بخصوص المستشفى'), { type: 'text/plain', kind: 'document' }],
    ['noise', Buffer.from([0, 1, 2, 3, 200, 7]), { type: 'application/octet-stream', kind: 'document' }],
  ])('knows %s', async (_, head, expected) => {
    expect(await contentTypeOf(head)).toMatchObject(expected)
  })
})

it.each([
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['AUDIO/X-WAV', 'audio/wav'],
  ['audio/3gpp', 'video/3gpp'],
])('calls %s %s', (declared, plain) => {
  expect(plainType(declared)).toBe(plain)
})

it.each([
  ['audio/mp4', 'video/quicktime', false],
  ['audio/webm;codecs=opus', 'video/webm', false],
  ['application/octet-stream', 'image/png', false],
  ['', 'image/png', false],
  ['text/csv', 'text/plain', false],
  ['application/msword', 'application/x-cfb', false],
  ['image/png', 'image/jpeg', true],
  ['audio/mpeg', 'application/x-msdownload', true],
  ['video/mp4', 'text/plain', true],
  ['application/pdf', 'text/html', true],
])('declared %s, found %s: a lie is %s', (declared, content, lie) => {
  expect(isMismatch(declared, content)).toBe(lie)
})
