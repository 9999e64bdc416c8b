import { z } from 'zod'
import type { KeyRule } from './config-key.ts'

/** Where the heads of the audit go, out of reach of whoever holds the database. */
export const AUDIT_KEYS = {
  AUDIT_ANCHOR_TO: {
    schema: z
      .string()
      .transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
      .refine((list) => list.every((address) => /^[^\s@<>]+@[^\s@<>]+$/.test(address))),
    purpose: 'Who is mailed the head of the audit, each day and after many entries',
    wanted: 'e-mail addresses, best of another house',
    example: 'audit@cour-des-comptes.example',
    absent: 'the auditors of the ministry among the staff',
  },
  AUDIT_ANCHOR_FILE: {
    schema: z.string().min(1),
    purpose: 'File that the same signed line is appended to; best on storage that only takes additions',
    wanted: 'a path in a folder that can be written',
    example: '/mnt/worm/wasl-audit.jws',
    absent: 'none',
  },
} as const satisfies Record<string, KeyRule>

export interface AuditConfig {
  readonly anchorTo: readonly string[] | undefined
  readonly anchorFile: string | undefined
}
