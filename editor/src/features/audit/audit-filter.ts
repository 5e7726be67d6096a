import { AuditEventKind } from '@heddle/core';
import { addressOf, type QueryOf } from '@heddle/core/api-client';
import { formatDuration } from '../../ui/format/format-duration.js';

/** The filter of the audit page as entered; times in the format of `datetime-local`, in the browser's time zone. */
export interface AuditForm {
  readonly kind: string;
  readonly who: string;
  readonly subject: string;
  /** Id of a project; empty for all of them. */
  readonly project: string;
  readonly from: string;
  readonly to: string;
}

export const everything: AuditForm = { kind: '', who: '', subject: '', project: '', from: '', to: '' };

/** The filter of the audit log; times in epoch milliseconds. */
export type AuditFilter = Omit<QueryOf<'/api/audit'>, 'before' | 'limit'>;

/** The address of a download, which is an audit event itself. */
export const exportAddress = (filter: AuditFilter, format: 'jsonl' | 'csv'): string =>
  addressOf('/api/audit/export', { query: { ...filter, format } });

/** The query for the server, which calls the kind of an event `act`, as the stored entries do. */
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

/** Newer events before the known ones, each once. */
export function withNewer<Entry extends { readonly number: number }>(
  known: readonly Entry[],
  newest: readonly Entry[],
): readonly Entry[] {
  const first = known[0]?.number ?? 0;
  const fresh = newest.filter(({ number }) => number > first);
  // A gap means that more events arrived than fit on a page: the list starts again.
  return fresh.length === newest.length && known.length > 0 && newest.length > 0 ? newest : [...fresh, ...known];
}

/** Display names of events whose own name is not clear. */
const eventNames: Readonly<Partial<Record<AuditEventKind, string>>> = {
  key: 'API key',
  rollback: 'Live version',
  declassification: 'Label declassified',
  erase: 'Erasure',
  stop: 'Kill switch',
};

/** The display name of an event. */
export function eventName(kind: AuditEventKind): string {
  return eventNames[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('-', ' ');
}

/** The most important details of an event in one line, the action first. A channel is shown by its name where it has one. */
export function detailText(details: Readonly<Record<string, unknown>>): string {
  const { step, channel, name = nameIn(details['body']), body: _body, ...others } = details;
  const called = name === undefined && channel !== undefined ? { channel } : {};
  const rest = Object.entries({ ...called, ...others })
    .filter(([, value]) => isPlain(value))
    .map(([key, value]) => factText(key, value));
  return [...[step, name].filter(isPlain).map((value) => shortOf(String(value))), ...rest].slice(0, 3).join(' · ');
}

/** Display names of details whose own name is not clear. */
const detailNames: Readonly<Record<string, string>> = {
  requestId: 'question',
  baseUrl: 'address',
  jobId: 'job',
  runId: 'run',
  root: 'root run',
};

/** A detail as text: `fileHash` as a file hash, a flag such as `isLocal` as its meaning. */
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

/** Older events hold the name of a channel in the saved settings. */
function nameIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
}

/** The beginning of a hash; the open event shows the whole hash. */
const shortOf = (text: string): string =>
  /^sha256:[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 17)}…` : text.slice(0, 60);

/** The actor: an anonymous user of a share page by the share's name, `share Help desk`; others by their own name. */
export function whoText(
  who: string,
  shares: Readonly<Record<string, string>>,
  nameOf: (who: string) => string,
): string {
  const share = Object.hasOwn(shares, who) ? shares[who] : undefined;
  return share === undefined ? nameOf(who) : `share ${share}`;
}

/** A subject with its name, where that is known: `workflow Answer letters`. */
export function subjectText(subject: string, nameOf: (subject: string) => string): string {
  const name = nameOf(subject);
  const [kind = '', ...rest] = subject.split(':');
  return rest.length === 0 ? subject : `${kind} ${name === subject ? rest.join(':') : name}`;
}
