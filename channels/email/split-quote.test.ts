import { describe, expect, it } from 'vitest'
import { splitQuote } from './split-quote.ts'

const OWN = 'Voici la suite de ma plainte.'

describe('own words and quoted ones', () => {
  it.each<[string, string]>([
    [
      'Gmail, fr',
      `${OWN}\n\nLe sam. 21 nov. 2026 à 11:00, Plaintes <p@wasl.example> a écrit :\n> Bonjour\n> vous`,
    ],
    [
      'Gmail, fr, folded',
      `${OWN}\n\nLe sam. 21 nov. 2026 à 11:00, Service des plaintes et observations\n<p@wasl.example> a écrit :\n\n> Bonjour`,
    ],
    ['Gmail, en', `${OWN}\n\nOn Sat, Nov 21, 2026 at 11:00 AM Plaintes <p@wasl.example> wrote:\n> Hello`],
    ['Gmail, ar', `${OWN}\n\nفي السبت، 21 نوفمبر 2026 في 11:00 كتب Plaintes <p@wasl.example>:\n> السلام`],
    ['Apple, ar', `${OWN}\n\nبتاريخ 21 نوفمبر 2026 كتب plaintes@wasl.example:\n> السلام`],
    [
      'Yahoo without marks',
      `${OWN}\n\nOn Saturday, November 21, 2026, Plaintes <p@wasl.example> wrote:\n\n Hello you\n more`,
    ],
    [
      'Outlook, fr',
      `${OWN}\n\n________________________________\nDe : Plaintes <p@wasl.example>\nEnvoyé : samedi 21 novembre 2026 11:00\nÀ : Amina\nObjet : [2612345678] x\n\nBonjour`,
    ],
    [
      'Outlook, en',
      `${OWN}\n\nFrom: Plaintes <p@wasl.example>\nSent: Saturday\nTo: Amina\nSubject: x\n\nHello`,
    ],
    [
      'Outlook, ar',
      `${OWN}\n\nمن: Plaintes <p@wasl.example>\nتاريخ الإرسال: السبت\nإلى: أمينة\nالموضوع: شكاية\n\nالسلام`,
    ],
    ['Outlook classic', `${OWN}\n\n-----Message d'origine-----\nDe : x\nBonjour`],
    ['Original Message', `${OWN}\n\n-----Original Message-----\nFrom: x\nHello`],
    ['above the answer', `Le 21 nov. 2026, Plaintes a écrit :\n> Bonjour\n\n${OWN}`],
    ['marks alone', `> Bonjour\n> vous\n${OWN}`],
  ])('%s', (_client, text) => {
    const { own, quoted } = splitQuote(text)
    expect(own).toBe(OWN)
    expect(quoted).not.toBe('')
  })

  it.each([
    ['Le guichet reste fermé.', '\n\n', 'Le 20 nov. 2026, Plaintes <p@wasl.example> a écrit :'],
    ['Le guichet reste fermé.', '\n', 'Le 20 nov. 2026, Plaintes <p@wasl.example> a écrit :'],
    ['On the door it says closed.', '\n', 'On Sat, Nov 21, 2026, Plaintes\n<p@wasl.example> wrote:'],
    ['في الشباك لا أحد.', '\n\n', 'في السبت، 21 نوفمبر 2026 كتب Plaintes <p@wasl.example>:'],
  ])('keeps a sentence that begins as an attribution does: %s', (said, between, attribution) => {
    expect(splitQuote(`${said}${between}${attribution}\n> Bonjour`).own).toBe(said)
  })

  it.each<[string, string]>([
    ['nothing is quoted', `${OWN}\n\nAmina\n-- \nsignature`],
    ['a person tells what another wrote', `Le directeur a écrit :\nrevenez demain.\n${OWN}`],
    ['a forwarded message', `Voir ceci.\n\n---------- Forwarded message ---------\nDe : x <x@y.ma>\nBonjour`],
    ['everything is quoted', '> Bonjour\n> vous'],
    ['empty', ''],
  ])('keeps the whole where %s', (_name, text) => {
    expect(splitQuote(text)).toEqual({ own: text.trim(), quoted: '' })
  })

  it('keeps answers between the quoted lines', () => {
    const { own } = splitQuote('On Mon, P <p@x.ma> wrote:\n> Quand ?\nLundi.\n> Où ?\nÀ Fès.')
    expect(own).toBe('Lundi.\nÀ Fès.')
  })

  it('takes time in proportion to the text', () => {
    const start = performance.now()
    splitQuote('On a '.repeat(200_000))
    splitQuote(`${'le '.repeat(100)}\n`.repeat(5_000))
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
