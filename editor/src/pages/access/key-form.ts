import { KeyScopes, type Permission } from '@heddle/core';

/** What a key is made for, as it is typed. */
export interface KeyForm {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Undefined: every workflow of the project. */
  readonly workflows: readonly string[] | undefined;
  readonly rate: number | undefined;
  readonly budget: string;
  readonly days: number | undefined;
  /** One web origin a line. */
  readonly origins: string;
  /** Id of the service account it acts for; empty for oneself. */
  readonly service: string;
}

export const standardPermissions: readonly Permission[] = KeyScopes.parse({}).permissions;

/** What a key is usually asked to do, for whoever makes it. */
export const permissionWords: readonly (readonly [Permission, string])[] = [
  ['run:published', 'Call published versions and read the answers'],
  ['speak-for-users', 'Call on behalf of end users'],
  ['run:draft', 'Run drafts and their tests'],
  ['run:document', 'Run documents that it sends'],
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
  ['workflow:publish', 'Publish workflows'],
  ['audit:read', 'Read the audit record'],
  ['metrics:read', 'Read metrics of this server, for Prometheus'],
];

const rightWords: ReadonlyMap<string, string> = new Map<string, string>([
  ...permissionWords,
  ['run:start', 'Run drafts and any document'],
]);

/** Rights in words, also those of before; one that has none stands by its name. */
export const wordsOfRights = (rights: readonly string[]): string =>
  rights.map((right) => rightWords.get(right) ?? right).join(' · ');

/** The rights that a form offers: the usual ones, and what the key has beside them. */
export const offeredRights = (held: readonly Permission[]): readonly (readonly [Permission, string])[] => [
  ...permissionWords,
  ...held.filter((right) => !rightWords.has(right)).map((right) => [right, ''] as const),
];

export const emptyKey: KeyForm = {
  name: '',
  permissions: standardPermissions,
  workflows: undefined,
  rate: undefined,
  budget: '',
  days: 90,
  origins: '',
  service: '',
};

const day = 86_400_000;

/** What is wrong with a key without rights. */
export const noRights = 'Choose at least one right.';

export type ReadKey =
  | { readonly ok: true; readonly scopes: KeyScopes }
  | {
      readonly ok: false;
      readonly field: 'permissions' | 'workflows' | 'origins' | 'rate' | 'days';
      readonly problem: string;
    };

/** The scopes that a form describes, or what is wrong with it. */
export function scopesOf(form: KeyForm, now: number): ReadKey {
  const { permissions, workflows, rate, budget, days } = form;
  const origins = form.origins
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (permissions.length === 0) return { ok: false, field: 'permissions', problem: noRights };
  if (workflows?.length === 0) return { ok: false, field: 'workflows', problem: 'Choose a workflow, or all of them.' };
  if (rate !== undefined && !(Number.isInteger(rate) && rate > 0))
    return {
      ok: false,
      field: 'rate',
      problem: 'Calls per minute is a whole number above 0; leave it empty for no limit.',
    };
  if (days !== undefined && !(days > 0))
    return {
      ok: false,
      field: 'days',
      problem: 'Days until it expires is a number above 0; leave it empty for a key that never expires.',
    };
  const bad = origins.find((origin) => !isOrigin(origin));
  if (bad !== undefined)
    return { ok: false, field: 'origins', problem: `${bad} is no origin, such as https://shop.example.org.` };
  return {
    ok: true,
    scopes: {
      permissions: [...permissions],
      ...(workflows === undefined ? {} : { workflows: [...workflows] }),
      ...(rate === undefined ? {} : { ratePerMinute: rate }),
      ...(budget === '' ? {} : { budget }),
      ...(days === undefined ? {} : { expiresAt: now + days * day }),
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

/** What a key may do, and what else it is held to: a line for each. */
export function scopeWords(scopes: KeyScopes, nameOf: (workflow: string) => string, now: number): readonly string[] {
  return [
    wordsOfRights(scopes.permissions),
    scopes.workflows === undefined ? 'Every workflow' : scopes.workflows.map(nameOf).join(', '),
    ...(scopes.ratePerMinute === undefined ? [] : [`${scopes.ratePerMinute} calls per minute`]),
    ...(scopes.budget === undefined ? [] : [`Budget ${scopes.budget}`]),
    ...(scopes.origins === undefined ? [] : [`From ${scopes.origins.join(', ')}`]),
    ...(scopes.expiresAt === undefined ? [] : [expiryWords(scopes.expiresAt, now)]),
  ];
}

function expiryWords(at: number, now: number): string {
  if (at <= now) return 'Expired';
  const days = Math.ceil((at - now) / day);
  return days === 1 ? 'Expires within a day' : `Expires in ${days} days`;
}
