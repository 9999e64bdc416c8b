import { describe, expect, it } from 'vitest'
import { readMemberLines } from './import-members.ts'

describe('a list of officials', () => {
  it.each([
    ['commas, a heading and quotes', 'email,role\n"a@b.ma","agent"', [undefined]],
    ['Windows line ends and a mark of order', '\uFEFFa@b.ma;agent\r\n', [undefined]],
    ['a repeat', 'a@b.ma,agent\nA@b.ma,agent', [undefined, 'repeated']],
    ['a unit of somebody else', 'a@b.ma,agent,SANTE', ['unit']],
    ['a role of the ministry', 'a@b.ma,triage', ['role']],
    ['a first line that is no heading', 'a.b.ma;agent\nc@d.ma;agent', ['email', undefined]],
    ['nothing', '\n\n', []],
  ])('is understood: %s', (_, file, problems) => {
    expect(readMemberLines(file, ['BASSIN']).map(({ problem }) => problem)).toEqual(problems)
  })

  it('is read to its end', () => {
    const file = Array.from({ length: 1_200 }, (_, nth) => `p${nth}@b.ma,agent`).join('\n')
    expect(readMemberLines(file, [])).toHaveLength(1_200)
  })
})
