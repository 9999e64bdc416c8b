import { describe, expect, it } from 'vitest'
import { readMemberLines } from './import-members.ts'

describe('a list of officials', () => {
  it.each([
    ['commas, a heading and quotes', 'email,role\n"a@b.ma","agent"', [undefined]],
    ['Windows line ends and a mark of order', '\uFEFFa@b.ma;agent\r\n', [undefined]],
    ['a repeat', 'a@b.ma,agent\nA@b.ma,agent', [undefined, 'repeated']],
    ['a unit of somebody else', 'a@b.ma,agent,SANTE', ['unit']],
    ['a role of the ministry', 'a@b.ma,triage', ['role']],
    ['nothing', '\n\n', []],
  ])('is understood: %s', (_, file, problems) => {
    expect(readMemberLines(file, ['BASSIN']).map(({ problem }) => problem)).toEqual(problems)
  })
})
