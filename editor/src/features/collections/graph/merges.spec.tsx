/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { GraphEntityReply } from '@heddle/core';
import { act } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, buttonNamed, one, pageText, press, pressButton, texts } from '../../../ui/testing/fake-person.js';
import type { Session } from '../../session/session.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { EntitiesPage } from './EntitiesPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const graph = '/api/collections/faq/graph';
const entity = (id: string) => ({ id, name: id.toUpperCase(), type: 'person', passages: 3, documents: 2 });
const found: GraphEntityReply = { entity: entity('ada'), merged: [], mentions: [], relations: [], neighbours: [] };

let page: FakePage;
let sent: unknown[];
let merged: GraphEntityReply['merged'];
let suggestions: unknown[];
beforeEach(() => {
  sent = [];
  merged = [];
  // The server names the entity of more passages first.
  suggestions = [{ one: entity('ada'), other: { ...entity('adaa'), passages: 1 }, reason: 'spelling' }];
  meStore.setState({ me: { isSignInNeeded: false } as never });
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') {
      sent.push([method, path, body]);
      merged = [];
      suggestions = [];
      return {};
    }
    if (path === '/api/collections/faq') return { name: 'faq', title: 'FAQ' };
    if (path === graph)
      return { options: { model: 'names' }, documents: 4, missing: 0, failures: [], entities: 2, relations: 0 };
    if (path.startsWith(`${graph}/entities`)) return { entities: [entity('ada'), entity('babbage')] };
    if (path === `${graph}/suggestions`) return { suggestions };
    return path === `${graph}/entity?id=ada` ? { ...found, merged } : undefined;
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function open(id?: string): Promise<void> {
  const socket = createFakeSocket();
  // The parts of a session that the page uses.
  const session = { live: createLiveClient(socket), runs: { leave: () => undefined } } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <EntitiesPage name="faq" entity={id} />
      </SessionProvider>,
    ),
  );
  await act(async () => {
    socket.connect();
    socket.answer();
  });
}

it('merges an entity into a chosen one, and opens that one', async () => {
  await open('ada');
  await pressButton('Merge…');
  const verb = buttonNamed('Merge');
  expect(verb?.disabled).toBe(true);
  // An entity cannot be merged into itself.
  expect(texts('fieldset bdi')).toEqual(['BABBAGE']);
  await press(one('fieldset input'));
  await pressButton('Merge');
  expect(sent).toEqual([['POST', `${graph}/merges`, { entity: 'ada', into: 'babbage' }]]);
  expect(location.pathname).toBe('/collections/faq/entities/babbage');
});

it('shows what was merged into an entity, and separates it', async () => {
  merged = [{ id: 'lovelace', name: 'Lovelace' }];
  await open('ada');
  expect(pageText()).toContain('Merged into it');
  await press(one('[aria-label="Separate Lovelace"]'));
  expect(sent).toEqual([['DELETE', `${graph}/merges?id=lovelace`, undefined]]);
  expect(pageText()).not.toContain('Merged into it');
});

it('suggests possible duplicates, and marks two of them as different', async () => {
  await open();
  expect(pageText()).toContain('Possible duplicates');
  expect(all('[aria-label="Merge ADAA and ADA"]')).toHaveLength(0);
  const details = one<HTMLDetailsElement>('details');
  await act(async () => {
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
  expect(pageText()).toContain('one letter differs');
  await press(one('[aria-label="ADAA and ADA are not the same"]'));
  expect(sent).toEqual([['POST', `${graph}/apart`, { one: 'ada', other: 'adaa' }]]);
  expect(pageText()).toContain('No possible duplicates were found.');
});

it('merges a suggestion into the entity of more passages', async () => {
  await open();
  const details = one<HTMLDetailsElement>('details');
  await act(async () => {
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
  await press(one('[aria-label="Merge ADAA and ADA"]'));
  expect(sent).toEqual([['POST', `${graph}/merges`, { entity: 'adaa', into: 'ada' }]]);
  expect(pageText()).toContain('No possible duplicates were found.');
});

it('shows merged names without buttons to a user who may not change the collection', async () => {
  const principal = { kind: 'user', id: 'u', name: 'U', roles: { default: ['runner'] } };
  meStore.setState({ me: { isSignInNeeded: true, principal } as never });
  merged = [{ id: 'lovelace', name: 'Lovelace' }];
  await open('ada');
  expect(pageText()).toContain('Lovelace');
  expect([buttonNamed('Merge…'), buttonNamed('Separate Lovelace')]).toEqual([undefined, undefined]);
});
