import { expect, it } from 'vitest'
import { fold, foldedWords, stem } from './fold-text.ts'

it.each([
  ['Éducation', 'education'],
  ['ŒUVRE', 'oeuvre'],
  ['أكادير', 'أݣادير'],
  ['إدارة', 'اداره'],
  ['مُسْتَشْفَى', 'مستشفي'],
  ['الـــصحة', 'الصحه'],
  ['٠١٢٣ ۴', '0123 4'],
  ['آسفي', 'اسفي'],
])('%s and %s are one', (a, b) => {
  expect(fold(a)).toBe(fold(b))
})

it.each([
  ['المستشفى', 'مستشفى'],
  ['بالمستشفى', 'مستشفى'],
  ['والمدرسة', 'مدرسة'],
  ['للصحة', 'الصحة'],
  ['hôpitaux', 'hôpital'],
  ["l'école", 'écoles'],
  ['Municipale', 'municipal'],
])('%s and %s share a stem', (a, b) => {
  expect(foldedWords(a).map(stem)).toEqual(foldedWords(b).map(stem))
})

it('keeps short words whole', () => {
  expect(foldedWords('ماء eau').map(stem)).toEqual(['ما', 'eau'])
})
