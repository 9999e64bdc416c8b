import { expect, it } from 'vitest'
import { csvOf } from './csv.ts'

const cellOf = (words: string | number): string => csvOf([[words]]).slice(1, -2)

it.each([
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['+212600000000', "'+212600000000"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['\n=1', '"\'\n=1"'],
  ['  =1', "'  =1"],
  ['\u00A0=1', "'\u00A0=1"],
  ['＝1+1', "'＝1+1"],
  ['\uFEFF=1', "'\uFEFF=1"],
  ['a=1', 'a=1'],
  ['وزارة الصحة', 'وزارة الصحة'],
  [-2, '-2'],
])('writes %j as %s (P85)', (words, cell) => {
  expect(cellOf(words)).toBe(cell)
})
