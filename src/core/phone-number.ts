/** Numbers that Twilio writes for a caller it may not name: ANONYMOUS, RESTRICTED, UNKNOWN, UNAVAILABLE in keypad letters. */
const NOBODY = new Set(['+266696687', '+7378742833', '+8656696', '+86282452253', '+2562533'])

/**
 * The number at which a sender or caller can be answered, in E.164. Undefined for those who cannot: withheld, alphanumeric,
 * a short code, a SIP address. They are heard like anyone; nobody texts them.
 */
export const answerableNumber = (address: string): string | undefined => {
  const number = address.trim()
  return /^\+[1-9]\d{7,14}$/.test(number) && !NOBODY.has(number) ? number : undefined
}

/** A number as people dial it at home: 0537… inside Morocco, 00… elsewhere. A plus sign would jump sides in Arabic. */
export const dialled = (number: string): string =>
  number.startsWith('+212') ? `0${number.slice(4)}` : number.replace(/^\+/, '00')
