import { everyProject, type GrantKind, type GrantReply, type GrantUse } from '@heddle/core';

/** The kinds of items, in the order of the page. */
export const grantKinds: readonly (readonly [GrantKind, string])[] = [
  ['connection', 'Connections'],
  ['tool', 'Tool servers'],
  ['model', 'Models'],
  ['collection', 'Collections'],
  ['secret', 'Secrets'],
  ['folder', 'Folders'],
];

/** The part of a grant that decides who may use an item: its owner and the granted projects. */
type Granted = Pick<GrantReply, 'owner' | 'projects'>;

/** Whether a project may use an item. */
export const mayUse = ({ owner, projects }: Granted, project: string): boolean =>
  owner === project || projects.includes(project) || projects.includes(everyProject);

/** The live versions that could no longer be called if the item were granted only to these projects. */
export function breaksOf(grant: GrantReply, projects: readonly string[]): readonly GrantUse[] {
  const after = { ...grant, projects: [...projects] };
  return grant.uses.filter(
    ({ project, version }) => version !== undefined && mayUse(grant, project) && !mayUse(after, project),
  );
}

/** Whether the page folds an item. It folds unused models, because most models of the catalogue are unused. */
export const isFolded = ({ kind, uses }: GrantReply): boolean => kind === 'model' && uses.length === 0;

/** A version or draft that uses an item, with its project. */
export const usageText = ({ name, version, project }: GrantUse, nameOf: (project: string) => string): string =>
  `${version === undefined ? 'the draft' : `version ${version}`} of “${name}” in ${nameOf(project)}`;

/** The live versions that a change has broken, in a sentence. */
export function breakText(breaks: readonly GrantUse[], nameOf: (project: string) => string): string {
  const all = breaks.map((use) => usageText(use, nameOf)).join(', ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)} cannot be called any more.`;
}

/** Whether an item's name, title, projects or uses match all words of a search. */
export function fitsGrant(
  { id, owner, projects, uses }: GrantReply,
  title: string,
  query: string,
  nameOf: (project: string) => string,
): boolean {
  const names = [...projects, ...(owner === undefined ? [] : [owner])].map(nameOf);
  const text = [id, title, ...names, ...uses.map(({ name }) => name)].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
