import { useSyncExternalStore } from 'react';
import { formatInside, parseInside, type InnerPath } from './inner-path.js';
import { isLeavingGuarded, leaveThrough } from './leave-guard.js';

export type VersionSide = number | 'draft';

const triggerKinds = ['hooks', 'webhooks', 'schedules', 'batches'] as const;
export type TriggerKind = (typeof triggerKinds)[number];

export interface OneRequest {
  readonly runId: string;
  readonly requestId: string;
}

export type Route =
  | { readonly page: 'home' }
  /** `template` is the template whose description is open. */
  | { readonly page: 'templates'; readonly template: string | undefined }
  | {
      readonly page: 'workflow';
      readonly workflow: string;
      readonly runId: string | undefined;
      /** The inner workflow that is open, as `formatInside` writes it. */
      readonly inside: string | undefined;
    }
  | {
      readonly page: 'versions';
      readonly workflow: string;
      readonly from: VersionSide | undefined;
      readonly to: VersionSide | undefined;
    }
  | { readonly page: 'chat'; readonly workflow: string; readonly runId: string | undefined }
  | { readonly page: 'tests'; readonly workflow: string; readonly run: string | undefined }
  | { readonly page: 'api'; readonly workflow: string }
  | { readonly page: 'triggers'; readonly workflow: string; readonly kind: TriggerKind }
  | { readonly page: 'run'; readonly runId: string }
  | { readonly page: 'runs' }
  | { readonly page: 'compare'; readonly left: string | undefined; readonly right: string | undefined }
  | { readonly page: 'inbox'; readonly only: OneRequest | undefined }
  | { readonly page: 'build'; readonly workflow: string | undefined; readonly proposal: string | undefined }
  | { readonly page: 'proposal'; readonly id: string }
  | { readonly page: 'sign-in' }
  /** Connects a program. The page itself reads the query of the address. */
  | { readonly page: 'connect' }
  | { readonly page: 'models' }
  | { readonly page: 'collections' }
  | {
      readonly page: 'collection';
      readonly name: string;
      readonly document: string | undefined;
      /** The passage that the document opens at. */
      readonly passage: string | undefined;
    }
  /** The entities of a collection's knowledge graph; `entity` is the id of the open entity. */
  | { readonly page: 'entities'; readonly name: string; readonly entity: string | undefined }
  | { readonly page: 'connections' }
  /** `name` is the name of a new connection. */
  | { readonly page: 'connection'; readonly id: string | undefined; readonly name: string | undefined }
  | { readonly page: 'secrets' }
  | { readonly page: 'tools' }
  | { readonly page: 'tool-server'; readonly id: string | undefined }
  | { readonly page: 'policies' }
  | { readonly page: 'policy'; readonly name: string | undefined }
  | { readonly page: 'spend' }
  /** The page itself reads its filters from the address. */
  | { readonly page: 'dashboard'; readonly tab: 'alerts' | undefined }
  | { readonly page: 'settings'; readonly section: string }
  /** `item` is the id of the item that is open in the tab. */
  | {
      readonly page: 'quality';
      readonly tab: string | undefined;
      readonly item: string | undefined;
      readonly path: string;
    }
  | { readonly page: 'missing'; readonly path: string };

export function parseRoute(address: string): Route {
  const [path = '', query] = address.split('?');
  const parts = path.split('/').filter((part) => part !== '');
  const [first, second] = parts;
  if (first === undefined) return { page: 'home' };
  if (first === 'workflows' && second !== undefined && parts.length === 2)
    return {
      page: 'workflow',
      workflow: decodePart(second),
      runId: new URLSearchParams(query).get('run') ?? undefined,
      inside: new URLSearchParams(query).get('inside') ?? undefined,
    };
  if (first === 'workflows' && second !== undefined && parts.length === 3) {
    const part = workflowPart(decodePart(second), parts[2], new URLSearchParams(query));
    if (part !== undefined) return part;
  }
  if (first === 'templates' && second === undefined)
    return { page: 'templates', template: new URLSearchParams(query).get('show') ?? undefined };
  if (first === 'runs' && second === undefined) return { page: 'runs' };
  if (first === 'inbox' && second === undefined) return { page: 'inbox', only: requestOf(new URLSearchParams(query)) };
  if (first === 'build' && second === undefined) {
    const build = new URLSearchParams(query);
    return {
      page: 'build',
      workflow: build.get('workflow') ?? undefined,
      proposal: build.get('proposal') ?? undefined,
    };
  }
  if (first === 'proposals' && second !== undefined && parts.length === 2)
    return { page: 'proposal', id: decodePart(second) };
  if (first === 'sign-in' && second === undefined) return { page: 'sign-in' };
  if (first === 'connect' && second === undefined) return { page: 'connect' };
  if (first === 'runs' && second === 'compare' && parts.length === 2) {
    const runs = new URLSearchParams(query);
    return { page: 'compare', left: runs.get('a') ?? undefined, right: runs.get('b') ?? undefined };
  }
  if (first === 'runs' && second !== undefined && parts.length === 2) return { page: 'run', runId: decodePart(second) };
  if (first === 'models' && second === undefined) return { page: 'models' };
  if (first === 'collections' && second === undefined) return { page: 'collections' };
  if (first === 'collections' && second !== undefined && parts.length === 2)
    return {
      page: 'collection',
      name: decodePart(second),
      document: new URLSearchParams(query).get('document') ?? undefined,
      passage: new URLSearchParams(query).get('passage') ?? undefined,
    };
  if (first === 'collections' && second !== undefined && parts[2] === 'entities' && parts.length <= 4)
    return {
      page: 'entities',
      name: decodePart(second),
      entity: parts[3] === undefined ? undefined : decodePart(parts[3]),
    };
  if (first === 'dashboard' && (second === undefined || (second === 'alerts' && parts.length === 2)))
    return { page: first, tab: second };
  if (first === 'quality' && parts.length <= 3)
    return { page: 'quality', tab: second, item: parts[2] === undefined ? undefined : decodePart(parts[2]), path };
  return integrationsRoute(parts, new URLSearchParams(query)) ?? { page: 'missing', path };
}

