import { add } from './add.ts'
import { common } from './common.ts'
import { consoleTexts } from './console.ts'
import { consoleAccount } from './console-account.ts'
import { consoleActs } from './console-acts.ts'
import { consoleCounter } from './console-counter.ts'
import { consoleGuide } from './console-guide.ts'
import { consoleIdentity } from './console-identity.ts'
import { consoleInbox } from './console-inbox.ts'
import { consoleIndicators } from './console-indicators.ts'
import { consoleJoining } from './console-joining.ts'
import { consoleMail } from './console-mail.ts'
import { consoleMerging } from './console-merging.ts'
import { consoleReports } from './console-reports.ts'
import { consoleRules } from './console-rules.ts'
import { data } from './data.ts'
import { dates } from './dates.ts'
import { deliveries } from './deliveries.ts'
import { demoBody } from './demo-body.ts'
import { dossier } from './dossier.ts'
import { errors } from './errors.ts'
import { figures } from './figures.ts'
import { file } from './file.ts'
import { home } from './home.ts'
import { indicatorTexts } from './indicators.ts'
import { later } from './later.ts'
import { mail } from './mail.ts'
import { measures } from './measures.ts'
import { offline } from './offline.ts'
import { open311 } from './open311.ts'
import { phone } from './phone.ts'
import { receipt } from './receipt.ts'
import { record } from './record.ts'
import { reports } from './reports.ts'
import { sensitive } from './sensitive.ts'
import { side } from './side.ts'
import { sms } from './sms.ts'
import { states } from './states.ts'
import { statistics } from './statistics.ts'
import { track } from './track.ts'
import { voice } from './voice.ts'

/** Every area of the catalogue. A new area is one file and one line here. */
export const AREAS = [
  add,
  common,
  consoleAccount,
  consoleActs,
  consoleInbox,
  consoleCounter,
  consoleGuide,
  consoleRules,
  consoleIdentity,
  consoleJoining,
  consoleIndicators,
  measures,
  consoleReports,
  consoleMail,
  consoleMerging,
  consoleTexts,
  data,
  dates,
  deliveries,
  demoBody,
  dossier,
  errors,
  figures,
  file,
  home,
  indicatorTexts,
  later,
  mail,
  offline,
  open311,
  phone,
  receipt,
  record,
  reports,
  sensitive,
  side,
  sms,
  states,
  statistics,
  track,
  voice,
] as const
