import { expect, it } from 'vitest'
import { markIn } from './satisfaction.ts'

const CASES: readonly (readonly [text: string, is: 'yes' | 'no' | 'no, why' | 'unclear'])[] = [
  ['Non', 'no'],
  ['non.', 'no'],
  ['Non, le guichet est toujours fermé.', 'no, why'],
  ['Bonjour,\n\nNon. Rien n’a changé.\n\nAmina', 'no, why'],
  ['Bonjour Madame, je ne suis pas satisfaite', 'no'],
  ['Pas satisfait du tout de cette réponse', 'no, why'],
  ['Non, je ne suis pas satisfait', 'no, why'],
  ['Non je ne suis pas satisfait', 'no'],
  ['INSATISFAITE', 'no'],
  ['No', 'no'],
  ['I’m not satisfied. Nobody came.', 'no, why'],
  ['dissatisfied', 'no'],
  ['لا', 'no'],
  ['السلام عليكم، لا. الشباك ما زال مغلقا', 'no, why'],
  ['لستُ راضيًا', 'no'],
  ['غير راضٍ عن الجواب', 'no, why'],
  ['Oui', 'yes'],
  ['Yes.', 'yes'],
  ['نعم', 'yes'],
  ['Bonjour, je suis très satisfaite, merci', 'yes'],
  ['I am satisfied', 'yes'],
  ['أنا راضية', 'yes'],
  // What may mean anything joins the thread.
  ['Non merci', 'unclear'],
  ['Non, merci.', 'unclear'],
  ['No problem', 'unclear'],
  ['Oui, mais le guichet est fermé', 'unclear'],
  ['Je suis satisfait de rien', 'unclear'],
  ['Satisfait, mais pas de tout', 'unclear'],
  ['Merci', 'unclear'],
  ['Le guichet n’est pas satisfaisant', 'unclear'],
  ['Nous nous voyons lundi ?', 'unclear'],
  ['لا مشكل', 'unclear'],
  ['لا شكر على واجب', 'unclear'],
  ['', 'unclear'],
]

it.each(CASES)('%j: %s', (text, is) => {
  const mark = markIn(text)
  const said = mark?.satisfied ? 'yes' : mark?.hasReason ? 'no, why' : 'no'
  expect(mark === undefined ? 'unclear' : said).toBe(is)
})
