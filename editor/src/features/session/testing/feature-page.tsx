import { localPrincipal, type MeReply, type Role } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { currentProject } from '../../../data/access/current-project.js';
import { knownNames, meStore } from '../../../data/access/known-me.js';
import { projectStore } from '../../../data/access/project-store.js';
import { createViewStore } from '../../view/view-store.js';
import { SessionProvider } from '../SessionProvider.js';
import type { Session } from '../session.js';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A reply of the server: a body, or a function that computes it from the sent body. */
export type Answer = ((body: unknown) => unknown) | object | string | number | null;

/** The page of a feature in a spec, with a server whose replies the spec sets. */
export interface FeaturePage {
  readonly session: Session;
  /** All requests, in order. */
  readonly requests: readonly SentRequest[];
  /** The requests that change something, which are all except GET. */
  readonly sent: () => readonly SentRequest[];
  /** How often a request such as `GET /api/users` was sent. */
  readonly count: (request: string) => number;
  /** Sets the reply to a request such as `GET /api/users`. A path without a query also matches the same path with any query. */
  readonly answer: (request: string, reply: Answer) => void;
  /** Makes the server refuse a request with an error code. */
  readonly refuse: (request: string, status: number, code: string, message: string, details?: unknown) => void;
  /** Makes a request fail as if there were no network. */
  readonly disconnect: (request: string) => void;
  /** Delays the reply to a request until the returned function is called. */
  readonly hold: (request: string) => () => Promise<void>;
  /** Notifies the page that the live connection is back. */
  readonly reconnect: () => Promise<void>;
  /** Sends events of a live topic to the page. */
  readonly publish: (topic: string, events: readonly unknown[]) => Promise<void>;
  /**
   * Sets the user of the page: `local`, the default, is the local user of an installation without accounts; with roles, it is the user Ada
   * in the default project.
   */
  readonly signInAs: (user: PageUser) => void;
  readonly show: (element: ReactElement) => Promise<void>;
  readonly leave: () => void;
}

const responseOf = (status: number, body: unknown): unknown => ({
  ok: status < 400,
  status,
  statusText: '',
  headers: new Map(),
  json: () => Promise.resolve(body),
  text: () => Promise.resolve(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')),
});

// jsdom has the dialog element without its methods. A browser returns the focus when a dialog is closed that is still in the page.
const focusBefore = new WeakMap<HTMLDialogElement, Element>();
function installDialogs(): () => void {
  // In jsdom, a field with autofocus takes the focus before its dialog opens. In a browser, the field is still hidden then.
  let lastBeside: Element = document.body;
  const noteFocus = ({ target }: FocusEvent): void => {
    if (target instanceof Element && target.closest('dialog') === null) lastBeside = target;
  };
  document.addEventListener('focusin', noteFocus);
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      focusBefore.set(this, lastBeside);
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      const focused = focusBefore.get(this);
      if (this.isConnected && focused instanceof HTMLElement) focused.focus();
    },
  });
  return () => document.removeEventListener('focusin', noteFocus);
}

// Radix measures its menus and captures the pointer, which jsdom supports neither.
function installMeasures(): void {
  class NoResizeObserver {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  }
  globalThis.ResizeObserver ??= NoResizeObserver;
  Object.assign(Element.prototype, {
    hasPointerCapture: () => false,
    setPointerCapture: () => undefined,
    releasePointerCapture: () => undefined,
    scrollIntoView: () => undefined,
  });
}

/** Runs an action and waits until the page has processed all replies that are ready. */
const settle = (work: () => void): Promise<void> =>
  act(async () => {
    work();
    await new Promise((resolve) => setTimeout(resolve));
  });

/** Opens an empty page. A request without a reply gets status 404. Call `leave` at the end of the test. */
export function openFeaturePage(): FeaturePage {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const uninstallDialogs = installDialogs();
  installMeasures();
  const realFetch = globalThis.fetch;
  const replies = new Map<string, (body: unknown) => Promise<unknown>>();
  const requests: SentRequest[] = [];
  const connections = new Set<(isConnected: boolean) => void>();
  const topics = new Map<string, Set<(events: readonly unknown[]) => void>>();
  const answered = (path: string, init: { method?: string; body?: unknown } = {}): Promise<unknown> => {
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : init.body;
    requests.push({ method, path, body });
    const reply = replies.get(`${method} ${path}`) ?? replies.get(`${method} ${path.split('?', 1)[0] ?? ''}`);
    return reply === undefined ? Promise.resolve(responseOf(404, undefined)) : reply(body);
  };
  // Has only those members of a reply that the editor uses.
  globalThis.fetch = answered as unknown as typeof fetch;
  const session = {
    view: createViewStore(),
    runs: { leave: () => undefined },
    live: {
      onConnection: (listener: (isConnected: boolean) => void) => {
        connections.add(listener);
        return () => connections.delete(listener);
      },
      watchTopic: (topic: string, { onEvents }: { readonly onEvents: (events: readonly unknown[]) => void }) => {
        const listeners = topics.get(topic) ?? new Set();
        topics.set(topic, listeners.add(onEvents));
        return () => listeners.delete(onEvents);
      },
    },
  } as unknown as Session;
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const bodyOf = (reply: Answer, sentBody: unknown): unknown => (typeof reply === 'function' ? reply(sentBody) : reply);
  const answer: FeaturePage['answer'] = (request, reply) =>
    void replies.set(request, (body) => Promise.resolve(responseOf(200, bodyOf(reply, body))));
  const signInAs = (user: PageUser): void => {
    const me = meOf(user);
    const names = new Map(knownNames).set(me.principal?.id ?? '', me.principal?.name ?? '');
    act(() => meStore.setState({ me, names }));
    answer('GET /api/auth/me', me);
  };
  signInAs('local');
  // Most pages load these lists to show names.
  answer('GET /api/keys', { keys: [] });
  answer('GET /api/users', { users: [] });
  answer('GET /api/projects/default/members', { members: [] });
  answer('GET /api/workflows', { workflows: [] });
  return {
    session,
    requests,
    sent: () => requests.filter(({ method }) => method !== 'GET'),
    count: (request) => requests.filter(({ method, path }) => `${method} ${path}` === request).length,
    answer,
    refuse: (request, status, code, message, details) => {
      const error = { code, message, retryable: false, details };
      replies.set(request, () => Promise.resolve(responseOf(status, { error })));
    },
    disconnect: (request) => void replies.set(request, () => Promise.reject(new TypeError('Failed to fetch'))),
    hold: (request) => {
      const reply = replies.get(request) ?? (() => Promise.resolve(responseOf(404, undefined)));
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      replies.set(request, async (body) => {
        await released;
        return reply(body);
      });
      return () => settle(release);
    },
    signInAs,
    reconnect: () => settle(() => connections.forEach((listener) => listener(true))),
    publish: (topic, events) => settle(() => topics.get(topic)?.forEach((listener) => listener(events))),
    show: (element) => settle(() => root.render(<SessionProvider value={session}>{element}</SessionProvider>)),
    leave: () => {
      act(() => root.unmount());
      container.remove();
      uninstallDialogs();
      globalThis.fetch = realFetch;
      meStore.setState({ me: undefined, names: knownNames });
      projectStore.setState({ projects: undefined });
      currentProject.setState({ id: undefined });
    },
  };
}

