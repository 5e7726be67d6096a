import { secretNamePattern, withoutUndefined, type LabelLevel, type SourceKind, type SourceReply } from '@heddle/core';
import { ownZone } from '../../ui/format/own-zone.js';
import { schemaFields } from '../../ui/schema-form/schema-field.js';

/** A source as the dialog holds it. */
export interface SourceDraft {
  readonly kind: string;
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secret: string;
  readonly label: LabelLevel | '';
  /** Undefined leaves the readers to the rules of the collection. */
  readonly readers: readonly string[] | null | undefined;
  readonly cron: string;
}

export const draftOf = (source: SourceReply | undefined, kind: string): SourceDraft => ({
  kind: source?.kind ?? kind,
  title: source?.title ?? '',
  config: source?.config ?? {},
  secret: source?.secret ?? '',
  label: source?.label ?? '',
  readers: source?.readers,
  cron: source === undefined ? '*/15 * * * *' : (source.schedule?.cron ?? ''),
});

/** Makes a free id for a source from its title. */
export function idFrom(title: string, taken: readonly string[]): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '')
    .slice(0, 34);
  const base = plain === '' ? 'source' : plain;
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** What is missing before the draft can be sent; undefined if it is complete. */
export function missingOf({ title, config, secret }: SourceDraft, kind: SourceKind | undefined): string | undefined {
  if (kind === undefined) return 'Choose a kind.';
  if (title.trim() === '') return 'Write a title.';
  const field = schemaFields(kind.config).find(
    ({ name, isRequired, standard }) => isRequired && standard === undefined && isEmpty(config[name]),
  );
  if (field !== undefined) return `Fill in “${field.title}”.`;
  if (kind.secret === 'required' && secret.trim() === '') return 'Choose a secret.';
  return secretProblem(secret) === undefined ? undefined : 'Correct the secret.';
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** What is wrong with the name of a secret; undefined for an empty or valid name. */
export const secretProblem = (secret: string): string | undefined =>
  secret.trim() === '' || secretNamePattern.test(secret.trim())
    ? undefined
    : 'Write the name of a secret, not its value. A name has letters, digits, dots, _ and -.';

/** The request that creates a source. */
export const bodyOf = ({ kind, title, config, secret, label, readers, cron }: SourceDraft, id: string) =>
  withoutUndefined({
    id,
    kind,
    title: title.trim(),
    config: { ...config },
    secret: secret.trim() === '' ? undefined : secret.trim(),
    label: label === '' ? undefined : label,
    readers: readers === undefined || readers === null ? readers : [...readers],
    schedule: cron === '' ? undefined : { cron, timeZone: ownZone() },
  });

/**
 * The request that changes a source. An emptied field is removed. Unchanged fields are left out, because a change of some fields makes the
 * source read everything again.
 */
export function changeOf(draft: SourceDraft, before: SourceReply) {
  const was = draftOf(before, before.kind);
  const isOther = (key: keyof SourceDraft): boolean => JSON.stringify(draft[key]) !== JSON.stringify(was[key]);
  const { title, config, secret, label, readers, cron } = draft;
  return withoutUndefined({
    title: isOther('title') ? title.trim() : undefined,
    config: isOther('config') ? { ...config } : undefined,
    secret: isOther('secret') ? (secret.trim() === '' ? null : secret.trim()) : undefined,
    label: isOther('label') ? (label === '' ? null : label) : undefined,
    readers: isOther('readers') && readers !== undefined ? (readers === null ? null : [...readers]) : undefined,
    schedule: isOther('cron')
      ? cron === ''
        ? null
        : { cron, timeZone: before.schedule?.timeZone ?? ownZone() }
      : undefined,
  });
}
