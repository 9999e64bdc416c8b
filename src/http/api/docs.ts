import type { FastifyInstance } from 'fastify'
import { html } from 'ghtml'
import { ERRORS } from '../../core/errors.ts'
import { STYLE } from '../../html/assets.ts'
import { STATUS_OF } from '../status-of.ts'

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
  }[]
  readonly requestBody?: unknown
  readonly responses?: Readonly<Record<string, unknown>>
}

interface OpenApi {
  readonly info: { readonly title: string; readonly description?: string; readonly version: string }
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

const operationBlock = (path: string, method: string, operation: Operation): string => html`
  <section>
    <h3><code class="digest">${method.toUpperCase()} ${path}</code></h3>
    <p>${operation.summary ?? ''}</p>
    !${operation.description ? html`<p>${operation.description}</p>` : ''}
    !${
      (operation.parameters ?? []).length > 0
        ? html`<table class="codes">
          <thead><tr><th>Parameter</th><th>In</th><th>Required</th><th></th></tr></thead>
          <tbody>!${(operation.parameters ?? []).map(
            (p) =>
              html`<tr><td><code class="digest">${p.name}</code></td><td>${p.in}</td><td>${p.required ? 'yes' : 'no'}</td><td>${p.description ?? ''}</td></tr>`,
          )}</tbody>
        </table>`
        : ''
    }
    !${operation.requestBody ? html`<details><summary>Request body</summary><pre class="mail">${JSON.stringify(operation.requestBody, null, 2)}</pre></details>` : ''}
    !${operation.responses ? html`<details><summary>Answers: ${Object.keys(operation.responses).join(', ')}</summary><pre class="mail">${JSON.stringify(operation.responses, null, 2)}</pre></details>` : ''}
  </section>`

const docsPage = (spec: OpenApi): string => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${spec.info.title} API</title>
      <link rel="stylesheet" href="${STYLE.url}" />
    </head>
    <body>
      <main>
        <h1>${spec.info.title} API ${spec.info.version}</h1>
        <p>${spec.info.description ?? ''} The machine-readable form is <a href="/api/openapi.json">openapi.json</a>.</p>
        <h2>Operations</h2>
        !${Object.entries(spec.paths ?? {}).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, operation]) => operationBlock(path, method, operation)),
        )}
        <h2>Errors</h2>
        <p>Every error is <code>application/problem+json</code> (RFC 9457) with one of these codes.</p>
        <table class="codes">
          <thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>
          <tbody>!${Object.entries(ERRORS).map(
            ([code, meaning]) =>
              html`<tr id="error-${code}"><td><code class="digest">${code}</code></td><td>${STATUS_OF[code as keyof typeof ERRORS]}</td><td>${meaning}</td></tr>`,
          )}</tbody>
        </table>
        <h2>Schemas</h2>
        !${Object.entries(spec.components?.schemas ?? {}).map(
          ([name, schema]) =>
            html`<details><summary>${name}</summary><pre class="mail">${JSON.stringify(schema, null, 2)}</pre></details>`,
        )}
      </main>
    </body>
  </html>`

/** `/api/openapi.json`, generated from the route schemas, and `/api/docs`, the same for people. */
export const docsRoutes = (app: FastifyInstance): void => {
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  app.get('/api/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(docsPage(app.swagger() as OpenApi)),
  )
}
