import { html } from 'ghtml'
import type { Locale } from '../../src/core/locale.ts'
import { icon } from '../../src/html/icons.ts'
import { page } from '../../src/html/layout.ts'
import { text } from '../../src/html/text.ts'

/** The page before a sensitive filing (ux G12): how to be safe, and what the exit button does and does not do. */
export const sensitivePage = (locale: Locale): string => {
  const title = text(locale, 'sensitive.title')
  const body = html`<h1>${title}</h1>
<p class="lead">${text(locale, 'sensitive.lead')}</p>
<p class="note clock"><strong>${text(locale, 'sensitive.danger')}</strong></p>
<h2>${text(locale, 'sensitive.exit.title')}</h2>
<ul>
<li>${text(locale, 'sensitive.exit.what')}</li>
<li>${text(locale, 'sensitive.exit.keys')}</li>
<li>${text(locale, 'sensitive.exit.kept')}</li>
<li>${text(locale, 'sensitive.exit.limits')}</li>
</ul>
<h2>${text(locale, 'sensitive.name.title')}</h2>
<p>${text(locale, 'sensitive.name')}</p>
<p>${text(locale, 'sensitive.name.shield')}</p>
<p class="acts"><a class="button" href="/${locale}/file/message?way=write&amp;sensitive=yes">!${icon('write')}${text(locale, 'sensitive.start')}</a></p>
<p class="acts"><a href="/${locale}/file/message?way=speak&amp;sensitive=yes">${text(locale, 'home.speak')}</a> <a href="/${locale}/file/message?way=film&amp;sensitive=yes">${text(locale, 'home.film')}</a></p>`
  return page({ locale, title, path: '/sensitive', body, back: '/', quickExit: true })
}
