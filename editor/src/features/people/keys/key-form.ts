import { KeyScopes, type LabelLevel, type Permission } from '@heddle/core';

export interface KeyForm {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Undefined means all workflows of the project. */
  readonly workflows: readonly string[] | undefined;
  readonly rate: number | undefined;
  readonly budget: string;
  /** The highest label that the key may read, if it has the permission to build. */
  readonly clearance: LabelLevel;
  readonly days: number | undefined;
  /** Web origins, one per line. */
  readonly origins: string;
  /** The id of the service account to which the key belongs; empty for the user's own account. */
  readonly service: string;
}

export const standardPermissions: readonly Permission[] = KeyScopes.parse({}).permissions;

/** The permissions that a key usually has, each with a description. */
const permissionText: readonly (readonly [Permission, string])[] = [
  ['run:published', 'Call published versions and read the answers'],
  ['speak-for-users', 'Call on behalf of end users'],
  ['run:draft', 'Run drafts and their tests'],
  ['run:document', 'Run documents sent with the request'],
  ['run:read', 'List runs with their public outputs'],
  ['run:values', 'Read the inputs and all values of runs'],
  ['run:graph', 'Read the workflow that a run executed'],
  ['run:control', 'Cancel and resume runs'],
  ['run:feedback', 'Rate runs'],
  ['file:write', 'Send files'],
  ['file:read', 'Read files'],
  ['model:try', 'Call models directly, with OpenAI clients'],
  ['model:read', 'List models'],
  ['collection:read', 'Search collections'],
  ['collection:write', 'Change collections'],
  ['workflow:read', 'Read workflows'],
  ['workflow:write', 'Change workflows'],
  [
    'workflow:build',
    'Build drafts with tools and propose, as a program; excludes reading, changing and publishing in other ways',
  ],
  ['workflow:publish', 'Publish workflows'],
  ['gate:manage', 'Set the rules of gates, and publish past them'],
  ['audit:read', 'Read the audit log'],
  ['metrics:read', 'Read metrics of this server, for Prometheus'],
];

const rightText: ReadonlyMap<string, string> = new Map<string, string>([
  ...permissionText,
  ['run:start', 'Run drafts and any document'],
]);

/** The descriptions of permissions, including retired ones. An unknown permission is shown by its name. */
export const rightsText = (rights: readonly string[]): string =>
  rights.map((right) => rightText.get(right) ?? right).join(' · ');

/** The permissions that the form offers: the usual ones, and those that the key already has. */
export const offeredRights = (ownRights: readonly Permission[]): readonly (readonly [Permission, string])[] => [
  ...permissionText,
  ...ownRights.filter((right) => !rightText.has(right)).map((right) => [right, ''] as const),
];

/** The clearance of a key that sets none. */
export const usualClearance: LabelLevel = 'internal';

/** The clearance of a key; undefined without the permission to build, because only such keys have one. */
export const clearanceOf = (rights: readonly Permission[], clearance: LabelLevel): LabelLevel | undefined =>
  rights.includes('workflow:build') ? clearance : undefined;

export const emptyKey: KeyForm = {
  name: '',
  permissions: standardPermissions,
  workflows: undefined,
  rate: undefined,
  budget: '',
  clearance: usualClearance,
  days: 90,
  origins: '',
  service: '',
};

const day = 86_400_000;

/** The error for a key without permissions. */
export const noRights = 'Choose at least one right.';

type ReadKey =
  | { readonly ok: true; readonly scopes: KeyScopes }
  | {
      readonly ok: false;
      readonly field: 'permissions' | 'workflows' | 'origins' | 'rate' | 'days';
      readonly problem: string;
    };

/** The scopes of the form, or the first problem with a field. */
export function scopesOf(form: KeyForm, now: number): ReadKey {
  const { permissions, workflows, rate, budget, days } = form;
  const clearance = clearanceOf(permissions, form.clearance);
  const origins = form.origins
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (permissions.length === 0) return { ok: false, field: 'permissions', problem: noRights };
  if (workflows?.length === 0)
    return { ok: false, field: 'workflows', problem: 'Choose a workflow, or all workflows.' };
  if (rate !== undefined && !(Number.isInteger(rate) && rate > 0))
    return {
      ok: false,
      field: 'rate',
      problem: 'Calls per minute must be a whole number above 0. Leave it empty for no limit.',
    };
  if (days !== undefined && !(days > 0))
    return {
      ok: false,
      field: 'days',
      problem: 'Days until expiry must be a number above 0. Leave it empty for a key that never expires.',
    };
  const bad = origins.find((origin) => !isOrigin(origin));
  if (bad !== undefined)
    return {
      ok: false,
      field: 'origins',
      problem: `${bad} is not an origin. Enter one such as https://shop.example.org.`,
    };
  return {
    ok: true,
    scopes: {
      permissions: [...permissions],
      workflows: workflows === undefined ? undefined : [...workflows],
      clearance,
      ratePerMinute: rate,
      ...(budget === '' ? {} : { budget }),
      expiresAt: days === undefined ? undefined : now + days * day,
      ...(origins.length === 0 ? {} : { origins }),
    },
  };
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
  } catch {
    return false;
  }
}

/** The limits of a key, one per line. */
export function scopeText(scopes: KeyScopes, nameOf: (workflow: string) => string, now: number): readonly string[] {
  return [
    rightsText(scopes.permissions),
    scopes.workflows === undefined ? 'All workflows' : scopes.workflows.map(nameOf).join(', '),
    ...(scopes.clearance === undefined ? [] : [`Reads up to ${scopes.clearance} while it builds`]),
    ...(scopes.ratePerMinute === undefined ? [] : [`${scopes.ratePerMinute} calls per minute`]),
    ...(scopes.budget === undefined ? [] : [`Budget ${scopes.budget}`]),
    ...(scopes.origins === undefined ? [] : [`From ${scopes.origins.join(', ')}`]),
    ...(scopes.expiresAt === undefined ? [] : [expiryText(scopes.expiresAt, now)]),
  ];
}

function expiryText(at: number, now: number): string {
  if (at <= now) return 'Expired';
  const days = Math.ceil((at - now) / day);
  return days === 1 ? 'Expires within a day' : `Expires in ${days} days`;
}
