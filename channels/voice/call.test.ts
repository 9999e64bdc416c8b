import { describe, expect, it } from 'vitest'
import {
  CALL_NODES,
  type CallEvent,
  type CallFacts,
  type CallMoment,
  type CallNode,
  type CallResult,
  type CallState,
  type CallTurn,
  type SpokenCase,
} from '../../src/core/call.ts'
import { composeReference } from '../../src/core/reference.ts'
import { voice } from '../../src/html/catalogue/voice.ts'
import { text } from '../../src/html/text.ts'
import { isWellFormed } from '../../test/support/well-formed.ts'
import { createCallTree } from './call.ts'
import { type SpeakDeps, speak } from './speak.ts'
import { twiml } from './twiml.ts'
import { PROMPTS, type VoiceWord } from './words.ts'

const tree = createCallTree(['ar', 'fr', 'en'])
const moment: CallMoment = {
  now: new Date('2026-11-21T10:00:00Z'),
  elapsed: 30,
  caller: '+212612345678',
  textable: true,
  open: false,
}
const keys = (pressed: string): CallEvent => ({ type: 'keys', keys: pressed })
const silence: CallEvent = { type: 'silence' }
const recorded = (sid: string, seconds = 20): CallEvent => ({ type: 'recorded', take: { sid, seconds } })
const aCase: SpokenCase = {
  complaintId: '019aa000-0000-7000-8000-000000000001',
  reference: '2612345678',
  state: 'answered',
  late: false,
  waitsFor: 'none',
  by: '',
  answered: true,
}

/** What the features would say, so that a walk needs no database. */
const resultOf = ({ effect }: CallTurn): CallResult | undefined => {
  switch (effect?.type) {
    case 'file':
      return { type: 'filed', complaintId: effect.resubmits ?? aCase.complaintId, round: 1 }
    case 'find_cases':
      return { type: 'cases', cases: [aCase] }
    case 'track':
      return effect.code === '482157'
        ? { type: 'cases', cases: [aCase] }
        : { type: 'untracked', reason: 'wrong' }
    case 'rate':
      return { type: 'rated' }
    case 'text_receipt':
      return { type: 'texted', how: 'sent' }
    case 'text_link':
      return { type: 'linked', how: 'sent' }
    default:
      return undefined
  }
}

const step = (state: CallState, event: CallEvent, at = moment): CallState => {
  let turn = tree.advance(state, event, at)
  for (let result = resultOf(turn); result !== undefined; result = resultOf(turn))
    turn = tree.advance(turn.state, result, at)
  return turn.state
}
const walk = (events: readonly CallEvent[], at = moment, known?: 'ar' | 'fr' | 'en'): CallState =>
  events.reduce((state, event) => step(state, event, at), tree.begin(at, known))

const words: SpeakDeps['words'] = (locale, key) => (locale === 'zgh' ? undefined : text(locale, key))
const deps: SpeakDeps = {
  words,
  clips: { find: () => undefined },
  onMissing: () => {},
  offered: ['ar', 'fr', 'en'],
  transfer: '+212537000001',
  hours: { from: '08:30', to: '16:30' },
}
const facts: CallFacts = {
  receipt: { reference: '2612345678', accessCode: '482157', answerBy: '2027-03-05', textable: true },
  answer: 'Votre rue sera éclairée.',
  takes: ['https://wasl.example/takes/1'],
}
const to = {
  next: 'https://wasl.example/webhooks/twilio/voice?step=2&x=1',
  recording: 'https://wasl.example/r',
}
const heard = (state: CallState, some = facts) => twiml(speak(deps, state, some, to))

describe('the happy path (U19)', () => {
  const path = [keys('3'), keys('1'), keys('1'), recorded('RE1'), keys('1')]

  it('leads from the answer to the receipt in five keys, # among them', () => {
    const state = walk(path)
    expect(state.node).toBe('receipt')
    expect(state.filings).toEqual([
      { complaintId: aCase.complaintId, round: 1, takes: [{ sid: 'RE1', seconds: 20 }] },
    ])
  })

  it('keeps consent as a key press with version, language and time', () => {
    expect(walk(path.slice(0, 3)).consent).toEqual({
      by: 'key',
      version: '2026-11',
      language: 'fr',
      at: '2026-11-21T10:00:00.000Z',
    })
  })

  it('speaks number and code digit by digit in groups, twice', () => {
    const said = [...heard(walk(path)).matchAll(/<Say[^>]*>(\d)<\/Say>|(<Pause)/g)].map(
      ([, digit]) => digit ?? ' ',
    )
    const once = '26 123 456 78  482 157 5'
    expect(said.join('').replace(/\s+/g, ' ').trim()).toBe(`${once} ${once}`.replace(/\s+/g, ' '))
  })

  it('lets a known caller skip the language, and change it by the star', () => {
    expect(walk([], moment, 'fr')).toMatchObject({ node: 'menu', language: 'fr' })
    expect(walk([keys('*'), keys('4')], moment, 'fr')).toMatchObject({ node: 'menu', language: 'en' })
  })

  it('asks the kind together with the consent', () => {
    expect(walk([keys('3'), keys('3'), keys('2')])).toMatchObject({ node: 'record', kind: 'suggestion' })
  })
})