type PageUser = 'local' | Role | readonly Role[];

function meOf(user: PageUser): MeReply {
  const { id, name } = localPrincipal;
  if (user === 'local')
    return { isSignInNeeded: false, hasUsers: false, principal: { kind: 'local', id, name, roles: {} } };
  const roles = { default: typeof user === 'string' ? [user] : [...user] };
  return { isSignInNeeded: true, hasUsers: true, principal: { kind: 'user', id: 'user:ada', name: 'Ada', roles } };
}

/** The text of the whole page, including open dialogs and menus. */
export const pageText = (): string => document.body.textContent ?? '';

/** The title of the open dialog; undefined if none is open. */
export const dialogTitle = (): string | undefined => document.querySelector('dialog h2')?.textContent ?? undefined;

/** The texts of all error messages. */
export const alerts = (): readonly string[] =>
  [...document.querySelectorAll('[role=alert]')].map(({ textContent }) => textContent ?? '');

/** The texts of the elements that match a selector. */
export const textsOf = (selector: string): readonly string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => (textContent ?? '').trim());

const nameOf = (element: Element): string => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();

/** The last button, link or menu item with this name; undefined if there is none. The last one is that of an open dialog. */
export function button(name: string): HTMLButtonElement | undefined {
  const all = [...document.querySelectorAll<HTMLButtonElement>('button, a, [role=menuitem], summary')];
  return all.findLast((one) => nameOf(one) === name);
}

/** Presses the button with this name. Throws if there is none. */
export async function press(name: string): Promise<void> {
  const found = button(name);
  if (found === undefined) throw new Error(`There is no button "${name}", but: ${textsOf('button').join(' | ')}`);
  await settle(() => {
    found.focus();
    found.click();
  });
}

/** Opens a menu by pressing Enter on its button, because jsdom has no pointer. */
export async function openMenu(name: string): Promise<void> {
  const found = button(name);
  if (found === undefined) throw new Error(`There is no menu "${name}", but: ${textsOf('button').join(' | ')}`);
  await settle(() => {
    found.focus();
    found.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
}

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The last field whose label or aria-label begins with this text; undefined if there is none. */
export function field(name: string): Input | undefined {
  const inputs = [...document.querySelectorAll<Input>('input, textarea, select')];
  const labelOf = (input: Input): string =>
    input.getAttribute('aria-label') ?? [...(input.labels ?? [])].map(({ textContent }) => textContent).join(' ');
  return inputs.findLast((input) => labelOf(input).trim().startsWith(name));
}

function fieldThere(name: string): Input {
  const found = field(name);
  if (found === undefined) throw new Error(`There is no field "${name}", but: ${textsOf('label').join(' | ')}`);
  return found;
}

/** Types into a field, or selects an option by its value. */
export async function fill(name: string, value: string): Promise<void> {
  const input = fieldThere(name);
  const prototype = Object.getPrototypeOf(input) as object;
  await settle(() => {
    input.focus();
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(input, value);
    input.dispatchEvent(new Event(input instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
  });
}

/** Clicks a checkbox or a radio button. */
export async function tick(name: string): Promise<void> {
  const input = fieldThere(name);
  await settle(() => input.click());
}

/** The texts of the options of a field. */
export const optionsOf = (name: string): readonly string[] =>
  [...fieldThere(name).querySelectorAll('option')].map(({ textContent }) => textContent ?? '');

/** Cancels the open dialog, as Escape does in a browser. */
export async function cancelDialog(): Promise<void> {
  await settle(() => {
    document.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
  });
}

/** Names that break a careless page: it would execute, truncate or reverse them. */
export const hostileNames: readonly (readonly [what: string, name: string])[] = [
  ['markup', '<img src=x onerror=alert(1)><b>bold</b>'],
  ['a very long name', 'n'.repeat(5_000)],
  ['right-to-left text', 'קבלה \u202Egnp.exe\u202C مرحبا'],
];
