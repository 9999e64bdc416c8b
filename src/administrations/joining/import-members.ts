import { inArray } from 'drizzle-orm'
import { z } from 'zod'
import { OF_A_BODY, type StaffRole } from '../../core/staff-role.ts'
import { staffMembers } from '../../db/schema/index.ts'
import { inviteMember } from '../../staff/members.ts'
import { type Actor, requireRight, scopeOf } from '../../staff/rights.ts'
import type { JoiningDeps } from './affiliation.ts'

/** One line of the file, as it was understood. */
export interface MemberLine {
  /** 1 is the first line of the file. */
  readonly line: number
  readonly email: string
  readonly role: string
  readonly unit: string
  /** Absent: the line is good. */
  readonly problem?: 'email' | 'role' | 'unit' | 'repeated' | 'other'
}

export interface Imported extends MemberLine {
  /** The token of the invitation's link, shown once. */
  readonly token?: string
}

const ROLES = OF_A_BODY.filter((role): role is StaffRole => role !== 'body')
const isRole = (typed: string): boolean => ROLES.some((known) => known === typed.toLowerCase())

/** A first line that names neither a person nor a role names the columns. */
const isHeading = ([email = '', role = '']: readonly string[]): boolean =>
  !email.includes('@') && !isRole(role)

/** RFC 4180 as far as people write it: commas or semicolons, a quote doubled inside quotes. */
export const readCsv = (file: string): string[][] => {
  const text = file.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const separator = /^[^\n]*;/.test(text) ? ';' : ','
  const rows: string[][] = [[]]
  let field = ''
  let isQuoted = false
  const end = () => {
    rows.at(-1)?.push(field.trim())
    field = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"' && isQuoted && text[at + 1] === '"') {
      field += '"'
      at += 1
    } else if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && character === separator) end()
    else if (!isQuoted && character === '\n') {
      end()
      rows.push([])
    } else field += character
  }
  end()
  return rows
}

const isEmail = (typed: string): boolean => z.email().max(254).safeParse(typed).success

/** Understands `email, role, unit` lines; a heading is passed over. `units` are the codes the manager may invite to. */
export const readMemberLines = (file: string, units: readonly string[]): MemberLine[] => {
  const seen = new Set<string>()
  return readCsv(file)
    .map((fields, index) => ({ fields, line: index + 1 }))
    .filter(({ fields, line }) => fields.some((field) => field !== '') && !(line === 1 && isHeading(fields)))
    .map(({ fields: [typed = '', role = '', unit = ''], line }) => {
      const email = typed.toLowerCase()
      const read = { line, email, role: role.toLowerCase(), unit: unit.toUpperCase() }
      const isRepeat = seen.has(email)
      seen.add(email)
      if (!isEmail(email)) return { ...read, problem: 'email' as const }
      if (isRepeat) return { ...read, problem: 'repeated' as const }
      if (!isRole(role)) return { ...read, problem: 'role' as const }
      if (read.unit !== '' && !units.includes(read.unit)) return { ...read, problem: 'unit' as const }
      return read
    })
}

/** Names the lines whose address belongs to the ministry or to another body. */
const markOthers = async (
  { db: { orm, sql } }: JoiningDeps,
  actor: Actor,
  lines: readonly MemberLine[],
): Promise<readonly MemberLine[]> => {
  const { bodies } = await scopeOf(sql, actor)
  const emails = lines.map(({ email }) => email)
  const known = await orm
    .select({ email: staffMembers.email, body: staffMembers.administrationId })
    .from(staffMembers)
    .where(inArray(staffMembers.email, emails))
  const reach: readonly (string | null)[] | undefined = bodies === 'everything' ? undefined : bodies
  const others = new Set(known.filter(({ body }) => reach && !reach.includes(body)).map(({ email }) => email))
  return lines.map((line) =>
    line.problem === undefined && others.has(line.email) ? { ...line, problem: 'other' as const } : line,
  )
}

/**
 * Reads a list of officials. `dry`: says what would happen, line by line, and does nothing. Otherwise the good lines are invited
 * and the wrong ones told; a file with a wrong line invites nobody, so that it can be mended and sent whole.
 */
export const importMembers = async (
  deps: JoiningDeps,
  actor: Actor,
  { file, dry, own, units }: { file: string; dry: boolean; own: string; units: readonly string[] },
): Promise<readonly Imported[]> => {
  requireRight(actor, 'staff.manage')
  const lines = await markOthers(deps, actor, readMemberLines(file, [own, ...units]))
  if (dry || lines.some(({ problem }) => problem)) return lines
  const invited: Imported[] = []
  for (const line of lines) {
    const wish = { email: line.email, role: line.role as StaffRole, administrationCode: line.unit || own }
    const done = await inviteMember(deps, actor, wish).catch(() => undefined)
    invited.push(done === undefined ? { ...line, problem: 'other' } : { ...line, token: done.token })
  }
  return invited
}