describe('takes', () => {
  const reviewing = [keys('3'), keys('1'), keys('1'), recorded('RE1')]
  it.each<[string, CallEvent[], object]>([
    ['adds up to three', [keys('4'), recorded('RE2'), keys('4'), recorded('RE3')], { node: 'review' }],
    [
      'replaces them on starting again',
      [keys('3'), recorded('RE2')],
      { takes: [{ sid: 'RE2', seconds: 20 }] },
    ],
    [
      'keeps them when starting again ends in silence',
      [keys('3'), silence, silence],
      { node: 'review', takes: [{ sid: 'RE1', seconds: 20 }] },
    ],
    ['plays them', [keys('2')], { node: 'review', listening: true }],
    ['sends after silence twice', [silence, silence], { node: 'receipt' }],
    [
      'sends after three wrong keys: what was said goes first',
      [keys('7'), keys('7'), keys('7')],
      { node: 'receipt' },
    ],
  ])('%s', (_, events, expected) => {
    expect(walk([...reviewing, ...events])).toMatchObject(expected)
  })

  it('offers no fourth', () => {
    const full = walk([...reviewing, keys('4'), recorded('RE2'), keys('4'), recorded('RE3')])
    expect(full.takes).toHaveLength(3)
    expect(step(full, keys('4'))).toMatchObject({ node: 'review', notes: ['wrong_key'] })
  })

  it('guides once more after less than 3 s, then goes on', () => {
    const once = walk([keys('3'), keys('1'), keys('1'), recorded('RE1', 2)])
    expect(once).toMatchObject({ node: 'record', notes: ['too_short'] })
    expect(step(once, recorded('RE2', 1))).toMatchObject({ node: 'record', guide: 'voicemail' })
  })

  it('is cut short by a key only where there is a guide', () => {
    const state = walk([keys('3'), keys('1'), keys('1'), keys('5')])
    expect(heard(state)).not.toContain('<Gather')
    expect(heard(state)).toContain('<Record')
  })

  it('never records past the end of the call', () => {
    expect(walk([keys('3'), keys('1'), keys('1')], { ...moment, elapsed: 800 }).recordSeconds).toBe(100)
  })
})

describe('tracking', () => {
  const unknown = { ...moment, caller: undefined }
  it('reads the newest to a known caller without a key', () => {
    expect(walk([keys('3'), keys('2')])).toMatchObject({ node: 'case', cases: [aCase] })
  })
  it('asks others for number and code', () => {
    const state = walk([keys('3'), keys('2'), keys(composeReference(2026, 1)), keys('482157')], unknown)
    expect(state.node).toBe('case')
  })
  it('leads to a person after three wrong tries', () => {
    const state = walk([keys('3'), keys('2'), keys('111'), keys('222'), keys('333')], unknown)
    expect(state).toMatchObject({ node: 'record', guide: 'voicemail' })
  })
  it('hears the answer, and is satisfied or sends it again', () => {
    const hearing = walk([keys('3'), keys('2'), keys('1')])
    expect(heard(hearing)).toContain('Votre rue sera éclairée.')
    expect(step(hearing, keys('2')).node).toBe('bye')
    expect(step(hearing, keys('3'))).toMatchObject({ node: 'consent', resubmits: aCase.complaintId })
  })
  it('sends it again without a reason rather than not at all', () => {
    const state = walk([keys('3'), keys('2'), keys('3'), keys('1'), silence, silence])
    expect(state).toMatchObject({ node: 'receipt', filings: [{ complaintId: aCase.complaintId, takes: [] }] })
  })
})

describe('a person', () => {
  const asking = [keys('3'), keys('0')]
  it('answers in hours', () => {
    const state = walk(asking, { ...moment, open: true })
    expect(heard(state)).toContain('<Number>+212537000001</Number>')
    expect(step(state, { type: 'dialled', answered: true }).node).toBe('bye')
    expect(step(state, { type: 'dialled', answered: false })).toMatchObject({
      node: 'record',
      guide: 'voicemail',
    })
  })
  it('is replaced by voicemail out of hours; speaking is then agreeing', () => {
    const state = walk(asking)
    expect(state).toMatchObject({ node: 'record', guide: 'voicemail', consent: { by: 'speaking' } })
    expect(heard(state)).toContain('08 h 30'.replace(/^0/, ''))
  })
})

