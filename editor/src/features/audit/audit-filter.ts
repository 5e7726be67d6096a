import { AuditEventKind } from '@heddle/core';
import { addressOf, type QueryOf } from '@heddle/core/api-client';
import { formatDuration } from '../../ui/format/format-duration.js';

/** The filter of the audit page as entered. Times are in the format of `datetime-local`, in the browser's time zone. */
export interface AuditForm {
  readonly kind: string;
  readonly who: string;
  readonly subject: string;
  /** Id of a project; empty for all. */
  readonly project: string;
  readonly from: string;
  readonly to: string;
}

export const everything: AuditForm = { kind: '', who: '', subject: '', project: '', from: '', to: '' };

/** The filter of the audit log; times in epoch milliseconds. */
export type AuditFilter = Omit<QueryOf<'/api/audit'>, 'before' | 'limit'>;

/** Returns the address of an export. Each download is itself recorded as an audit event. */
export const exportAddress = (filter: AuditFilter, format: 'jsonl' | 'csv'): string =>
  addressOf('/api/audit/export', { query: { ...filter, format } });

/** Builds the query for the server, where the kind of an event is called `act`, as in the stored entries. */
export function filterOf({ kind, who, subject, project, from, to }: AuditForm): AuditFilter {
  return {
    act: AuditEventKind.safeParse(kind).data,
    who: who.trim() === '' ? undefined : who.trim(),
    subject: subject.trim() === '' ? undefined : subject.trim(),
    project: project === '' ? undefined : project,
    from: timeOf(from),
    to: timeOf(to),
  };
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Puts newer events before the known ones, without duplicates. */
export function withNewer<Entry extends { readonly number: number }>(
  known: readonly Entry[],
  newest: readonly Entry[],
): readonly Entry[] {
  const first = known[0]?.number ?? 0;
  const fresh = newest.filter(({ number }) => number > first);
  // If there is a gap, more events arrived than fit on a page, so the list starts again.
  return fresh.length === newest.length && known.length > 0 && newest.length > 0 ? newest : [...fresh, ...known];
}

/** Display names of event kinds whose own name is unclear. */
const eventNames: Readonly<Partial<Record<AuditEventKind, string>>> = {
  key: 'API key',
  rollback: 'Live version',
  declassification: 'Label declassified',
  erase: 'Erasure',
  stop: 'Kill switch',
};

export function eventName(kind: AuditEventKind): string {
  return eventNames[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' ');
}

/** Returns the most important details of an event in one line, the action first. A channel is shown by its name if it has one. */
export function detailText(details: Readonly<Record<string, unknown>>): string {
  const { step, channel, name = nameIn(details['body']), body: _body, ...others } = details;
  const called = name === undefined && channel !== undefined ? { channel } : {};
  const rest = Object.entries({ ...called, ...others })
    .filter(([, value]) => isPlain(value))
    .map(([key, value]) => factText(key, value));
  return [...[step, name].filter(isPlain).map((value) => shortOf(String(value))), ...rest].slice(0, 3).join(' · ');
}

/** Display names of details whose own name is unclear. */
const detailNames: Readonly<Record<string, string>> = {
  requestId: 'question',
  baseUrl: 'address',
  jobId: 'job',
  runId: 'run',
  root: 'root run',
};

/** Formats a detail: `fileHash` as "file hash", a flag such as `isLocal` as its meaning. */
function factText(key: string, value: unknown): string {
  if (key === 'ms' && typeof value === 'number') return `took ${formatDuration(value)}`;
  const name = Object.hasOwn(detailNames, key) ? detailNames[key] : spaced(key);
  if (typeof value !== 'boolean') return `${name} ${shortOf(String(value))}`;
  if (!/^is[A-Z]/.test(key)) return `${name} ${value ? 'yes' : 'no'}`;
  const fact = spaced(key.slice(2));
  return value ? fact : `not ${fact}`;
}

const spaced = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** In older events, the name of a channel is inside the saved settings. */
function nameIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
}

/** The beginning of a hash; the expanded event shows all of it. */
const shortOf = (text: string): string =>
  /^sha256:[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 17)}…` : text.slice(0, 60);

/** Formats the actor: an anonymous user of a share page by the name of the page, as in `share Help desk`; others by their own name. */
export function whoText(
  who: string,
  shares: Readonly<Record<string, string>>,
  nameOf: (who: string) => string,
): string {
  const share = Object.hasOwn(shares, who) ? shares[who] : undefined;
  return share === undefined ? nameOf(who) : `share ${share}`;
}

/** Formats a subject with its name, if known: `workflow Answer letters`. */
export function subjectText(subject: string, nameOf: (subject: string) => string): string {
  const name = nameOf(subject);
  const [kind = '', ...rest] = subject.split(':');
  return rest.length === 0 ? subject : `${kind} ${name === subject ? rest.join(':') : name}`;
}
