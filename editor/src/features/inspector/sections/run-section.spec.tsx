/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument, type Issue, type NodeRunSettings } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createCatalogStore } from '../../document/catalog-store.js';
import { createDocumentStore, redo, showWorkflow, undo, type DocumentStore } from '../../document/document-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { useDocument, type Session } from '../../session/session.js';
import { createViewStore } from '../../view/view-store.js';
import { ConfigForm } from '../ConfigForm.js';
import { tabStore } from '../../view/tab-store.js';
import { useRequestedField } from '../use-requested-field.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const about = (type: string, more: Partial<NodeDescription>): NodeDescription =>
  NodeDescription.parse({
    type,
    version: 1,
    category: 'other',
    title: type,
    summary: '',
    role: 'step',
    effects: [],
    config: {},
    defaults: {},
    inputs: [],
    outputs: [],
    hasDynamicPorts: false,
    ...more,
  });
const kinds: Readonly<Record<string, NodeDescription>> = {
  call: about('call', { effects: ['network'] }),
  words: about('words', {}),
  person: about('person', { effects: ['human'] }),
  each: about('each', {
    config: { properties: { workflow: { type: 'string', title: 'Workflow', widget: 'workflow' } } },
  }),
  input: about('input', { role: 'source' }),
};

const live = { onConnection: () => () => undefined };
let root: Root;
let container: HTMLElement;
let documents: DocumentStore;
let session: Session;

function Shown({ nodeId }: { readonly nodeId: string }) {
  useRequestedField(nodeId);
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  const isReadOnly = useDocument((state) => state.origin.kind === 'draft' && state.origin.isReadOnly === true);
  if (node === undefined) return null;
  return <ConfigForm nodeId={nodeId} node={node} description={kinds[node.type]} isReadOnly={isReadOnly} />;
}

function show(
  type: string,
  {
    run,
    edges = 0,
    isReadOnly = false,
    issues = [],
  }: {
    readonly run?: NodeRunSettings;
    readonly edges?: number;
    readonly isReadOnly?: boolean;
    readonly issues?: readonly Issue[];
  } = {},
): void {
  const document = parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: { a: { type: 'words', version: 1 }, node: { type, version: 1, ...(run === undefined ? {} : { run }) } },
    edges: Array.from({ length: edges }, (_, index) => ({ from: `a.out${index}`, to: `node.in${index}` })),
  });
  act(() => {
    showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, document } as never, isReadOnly);
    documents.setState({ compiled: { issues, ports: {}, interface: { inputs: {}, outputs: {} } } as never });
    root.render(
      <SessionProvider value={session}>
        <div data-panel>
          <Shown nodeId="node" />
        </div>
      </SessionProvider>,
    );
  });
}

const toggle = () => container.querySelector<HTMLButtonElement>('.folded-toggle');
const open = (): void => act(() => toggle()?.click());
const runOf = () => documents.getState().document?.nodes['node']?.run;
const labels = () => [...container.querySelectorAll('.folded-section .field-label')].map((label) => label.textContent);
const input = (title: string): HTMLInputElement => {
  const label = [...container.querySelectorAll<HTMLLabelElement>('.folded-section label')].find(
    ({ textContent }) => textContent === title,
  );
  const found = container.querySelector<HTMLInputElement>(`#${CSS.escape(label?.htmlFor ?? '')}`);
  if (found === null) throw new Error(`There is no field '${title}'.`);
  return found;
};
/** Types like a person, so that React receives the event. */
function write(title: string, text: string): void {
  const field = input(title);
  const prototype: unknown = Object.getPrototypeOf(field);
  act(() => {
    Reflect.set(prototype as object, 'value', text, field);
    field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
  });
}
const leave = (title: string): void =>
  act(() => void input(title).dispatchEvent(new FocusEvent('focusout', { bubbles: true })));
const errors = () =>
  [...container.querySelectorAll('.folded-section .field-error')].map(({ textContent }) => textContent);

beforeEach(() => {
  globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, (letter) => `\\${letter}`) } as typeof CSS;
  Element.prototype.scrollIntoView = () => undefined;
  tabStore.setState({ tab: 'settings', isChosen: false, isRunOpen: false });
  documents = createDocumentStore();
  session = { documents, catalog: createCatalogStore(), view: createViewStore(), live } as unknown as Session;
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
});

