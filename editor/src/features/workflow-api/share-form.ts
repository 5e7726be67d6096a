import { ShareConfig, type ShareReply } from '@heddle/core';

/** A share link as the form holds it. */
export interface ShareForm {
  readonly name: string;
  /** `auto` lets the inputs decide. */
  readonly kind: 'auto' | 'chat' | 'form';
  readonly title: string;
  readonly greeting: string;
  /** Example questions, one per line. */
  readonly examples: string;
  readonly theme: ShareConfig['theme'];
  readonly accent: string;
  readonly audience: ShareConfig['audience'];
  /** Web origins, one per line. */
  readonly origins: string;
  readonly rate: number | undefined;
  readonly perDay: number | undefined;
  /** Megabytes per day for all users together. */
  readonly uploads: number | undefined;
  /** Megabytes per day for one user. */
  readonly uploadsOfOne: number | undefined;
  /** In US dollars per month. */
  readonly money: number | undefined;
  /** `YYYY-MM-DD`, or empty for never. */
  readonly expires: string;
  readonly version: number | undefined;
  readonly clearance: ShareConfig['clearance'];
  readonly isPaused: boolean;
}

export const emptyShare: ShareForm = {
  name: '',
  kind: 'auto',
  title: '',
  greeting: '',
  examples: '',
  theme: 'auto',
  accent: '',
  audience: 'anyone',
  origins: '',
  rate: 60,
  perDay: 1_000,
  money: undefined,
  expires: '',
  uploads: 1_000,
  uploadsOfOne: 250,
  version: undefined,
  clearance: 'internal',
  isPaused: false,
};

/** The form of an existing link. */
export function formOf(share: ShareReply): ShareForm {
  return {
    name: share.name,
    kind: share.kind,
    theme: share.theme,
    audience: share.audience,
    title: share.title ?? '',
    greeting: share.greeting ?? '',
    accent: share.accent ?? '',
    examples: share.examples.join('\n'),
    origins: share.origins.join('\n'),
    rate: share.ratePerMinute,
    perDay: share.runsPerDay,
    money: share.budget?.money,
    uploads: share.uploadBytesPerDay / megabyte,
    uploadsOfOne: share.uploadBytesPerUser / megabyte,
    expires: share.expiresAt === undefined ? '' : dayOf(share.expiresAt),
    version: share.version,
    clearance: share.clearance,
    isPaused: share.isPaused,
  };
}

type ReadShare =
  | { readonly ok: true; readonly config: ShareConfig }
  | { readonly ok: false; readonly field: string; readonly problem: string };

/** The link of a form, or the first problem with a field. Settings that the form does not show stay as in `before`. */
export function shareOf(form: ShareForm, before?: ShareReply): ReadShare {
  const text = (typed: string): string | undefined => (typed.trim() === '' ? undefined : typed.trim());
  const { tokens, period } = before?.budget ?? {};
  const hasBudget = form.money !== undefined || tokens !== undefined;
  const all = {
    name: form.name,
    title: text(form.title),
    greeting: text(form.greeting),
    examples: linesOf(form.examples),
    kind: form.kind === 'auto' ? undefined : form.kind,
    theme: form.theme,
    accent: text(form.accent),
    audience: form.audience,
    origins: linesOf(form.origins),
    clearance: form.clearance,
    isPaused: form.isPaused,
    ratePerMinute: form.rate,
    runsPerDay: form.perDay,
    version: form.version,
    uploadBytesPerDay: bytesOf(form.uploads),
    uploadBytesPerUser: bytesOf(form.uploadsOfOne),
    budget: hasBudget ? defined({ money: form.money, tokens, period }) : undefined,
    expiresAt: expiryOf(form.expires, before?.expiresAt),
  };
  const read = ShareConfig.safeParse(defined(all));
  if (read.success) return { ok: true, config: read.data };
  const [issue] = read.error.issues;
  return { ok: false, field: String(issue?.path[0] ?? ''), problem: issue?.message ?? 'This value is not valid.' };
}

const megabyte = 1_000_000;
const bytesOf = (given: number | undefined): number | undefined =>
  given === undefined ? undefined : Math.round(given * megabyte);

/** The end of the selected day. If the day has not changed, an expiry time that was set elsewhere is kept. */
function expiryOf(day: string, before: number | undefined): number | undefined {
  if (day === '') return undefined;
  return before !== undefined && dayOf(before) === day ? before : new Date(`${day}T23:59:59`).getTime();
}

function dayOf(time: number): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const defined = (all: object): object =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));

/** Who can use a link and within which limits, as text. */
export function limitText(share: ShareReply): string {
  const parts = [
    share.audience === 'members' ? 'signed in' : 'anyone with the link',
    share.version === undefined ? '' : `version ${share.version}`,
    share.origins.length === 0
      ? ''
      : `embedded in ${share.origins.length === 1 ? (share.origins[0] ?? '') : `${share.origins.length} sites`}`,
    share.budget?.money === undefined ? '' : `$${share.budget.money} a ${share.budget.period}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** The HTML code that embeds a link in a page. */
export function embedSnippet(origin: string, share: ShareReply, token: string): string {
  const facts = [
    `src="${origin}/embed.js"`,
    `data-token="${token}"`,
    ...(share.theme === 'auto' ? [] : [`data-theme="${share.theme}"`]),
    ...(share.accent === undefined ? [] : [`data-accent="${share.accent}"`]),
    ...(share.kind === 'form' ? ['data-position="inline"'] : []),
  ];
  return `<script ${facts.join(' ')} async></script>`;
}