/** Connections and the other integrations. `+` is not a name: it opens the form for a new item. */
function integrationsRoute(parts: readonly string[], query: URLSearchParams): Route | undefined {
  const [first, second] = parts;
  const name = second === undefined || second === '+' ? undefined : decodePart(second);
  if (first === 'settings' && parts.length <= 2) return { page: 'settings', section: name ?? '' };
  if (first === 'connections' && parts.length === 2)
    return { page: 'connection', id: name, name: query.get('name') ?? undefined };
  if (first === 'tools' && parts.length === 2) return { page: 'tool-server', id: name };
  if (first === 'policies' && parts.length === 2) return { page: 'policy', name };
  if (parts.length > 1) return undefined;
  switch (first) {
    case 'connections':
    case 'secrets':
    case 'tools':
    case 'policies':
    case 'spend':
      return { page: first };
    default:
      return undefined;
  }
}

function workflowPart(workflow: string, part: string | undefined, query: URLSearchParams): Route | undefined {
  if (part === 'versions')
    return { page: 'versions', workflow, from: sideOf(query.get('from')), to: sideOf(query.get('to')) };
  if (part === 'chat') return { page: 'chat', workflow, runId: query.get('run') ?? undefined };
  if (part === 'tests') return { page: 'tests', workflow, run: query.get('run') ?? undefined };
  if (part === 'api') return { page: 'api', workflow };
  if (part === 'triggers')
    return { page: 'triggers', workflow, kind: triggerKinds.find((kind) => kind === query.get('show')) ?? 'hooks' };
  return undefined;
}

function sideOf(text: string | null): VersionSide | undefined {
  if (text === 'draft') return 'draft';
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function requestOf(query: URLSearchParams): OneRequest | undefined {
  const runId = query.get('run');
  const requestId = query.get('request');
  return runId === null || requestId === null ? undefined : { runId, requestId };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray % in a typed address: the part is used as it is.
  }
}

/** The address of a workflow's canvas, with a run or an inner workflow where given. */
export const workflowPath = (workflow: string, runId?: string, inside: InnerPath = []): string =>
  `/workflows/${encodeURIComponent(workflow)}${queryOf({ run: runId, inside: formatInside(inside) })}`;

