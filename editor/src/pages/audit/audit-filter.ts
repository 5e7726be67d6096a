import { AuditAct } from '@heddle/core';
import type { AuditFilter } from '../../api/audit.js';
import { formatDuration } from '../../format/format-duration.js';

/** The filter of the audit page as it is typed; times as `datetime-local` writes them, in the time of this browser. */
export interface AuditForm {
  readonly act: string;
  readonly who: string;
  readonly subject: string;
  /** Id of a project; empty for all of them. */
  readonly project: string;
  readonly from: string;
  readonly to: string;
}

export const everything: AuditForm = { act: '', who: '', subject: '', project: '', from: '', to: '' };

/** What is asked of the server. */
export function filterOf({ act, who, subject, project, from, to }: AuditForm): AuditFilter {
  return {
    act: AuditAct.safeParse(act).data,
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

/** Newer records before those that are known, each once. */
export function withNewer<Entry extends { readonly number: number }>(
  known: readonly Entry[],
  newest: readonly Entry[],
): readonly Entry[] {
  const first = known[0]?.number ?? 0;
  const fresh = newest.filter(({ number }) => number > first);
  // A gap means that more came than a page holds: the page begins anew.
  return fresh.length === newest.length && known.length > 0 && newest.length > 0 ? newest : [...fresh, ...known];
}

/** Acts whose own word is not what people call them. */
const words: Readonly<Partial<Record<AuditAct, string>>> = {
  key: 'API key',
  rollback: 'Live version',
  lowering: 'Label lowered',
  erase: 'Erasure',
  stop: 'Emergency stop',
};

/** What an act is called. */
export function actName(act: AuditAct): string {
  return words[act] ?? act.charAt(0).toUpperCase() + act.slice(1).replaceAll('-', ' ');
}

/** The most telling of a record's details, in a line: what was done first. A door is called by its name, where it has one. */
export function detailWords(details: Readonly<Record<string, unknown>>): string {
  const { step, door, name = nameIn(details['body']), body: _body, ...others } = details;
  const called = name === undefined && door !== undefined ? { door } : {};
  const rest = Object.entries({ ...called, ...others })
    .filter(([, value]) => isPlain(value))
    .map(([key, value]) => factWords(key, value));
  return [...[step, name].filter(isPlain).map((value) => shortOf(String(value))), ...rest].slice(0, 3).join(' · ');
}

/** Details whose own name is not what people call them. */
const detailNames: Readonly<Record<string, string>> = {
  askId: 'question',
  baseUrl: 'address',
  jobId: 'job',
  runId: 'run',
  root: 'root run',
};

/** A detail in words: `fileHash` as a file hash, a fact such as `isLocal` as what it says. */
function factWords(key: string, value: unknown): string {
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

/** Records that were written before names stood beside doors hold them in what was saved. */
function nameIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
}

/** A hash by its beginning, as it is told apart; the whole one stands in the opened record. */
const shortOf = (text: string): string =>
  /^sha256:[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 17)}…` : text.slice(0, 60);

/** Who acted: a visitor of a share by its name, `share Help desk`; others by theirs. */
export function whoWords(
  who: string,
  shares: Readonly<Record<string, string>>,
  nameOf: (who: string) => string,
): string {
  const share = Object.hasOwn(shares, who) ? shares[who] : undefined;
  return share === undefined ? nameOf(who) : `share ${share}`;
}

/** A subject with the name of what it is, where that is known: `workflow Answer letters`. */
export function subjectWords(subject: string, nameOf: (subject: string) => string): string {
  const name = nameOf(subject);
  const [kind = '', ...rest] = subject.split(':');
  return rest.length === 0 ? subject : `${kind} ${name === subject ? rest.join(':') : name}`;
}
