/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument, type Issue } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createCatalogStore } from '../../document/catalog-store.js';
import { createDocumentStore, showWorkflow, type DocumentStore } from '../../document/document-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { useDocument, type Session } from '../../session/session.js';
import { createViewStore } from '../../view/view-store.js';
import { tabStore } from '../../view/tab-store.js';
import { schemaFields } from '../../../ui/schema-form/schema-field.js';
import { changedFields, partsOf } from './advanced-fields.js';
import { ConfigForm } from '../ConfigForm.js';
import { useRequestedField } from '../use-requested-field.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, (letter) => `\\${letter}`) } as typeof CSS;

const number = (title: string, more: object = {}) => ({ type: 'number', title, default: 1, ...more });
const about = (type: string, config: object, defaults: object = {}): NodeDescription =>
  NodeDescription.parse({
    type,
    version: 1,
    category: 'other',
    title: type,
    summary: '',
    role: 'step',
    effects: [],
    config,
    defaults,
    inputs: [],
    outputs: [],
    hasDynamicPorts: false,
  });
const properties = {
  a: number('A', { basic: true }),
  b: number('B'),
  c: number('C', { basic: true }),
  d: number('D'),
  e: {
    type: 'object',
    title: 'E',
    properties: { x: number('X'), y: { type: 'array', title: 'Y', items: { type: 'number' } } },
  },
  f: number('F', { basic: true }),
};
const { a, b, c } = properties;
const defaults = { a: 1, b: 1, c: 1, d: 1, e: { x: 1, y: [2] }, f: 1 };
const kinds: Readonly<Record<string, NodeDescription>> = {
  long: about('long', { properties }, defaults),
  other: about('other', { properties }, defaults),
  short: about('short', { properties: { a, b, c } }),
  unmarked: about('unmarked', {
    properties: Object.fromEntries('abcdefg'.split('').map((name) => [name, number(name.toUpperCase())])),
  }),
};

let root: Root;
let container: HTMLElement;
let documents: DocumentStore;
let session: Session;

function Shown({ nodeId }: { readonly nodeId: string }) {
  useRequestedField(nodeId);
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  return node === undefined ? null : (
    <ConfigForm nodeId={nodeId} node={node} description={kinds[node.type]} isReadOnly={false} />
  );
}

function show(id: string, type: string, config: Record<string, unknown> = {}, issues: readonly Issue[] = []): void {
  const document = parseDocument({ heddle: 2, name: 'T', nodes: { [id]: { type, version: 1, config } }, edges: [] });
  act(() => {
    showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, document } as never, false);
    documents.setState({ compiled: { issues, ports: {}, interface: { inputs: {}, outputs: {} } } as never });
    root.render(
      <SessionProvider value={session}>
        <div data-panel>
          <Shown nodeId={id} />
        </div>
      </SessionProvider>,
    );
  });
}
const issue = (node: string, field: string): Issue =>
  ({ code: 'x', severity: 'error', node, field, message: 'm' }) as unknown as Issue;
const titles = (): readonly (string | null)[] =>
  [...container.querySelectorAll('.field-label')].map(({ textContent }) => textContent).slice(0, 6);
const toggle = () =>
  [...container.querySelectorAll<HTMLButtonElement>('.folded-toggle')].find(({ textContent }) =>
    textContent?.startsWith('Advanced'),
  );
const isOpen = (): string | undefined => toggle()?.ariaExpanded ?? toggle()?.getAttribute('aria-expanded') ?? undefined;
const press = (): void => act(() => toggle()?.click());

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
  tabStore.setState({ tab: 'settings', isRunOpen: false });
  documents = createDocumentStore();
  const live = { onConnection: () => () => undefined };
  session = { documents, catalog: createCatalogStore(), view: createViewStore(), live } as unknown as Session;
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
});
afterEach(() => {
  // An opened section stays open while the page lives, so each test closes it.
  if (isOpen() === 'true') press();
  act(() => root.unmount());
  container.remove();
});

describe('the parts of a form', () => {
  it('are one part when a type has at most five settings, or marks none as basic', () => {
    show('n', 'short');
    expect([titles(), toggle()]).toEqual([['A', 'B', 'C'], undefined]);
    show('m', 'unmarked');
    expect([titles(), toggle()]).toEqual([['A', 'B', 'C', 'D', 'E', 'F'], undefined]);
  });

  it('are the basic settings, and the others behind a button', () => {
    show('n', 'long');
    expect([titles(), isOpen()]).toEqual([['A', 'C', 'F'], 'false']);
    press();
    expect([titles(), isOpen()]).toEqual([['A', 'C', 'F', 'B', 'D', 'E'], 'true']);
  });

  it('count a required setting as basic', () => {
    const fields = schemaFields({ properties, required: ['b'] });
    expect(partsOf(fields).basic.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'f']);
  });

  it('stay open for the type that was opened, not for others', () => {
    show('n', 'long');
    press();
    show('second', 'long');
    expect(isOpen()).toBe('true');
    show('third', 'other');
    expect(isOpen()).toBe('false');
    show('n', 'long');
    press();
    show('second', 'long');
    expect(isOpen()).toBe('false');
  });

  it('open automatically for a value other than the default, and name its setting when they are closed', () => {
    show('n', 'long', { ...defaults, b: 2 });
    expect(isOpen()).toBe('true');
    press();
    expect([isOpen(), toggle()?.textContent]).toEqual(['false', 'AdvancedB']);
  });

  it('stay open when the last changed value becomes the default again', () => {
    show('n', 'long', { ...defaults, b: 2 });
    show('n', 'long', defaults);
    expect(isOpen()).toBe('true');
  });

  it('stay closed for the default in another order of keys', () => {
    show('n', 'long', { ...defaults, e: { y: [2], x: 1 } });
    expect(isOpen()).toBe('false');
  });

  it('open automatically for an issue, and again for an issue that appears after they were closed', () => {
    show('n', 'long', {}, [issue('n', 'd')]);
    expect(isOpen()).toBe('true');
    press();
    expect([isOpen(), toggle()?.textContent]).toEqual(['false', 'Advanced1 issue']);
    show('n', 'long');
    expect(isOpen()).toBe('false');
    show('n', 'long', {}, [issue('n', 'e.x')]);
    expect(isOpen()).toBe('true');
    show('n', 'long', {}, [issue('n', 'a')]);
  });

  it('open for a requested setting, and focus it', async () => {
    show('n', 'long');
    act(() => session.view.setState({ requestedField: { node: 'n', field: 'd' } }));
    // The field is focused once the opened part is drawn.
    await act(() => new Promise((resolve) => setTimeout(resolve)));
    expect(isOpen()).toBe('true');
    expect(document.activeElement?.closest('[data-field]')?.getAttribute('data-field')).toBe('d');
  });
});

describe('the changed settings', () => {
  it('are those with a value other than the default, whether or not the document contains the default', () => {
    const fields = schemaFields({ properties }, defaults);
    const changed = (config: Record<string, unknown>) =>
      changedFields(fields, config, { defaults }).map(({ name }) => name);
    expect(changed({})).toEqual([]);
    expect(changed(defaults)).toEqual([]);
    expect(changed({ a: 2, e: { x: 1, y: [2, 3] } })).toEqual(['a', 'e']);
    expect(changed({ e: { x: 1, y: { 0: 2 } } })).toEqual(['e']);
    expect(changed({ e: null, d: 0 })).toEqual(['d', 'e']);
  });
});
