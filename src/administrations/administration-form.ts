import { z } from 'zod'
import { GROUNDS } from '../core/complaint.ts'

const name = z.string().trim().min(1).max(300)
const names = z.object({
  ar: name.optional(),
  fr: name.optional(),
  en: name.optional(),
  zgh: name.optional(),
})
const code = z.string().regex(/^[A-Z0-9][A-Z0-9_-]{1,39}$/)
const keywords = z.array(z.string().trim().min(1).max(100)).max(200)

export const administrationCode = code.describe('Capital letters, digits, _ and -, at least two')

/** What a ministry supervisor says of a body. What is left out stays as it is; lists that are given replace the old ones. */
export const administrationForm = z
  .object({
    names: names.refine((given) => Object.values(given).some(Boolean), { message: 'one name at least' }),
    parent: code.nullable().optional().describe('Code of the body above; null: at the top'),
    territory: z.string().trim().max(300).nullable().optional(),
    keywords: keywords.optional().describe('Everyday words and places that point to this body'),
    outsideGround: z
      .enum(GROUNDS)
      .nullable()
      .optional()
      .describe('Set: complaints about this body are closed with this ground (National Defence)'),
    anonymousAllowed: z.boolean().optional(),
    approvesAnswers: z
      .boolean()
      .optional()
      .describe("True: an agent's answer waits for a manager, who approves; a manager's own goes out"),
    state: z.enum(['draft', 'active', 'suspended']).optional(),
    services: z
      .array(z.object({ code: z.string().trim().min(1).max(60), names, keywords: keywords.optional() }))
      .max(1000)
      .optional(),
    connectors: z
      .array(
        z
          .looseObject({
            type: z.string().max(40),
            rotate: z.boolean().optional().describe('Give a new secret; the older one signs too for a week'),
          })
          .describe('By type: webhook { url }, email { address, language }'),
      )
      .max(10)
      .optional(),
    rotateToken: z.boolean().optional().describe("Replace the body's token at once"),
  })
  .meta({ id: 'AdministrationForm' })

export type AdministrationForm = z.output<typeof administrationForm>

/** What is answered: secrets and tokens are in it once, when they are made. */
export const savedAdministration = z
  .object({
    code: z.string(),
    created: z.boolean(),
    names,
    parent: z.string().nullable(),
    services: z.array(z.object({ code: z.string(), names })),
    connectors: z.array(
      z.looseObject({
        id: z.string(),
        type: z.string(),
        disabledReason: z.string().nullable(),
        secret: z.string().optional().describe('Standard Webhooks secret, shown once'),
      }),
    ),
    token: z.string().optional().describe('For /api/v1/referrals, shown once'),
  })
  .meta({ id: 'Administration' })

export type SavedAdministration = z.output<typeof savedAdministration>
