import { pageTexts } from './define.ts'

/** What a body and the ministry keep for everybody's work: ready words, the calendar, the policy of the legal dates. */
export const consoleRules = pageTexts({
  ar: {
    'ready.unknown': 'لا يملأ شيء {names}. المتاح: {known}',
  },
  fr: {
    'ready.unknown': 'Rien ne remplit {names}. Possible : {known}',
  },
  en: {
    'ready.unknown': 'Nothing fills {names}. Possible: {known}',
  },
})
