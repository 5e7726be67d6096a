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

/** The projects that may use an item: its owner and those it is granted to. */
type Granted = Pick<GrantReply, 'owner' | 'projects'>;

/** Whether an item may be used in a project. */
export const mayUse = ({ owner, projects }: Granted, project: string): boolean =>
  owner === project || projects.includes(project) || projects.includes(everyProject);

/** The live versions that cannot be called when an item is granted only to these projects. */
export function breaksOf(grant: GrantReply, projects: readonly string[]): readonly GrantUse[] {
  const after = { ...grant, projects: [...projects] };
  return grant.uses.filter(
    ({ project, version }) => version !== undefined && mayUse(grant, project) && !mayUse(after, project),
  );
}

/** Whether an item is one of many unused ones, such as most models of the catalogue: the page folds them. */
export const isFolded = ({ kind, uses }: GrantReply): boolean => kind === 'model' && uses.length === 0;

/** A live version by its name and project. */
export const usageText = ({ name, version, project }: GrantUse, nameOf: (project: string) => string): string =>
  `${version === undefined ? 'the draft' : `version ${version}`} of “${name}” in ${nameOf(project)}`;

/** What a change has broken, as a sentence. */
export function breakText(breaks: readonly GrantUse[], nameOf: (project: string) => string): string {
  const all = breaks.map((use) => usageText(use, nameOf)).join(', ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)} cannot be called any more.`;
}

/** Whether an item matches a search: by its name, its projects or its uses. */
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
