/** What a body's ready words may leave open; filled from the complaint they are used for. */
export const TEMPLATE_VARIABLES = ['reference', 'administration', 'service', 'filed', 'answer_by'] as const
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number]

/** What the words are for: the act in which a state of the record lets an official write. */
export const TEMPLATE_ACTS = ['answer', 'question', 'refusal', 'interim'] as const
export type TemplateAct = (typeof TEMPLATE_ACTS)[number]

const OPEN = /\{([^{}]*)\}/g

/** Names between braces that nothing will fill. */
export const unknownVariables = (text: string): readonly string[] =>
  [...text.matchAll(OPEN)]
    .map(([, name = '']) => name)
    .filter((name) => !(TEMPLATE_VARIABLES as readonly string[]).includes(name))

/** The words with what they left open. What is not known of a complaint is left out. */
export const fillTemplate = (text: string, values: Readonly<Record<TemplateVariable, string>>): string =>
  text.replace(OPEN, (_, name: string) => values[name as TemplateVariable] ?? '')
