import { z } from 'zod'
import type { KeyRule } from '../../src/core/config-key.ts'

const TEMPLATE = /^[a-z_]+\.(ar|fr|en)=HX[0-9a-fA-F]{32}$/

/** WhatsApp takes free text for a day after the person's last word; later only what it has approved. */
export const TEMPLATE_KEYS = {
  WHATSAPP_TEMPLATES: {
    schema: z
      .string()
      .transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
      .refine((words) => words.every((word) => TEMPLATE.test(word)))
      .transform((words) => new Map(words.map((word) => word.split('=') as [string, string]))),
    purpose:
      'WhatsApp: approved templates by notice and language; {{1}} is the reference, {{2}} the last day of the answer',
    wanted: 'notice.language=HX… , several separated by spaces',
    example: 'answered.fr=HX0123456789abcdef0123456789abcdef',
    absent: 'none: the next channel on file is taken',
  },
} as const satisfies Record<string, KeyRule>
