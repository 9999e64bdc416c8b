import { describe, expect, it } from 'vitest'
import { indexBodies, type ListedBody } from './index-bodies.ts'
import { searchAdministrations } from './search-administrations.ts'
import { suggestAdministrations } from './suggest-administrations.ts'

const body = (code: string, ar: string, fr: string, more: Partial<ListedBody> = {}): ListedBody => ({
  code,
  parent: undefined,
  names: { ar, fr },
  territory: undefined,
  keywords: [],
  outside: false,
  anonymousAllowed: true,
  services: [],
  ...more,
})

const BODIES = [
  body('SANTE', 'وزارة الصحة والحماية الاجتماعية', 'Ministère de la Santé et de la Protection sociale', {
    keywords: ['hôpital', 'مستشفى', 'médecin', 'طبيب', 'urgences', 'مستعجلات', 'dispensaire', 'مستوصف'],
  }),
  body('SANTE-FES', 'المندوبية الجهوية للصحة فاس', 'Direction régionale de la Santé de Fès', {
    territory: 'Fès فاس',
    keywords: ['hôpital', 'مستشفى'],
  }),
  body('EDUCATION', 'وزارة التربية الوطنية', "Ministère de l'Éducation nationale", {
    keywords: ['école', 'مدرسة', 'lycée', 'professeur', 'أستاذ', 'bac'],
    services: [{ code: 'BOURSES', names: { fr: 'Bourses', ar: 'المنح' }, keywords: ['bourse', 'منحة'] }],
  }),
  body('JUSTICE', 'وزارة العدل', 'Ministère de la Justice', { keywords: ['tribunal', 'محكمة', 'jugement'] }),
  body('ONEE', 'المكتب الوطني للكهرباء والماء', "Office national de l'électricité et de l'eau potable", {
    keywords: ['électricité', 'كهرباء', 'coupure', 'انقطاع', 'facture', 'فاتورة', 'eau', 'ماء'],
  }),
  body('COMMUNE-AGADIR', 'جماعة أكادير', "Commune d'Agadir", {
    territory: 'Agadir أكادير',
    keywords: ['éclairage public', 'الإنارة العمومية', 'déchets', 'نفايات', 'état civil', 'الحالة المدنية'],
  }),
]
const index = indexBodies(BODIES)

describe('suggestions', () => {
  it.each([
    ["J'attends depuis six heures aux urgences de l'HOPITAL sans voir un medecin", 'SANTE'],
    ['انتظرت ست ساعات في المستشفى ولم يستقبلني أي طبيب', 'SANTE'],
    ['الطبيب غايب فالمستعجلات ديال المستشفى بفاس', 'SANTE'],
    ['hopital de Fes ferme', 'SANTE-FES'],
    ["la bourse de mon fils n'est pas versée au lycee", 'EDUCATION'],
    ['لم تصرف منحة ابني', 'EDUCATION'],
    ['انقطاع الكهرباء منذ ٣ ايام', 'ONEE'],
    ["Coupures d'électricité chaque nuit, et la facture double", 'ONEE'],
    ['أعمدة الإنارة العمومية مطفأة في أگادير', 'COMMUNE-AGADIR'],
    ['les dechets ne sont plus ramassés à Agadir', 'COMMUNE-AGADIR'],
    ['حكم المحكمة لم ينفذ', 'JUSTICE'],
  ])('%s → %s', (text, code) => {
    expect(suggestAdministrations(text, index)[0]?.body.code).toBe(code)
  })

  it('names the service that matched', () => {
    expect(suggestAdministrations('bourse', index)[0]).toMatchObject({ service: 'BOURSES' })
  })

  it('suggests nothing for a text that tells nothing', () => {
    expect(suggestAdministrations('Bonjour, je ne suis pas content du tout', index)).toEqual([])
  })

  it('ranks 2,000 bodies in a moment', () => {
    const many = indexBodies(
      Array.from({ length: 2000 }, (_, n) => ({
        ...(BODIES[n % BODIES.length] as ListedBody),
        code: `B${n}`,
      })),
    )
    const text = 'انتظرت ست ساعات في المستشفى et la facture de coupure électricité '.repeat(150)
    const start = performance.now()
    suggestAdministrations(text, many)
    searchAdministrations('electricite', many)
    const took = performance.now() - start
    expect(took).toBeLessThan(250)
  })
})

describe('search', () => {
  it.each([
    ['sante', 'SANTE'],
    ['SANTÉ fes', 'SANTE-FES'],
    ['الصحه', 'SANTE'],
    ['صحة', 'SANTE'],
    ['edu', 'EDUCATION'],
    ['educaiton', 'EDUCATION'],
    ['electricite', 'ONEE'],
    ['كهربا', 'ONEE'],
    ['أگادير', 'COMMUNE-AGADIR'],
    ['agadir commune', 'COMMUNE-AGADIR'],
    ['onee', 'ONEE'],
  ])('%s → %s', (query, code) => {
    expect(searchAdministrations(query, index)[0]?.code).toBe(code)
  })

  it('gives all bodies for nothing typed and none for nonsense', () => {
    expect(searchAdministrations(' ', index)).toHaveLength(BODIES.length)
    expect(searchAdministrations('zzzzqqq', index)).toEqual([])
    expect(searchAdministrations('؟!', index)).toEqual([])
  })
})