function queryOf(parts: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(parts).flatMap(([name, value]) =>
    // Leaves `/` and `:` readable, since a query need not escape them.
    value === undefined || value === ''
      ? []
      : [`${name}=${encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/')}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
/** The address of a workflow's versions, with one of them shown, or two compared. */
export const versionsPath = (
  workflow: string,
  { from, to }: { readonly from?: VersionSide | undefined; readonly to?: VersionSide | undefined } = {},
): string =>
  `/workflows/${encodeURIComponent(workflow)}/versions${queryOf({ from: from?.toString(), to: to?.toString() })}`;
export const chatPath = (workflow: string, runId?: string): string =>
  `/workflows/${encodeURIComponent(workflow)}/chat${queryOf({ run: runId })}`;
/** The address of the templates, with one of them open where given. */
export const templatesPath = (template?: string): string => `/templates${queryOf({ show: template })}`;
/** The address of a workflow's tests; `run` starts a test from that run. */
export const testsPath = (workflow: string, run?: string): string =>
  `/workflows/${encodeURIComponent(workflow)}/tests${run === undefined ? '' : `?run=${encodeURIComponent(run)}`}`;
export const apiPath = (workflow: string): string => `/workflows/${encodeURIComponent(workflow)}/api`;
export const triggersPath = (workflow: string, kind: TriggerKind = 'hooks'): string =>
  `/workflows/${encodeURIComponent(workflow)}/triggers${kind === 'hooks' ? '' : `?show=${kind}`}`;
export const settingsPath = (section: string): string => `/settings/${section}`;
export const comparePath = (left: string | undefined, right: string | undefined): string =>
  `/runs/compare${queryOf({ a: left, b: right })}`;
/** The address of one human input request, as a link to send. */
export const requestPath = ({ runId, requestId }: OneRequest): string =>
  `/inbox?${new URLSearchParams({ run: runId, request: requestId }).toString()}`;
/** The address of the chat with a model that builds: for a new workflow, for a stored one, or to continue a proposal. */
export const buildPath = (
  of: { readonly workflow?: string | undefined; readonly proposal?: string | undefined } = {},
): string => `/build${queryOf({ workflow: of.workflow, proposal: of.proposal })}`;
export const proposalPath = (id: string): string => `/proposals/${encodeURIComponent(id)}`;
export const runPath = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;

/** The address of a collection; with `document`, of a document in it, at `passage` where given. */
export const collectionPath = (name: string, document?: string, passage?: string): string =>
  `/collections/${encodeURIComponent(name)}${document === undefined ? '' : `?document=${encodeURIComponent(document)}`}${document === undefined || passage === undefined ? '' : `&passage=${encodeURIComponent(passage)}`}`;

/** The address of the entities of a collection, with one of them open where given. */
export const entitiesPath = (name: string, entity?: string): string =>
  `/collections/${encodeURIComponent(name)}/entities${entity === undefined ? '' : `/${encodeURIComponent(entity)}`}`;

/** The address of a tab of the quality pages, or of an item in it. @example qualityPath('datasets', 'ds_1') */
export const qualityPath = (tab: string, item?: string): string =>
  `/quality/${tab}${item === undefined ? '' : `/${encodeURIComponent(item)}`}`;

/** The address of a connection; without an id, of a new one. */
export const connectionPath = (id?: string): string =>
  `/connections/${id === undefined ? '+' : encodeURIComponent(id)}`;

/** The address of a new connection with a name; the name of a provider selects its preset. */
export const newConnectionPath = (name: string): string => `${connectionPath()}?name=${encodeURIComponent(name)}`;

/** The address of a tool server; without an id, of a new one. */
export const toolServerPath = (id?: string): string => `/tools/${id === undefined ? '+' : encodeURIComponent(id)}`;

/** The address of a routing policy; without a name, of a new one. */
export const policyPath = (name?: string): string => `/policies/${name === undefined ? '+' : encodeURIComponent(name)}`;

/** The address of a new policy that starts from an example. */
export const examplePolicyPath = `${policyPath()}?example`;

/** The address of a new tool server that starts from an example. */
export const exampleToolServerPath = `${toolServerPath()}?example`;

/** Whether the form of a new item starts from an example. */
export const useIsExample = (): boolean => new URLSearchParams(useAddress().split('?')[1]).has('example');

const listeners = new Set<() => void>();
let isListening = false;
/** The address of the page that is shown. After the back button, the browser already has another address. */
let shown = '';
function notify(): void {
  shown = currentAddress();
  listeners.forEach((listener) => listener());
}

/** Navigates inside the editor, after a confirmation where work would be lost. A new query on the same page adds no history entry. */
export function navigate(path: string): void {
  if (path === currentAddress()) return;
  if (pathOf(path) === window.location.pathname) {
    window.history.replaceState(null, '', path);
    notify();
  } else
    leaveThrough(() => {
      window.history.pushState(null, '', path);
      notify();
    });
}

/** Follows the back or forward button, after a confirmation where work would be lost. */
function follow(): void {
  if (isLeavingGuarded() && pathOf(currentAddress()) !== pathOf(shown)) {
    // The page keeps its address during the confirmation, so that the target of the button is one step back.
    window.history.pushState(null, '', shown);
    leaveThrough(() => window.history.back());
  } else notify();
}

const pathOf = (address: string): string => address.split('?')[0] ?? '';

/** The path of the inner workflow in the address; empty for the workflow itself. */
export function insideNow(): InnerPath {
  return parseInside(new URLSearchParams(window.location.search).get('inside') ?? undefined);
}

/** Opens an inner workflow, or goes back to an outer one, with a history entry. */
export function goInside(path: InnerPath): void {
  const query = new URLSearchParams(window.location.search);
  const address =
    window.location.pathname + queryOf({ run: query.get('run') ?? undefined, inside: formatInside(path) });
  if (address === currentAddress()) return;
  window.history.pushState(null, '', address);
  notify();
}

function subscribe(listener: () => void): () => void {
  if (!isListening) window.addEventListener('popstate', follow);
  isListening = true;
  shown = currentAddress();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const currentAddress = (): string => window.location.pathname + window.location.search;

/** The current address: path and query. */
export function useAddress(): string {
  return useSyncExternalStore(subscribe, currentAddress);
}