describe('the section about how a node runs', () => {
  it('is closed at first, and summarises the settings that differ from their defaults', () => {
    show('call');
    expect(toggle()?.getAttribute('aria-expanded')).toBe('false');
    expect(toggle()?.textContent).toBe('Retries and timeouts');
    show('call', { run: { retry: { attempts: 3, backoffMs: 500 }, wallMs: 30_000 } });
    expect(toggle()?.textContent).toBe('Retries and timeouts3 attempts, timeout 30 s');
    open();
    expect(toggle()?.textContent).toBe('Retries and timeouts');
  });

  it('shows the settings that apply to a node, and always those that are set', () => {
    const most = ['Attempts', 'Timeout per attempt', 'Idle timeout', 'At most once', 'Bypassed'];
    tabStore.setState({ isRunOpen: true });
    show('call');
    expect(labels()).toEqual(most);
    show('each');
    expect(labels()).toEqual(most);
    expect(container.textContent).toContain('The timeouts do not count the time of nested runs.');
    show('words');
    expect(labels()).toEqual(['Bypassed']);
    show('person', { edges: 1 });
    expect(labels()).toEqual(['Bypassed']);
    show('words', { edges: 2 });
    expect(labels()).toEqual(['Starts', 'Bypassed']);
    show('words', { run: { wallMs: 5 } });
    expect(labels()).toEqual(['Timeout per attempt', 'Bypassed']);
    show('call', { run: { retry: { attempts: 2, backoffMs: 500 } } });
    expect(labels().slice(0, 2)).toEqual(['Attempts', 'Pause before the second attempt']);
    show('call', { run: { atMostOnce: true } });
    expect(labels()).not.toContain('Attempts');
    show('input');
    expect(toggle()).toBeNull();
  });

  it('stores durations in milliseconds, removes defaults from the document, and can be undone', () => {
    show('call');
    open();
    expect(input('Timeout per attempt').placeholder).toBe('No limit');
    write('Timeout per attempt', '1.5');
    expect(runOf()).toEqual({ wallMs: 1_500 });
    write('Idle timeout', '2 min');
    write('Attempts', '3');
    write('Pause before the second attempt', '10');
    expect(runOf()).toEqual({ wallMs: 1_500, idleMs: 120_000, retry: { attempts: 3, backoffMs: 10_000 } });
    act(() => undo(documents));
    expect(runOf()).toEqual({ wallMs: 1_500, idleMs: 120_000, retry: { attempts: 3 } });
    expect(input('Pause before the second attempt').value).toBe('');
    expect(input('Pause before the second attempt').placeholder).toBe('0.5 s');
    act(() => redo(documents));
    leave('Pause before the second attempt');
    expect(input('Pause before the second attempt').value).toBe('10 s');
    for (const title of ['Timeout per attempt', 'Idle timeout', 'Attempts']) write(title, '');
    leave('Attempts');
    expect(documents.getState().document?.nodes['node']).not.toHaveProperty('run');
  });

  it('keeps the pause while another number of attempts is typed', () => {
    show('call', { run: { retry: { attempts: 3, backoffMs: 10_000 } } });
    open();
    write('Attempts', '');
    write('Attempts', '5');
    expect(runOf()).toEqual({ retry: { attempts: 5, backoffMs: 10_000 } });
    write('Attempts', '');
    leave('Attempts');
    expect(runOf()).toBeUndefined();
  });

  it('does not store a value that the schema refuses, since the document could not be saved', () => {
    show('call', { run: { retry: { attempts: 2, backoffMs: 500 } } });
    open();
    write('Attempts', '21');
    expect(errors()).toEqual(['Enter a whole number from 1 to 20. ']);
    expect(input('Attempts').getAttribute('aria-invalid')).toBe('true');
    expect(runOf()?.retry?.attempts).toBe(2);
    write('Attempts', '20');
    expect(errors()).toEqual([]);
    expect(runOf()?.retry?.attempts).toBe(20);
    write('Pause before the second attempt', '2 h');
    expect(errors()).toEqual(['Enter a value from 0 s to 1 h. ']);
    write('Pause before the second attempt', '1 s');
    write('Idle timeout', '0');
    expect(errors()).toEqual(['Enter more than 0 s. Empty means no limit. ']);
    write('Idle timeout', '3');
    write('Idle timeout', 'soon');
    expect(errors()).toEqual(['Enter a duration such as 30 s, 1.5 s or 5 min.']);
    expect(runOf()).toEqual({ idleMs: 3_000, retry: { attempts: 20, backoffMs: 1_000 } });
  });

  it('removes a choice from the document when it is the default', () => {
    show('words', { edges: 2, run: { join: 'any' } });
    open();
    write('Starts', 'all');
    expect(runOf()).toBeUndefined();
    write('Starts', 'any');
    expect(runOf()).toEqual({ join: 'any' });
    act(() => input('Bypassed').click());
    expect(runOf()).toEqual({ join: 'any', disabled: true });
    act(() => input('Bypassed').click());
    expect(runOf()).toEqual({ join: 'any' });
  });

  it('shows an issue of the compiler at its field, and counts it while the section is closed', () => {
    const issues: readonly Issue[] = [
      { code: 'join-any-required', severity: 'error', node: 'node', port: 'x', field: 'run.join', message: 'Wrong.' },
    ];
    show('words', { edges: 2, run: { join: 'any' }, issues });
    expect(toggle()?.textContent).toContain('1 issue');
    open();
    expect(errors()).toEqual(['Wrong. ']);
  });

  it('opens when one of its fields is requested, and focuses that field', async () => {
    show('call');
    act(() => session.view.setState({ requestedField: { node: 'node', field: 'run.wallMs' } }));
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
    expect(toggle()?.getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(input('Timeout per attempt'));
    expect(session.view.getState().requestedField).toBeUndefined();
  });

  it('is read-only in a workflow that may not be changed', () => {
    show('call', { run: { wallMs: 1_000 }, isReadOnly: true });
    open();
    expect(input('Timeout per attempt').readOnly).toBe(true);
    expect(input('At most once').disabled).toBe(true);
  });
});
