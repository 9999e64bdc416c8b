import { foldedWords } from './fold-text.ts'

/** What a person says of an answer, in words. */
export interface Mark {
  readonly satisfied: boolean
  /** Whether more is said than that: then it is the reason too. */
  readonly hasReason: boolean
}

/** A reply often begins with these, and says nothing by them. */
const GREETINGS = new Set([
  ...'bonjour bonsoir salut madame monsieur mesdames messieurs et'.split(' '),
  ...'hello hi dear sir madam or'.split(' '),
  ...'السلام سلام عليكم ورحمه الله تعالي وبركاته مرحبا صباح مساء الخير سيدي سيدتي و'.split(' '),
])

/** Said alone they are an answer; with more ("no problem", "non merci") they may be anything. */
const YES = new Set(['oui', 'yes', 'نعم'])
const NO = new Set(['non', 'no', 'لا'])
const THANKS = new Set(['merci', 'thanks', 'thank', 'شكرا'])

/** How a sentence begins that says it, folded; each takes a whole word more. */
const SATISFIED = [
  /^(?:(?:je suis|nous sommes) )?(?:tres |bien |entierement |pleinement |tout a fait )?satisfaite?s? /,
  /^(?:(?:i am|i m|we are) )?(?:very |fully |quite )?satisfied /,
  /^(?:(?:انا|نحن) )?راض(?:ي|يه|يا|ون|ين)? /,
]
const UNSATISFIED = [
  /^(?:(?:je|nous) )?(?:ne )?(?:suis |sommes )?(?:toujours |vraiment |absolument )?pas (?:du tout |vraiment |encore )?satisfaite?s? /,
  /^(?:(?:je suis|nous sommes) )?(?:tres )?(?:non |in)satisfaite?s? /,
  /^(?:(?:i am|i m|we are) )?(?:still |really )?not (?:at all |really )?satisfied /,
  /^(?:(?:i am|i m|we are) )?(?:very |still )?(?:un|dis)satisfied /,
  /^(?:(?:انا|نحن) )?(?:غير|لست|لسنا|ماشي|مازلت غير) راض(?:ي|يه|يا|ون|ين)? /,
  /^(?:ما ?راضيش|لا ارضي) /,
]

/** Whoever says these beside is not simply satisfied. */
const DOUBT =
  /(?:^| )(?:mais|sauf|cependant|pourtant|pas|ne|jamais|rien|but|except|however|not|never|لكن|ولكن|الا|لم|ليس|غير) /

const clausesOf = (text: string): readonly (readonly string[])[] =>
  text
    .split(/[.,;:!?\n،؛؟]+/u)
    .map(foldedWords)
    .filter((words) => words.some((word) => !GREETINGS.has(word)))

const matched = (patterns: readonly RegExp[], clause: string): number | undefined => {
  const found = patterns.map((pattern) => pattern.exec(clause)?.[0]).find((words) => words !== undefined)
  return found?.trim().split(' ').length
}

/**
 * Whether a text says at its beginning that its writer is satisfied with an answer or is not, in clear words of three languages.
 * Undefined: it does not say, and a person has to read it.
 */
export const markIn = (text: string): Mark | undefined => {
  const [first, ...others] = clausesOf(text)
  const [word, ...rest] = first ?? []
  if (first === undefined || word === undefined) return undefined
  const isAlone = rest.length === 0
  const sentence = `${(YES.has(word) || NO.has(word) ? rest : first).join(' ')} `
  const no = matched(UNSATISFIED, sentence)
  const hasThanks = THANKS.has(others[0]?.[0] ?? '')
  if (no !== undefined || (NO.has(word) && isAlone && !hasThanks)) {
    const hasReason = others.length > 0 || sentence.trim().split(' ').filter(Boolean).length > (no ?? 0)
    return { satisfied: false, hasReason }
  }
  const all = `${[first, ...others].flat().join(' ')} `
  const yes = matched(SATISFIED, sentence) !== undefined || (YES.has(word) && isAlone)
  return yes && !NO.has(word) && !DOUBT.test(all)
    ? { satisfied: true, hasReason: others.length > 0 }
    : undefined
}