describe('the whole call', () => {
  it('warns at a minute before the end, once, and closes at fifteen minutes', () => {
    const late = { ...moment, elapsed: 850 }
    const warned = step(walk([keys('3')]), silence, late)
    expect(warned.notes[0]).toBe('one_minute')
    expect(step(warned, keys('9'), late).notes).not.toContain('one_minute')
    expect(step(warned, silence, { ...moment, elapsed: 901 })).toMatchObject({
      node: 'over',
      notes: ['time_over'],
    })
  })
  it('files what was said when the time is over', () => {
    const reviewing = walk([keys('3'), keys('1'), keys('1')])
    expect(step(reviewing, recorded('RE9'), { ...moment, elapsed: 905 }).node).toBe('receipt')
  })
})

/** Every state that the given events can lead to, by breadth; what differs only in counters of the past is met once. */
const explore = (): readonly CallState[] => {
  const events: CallEvent[] = [
    ...'0123456789*#'.split('').map(keys),
    keys(composeReference(2026, 1)),
    keys('2600000000'),
    keys('482157'),
    keys('000000'),
    keys('0612345678'),
    silence,
    recorded('RE1'),
    recorded('RE2', 1),
    { type: 'dialled', answered: false },
    { type: 'dialled', answered: true },
  ]
  const moments = [
    moment,
    { ...moment, caller: undefined, textable: false },
    { ...moment, open: true },
    { ...moment, elapsed: 901 },
  ]
  const seen = new Map<string, CallState>()
  const keyOf = ({ consent: _, filings, dropped: __, ...state }: CallState) =>
    JSON.stringify({ ...state, filed: filings.length > 0, takes: state.takes.length })
  let edge = moments.map((at) => tree.begin(at, undefined))
  for (let depth = 0; depth < 14 && edge.length > 0 && seen.size < 3_000; depth += 1) {
    const next: CallState[] = []
    for (const state of edge) {
      if (seen.has(keyOf(state))) continue
      seen.set(keyOf(state), state)
      for (const event of events) for (const at of moments) next.push(step(state, event, at))
    }
    edge = next
  }
  return [...seen.values()]
}

describe('every node with every event (U20)', () => {
  const states = explore()

  it('meets every node', () => {
    const met = new Set<CallNode>(states.map(({ node }) => node))
    expect(CALL_NODES.filter((node) => !met.has(node))).toEqual([])
  })

  it('answers each with a well-formed document that goes on after silence', () => {
    for (const state of states) {
      const document = heard(state)
      expect(isWellFormed(document), document).toBe(true)
      expect(
        /<Redirect[^>]*>[^<]+<\/Redirect><\/Response>|<Hangup\/><\/Response>/.test(document),
        document,
      ).toBe(true)
      if (state.node === 'over') continue
      for (const [gather] of document.matchAll(/<Gather[^>]*>/g))
        expect(gather).toContain('action="https://wasl')
    }
  })

  it('ends by silence alone from everywhere, without losing a take', () => {
    for (const start of states) {
      let state = start
      let takes = start.takes.length
      for (let silences = 0; state.node !== 'over'; silences += 1) {
        expect(silences, JSON.stringify(start)).toBeLessThan(40)
        const before = state
        state = step(state, silence)
        takes = state.takes.length
        if (before.takes.length > takes)
          expect(state.filings.length, JSON.stringify(before)).toBeGreaterThan(before.filings.length)
      }
      expect(takes).toBe(0)
    }
  })

  it('asks at most four things at once, two steps below the menu', () => {
    for (const locale of ['ar', 'fr', 'en'] as const)
      for (const prompt of PROMPTS)
        expect(voice[locale][`voice.${prompt}`].match(/\b[0-9]\b/g)?.length ?? 0).toBeLessThanOrEqual(4)
  })
})

it('writes nothing of a caller or an office as TwiML (P70)', () => {
  const hostile = '</Say><Dial>+882000</Dial><Say a="\u0000\uD800&\'">'
  const state = walk([keys('3'), keys('2'), keys('1')])
  const document = heard(state, { ...facts, answer: hostile })
  expect(isWellFormed(document)).toBe(true)
  expect(document).not.toContain('<Dial>')
})

it('plays a clip wherever there is one, in every language', () => {
  const clips: SpeakDeps['clips'] = {
    find: (locale, key) => `https://wasl.example/clips/${locale}/${key}.mp3`,
  }
  for (const state of explore().slice(0, 300)) {
    const document = twiml(speak({ ...deps, clips }, { ...state, hearing: false }, facts, to))
    expect(document).not.toContain('<Say')
  }
})

it('has words for every prompt', () => {
  const missing = PROMPTS.map((prompt): VoiceWord => `voice.${prompt}`).filter(
    (key) => words('fr', key) === undefined,
  )
  expect(missing).toEqual([])
})
