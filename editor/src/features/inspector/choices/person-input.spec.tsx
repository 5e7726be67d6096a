/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act, useState, type ReactElement } from 'react';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { ConfigField } from '../ConfigField.js';
import { schemaFields } from '../../../ui/schema-form/schema-field.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const members = [
  { member: 'user:1', name: 'Ada', email: 'ada@example.org', roles: ['approver'] },
  { member: 'user:2', name: 'Brian', email: 'brian@example.org', roles: ['viewer'] },
  { member: 'user:3', name: 'Cleo', email: 'cleo@example.org', roles: ['viewer', 'owner'] },
  { member: 'service:4', name: 'Nightly', roles: ['owner'] },
];
let page: FakePage;
let kept: unknown[];

function Form(): ReactElement {
  const [typed, setTyped] = useState<unknown>('');
  const [field] = schemaFields({
    properties: { assignee: { type: 'string', title: 'Who answers', widget: 'person' } },
  });
  const onChange = (next: unknown): void => {
    kept.push(next);
    setTyped(next);
  };
  if (field === undefined) return <p>No field</p>;
  return <ConfigField field={field} path="assignee" value={typed} issues={[]} isReadOnly={false} onChange={onChange} />;
}

beforeEach(async () => {
  kept = [];
  page = openFakePage((_method, path) => (path === '/api/projects/default/members' ? { members } : undefined));
  const session = { live: createLiveClient(createFakeSocket()) } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <Form />
      </SessionProvider>,
    ),
  );
});
afterEach(() => page.leave());

const input = (): HTMLInputElement | null => document.querySelector('input');
const options = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role=option]')];

it('offers the members of the project who may answer, by name, and stores their email address', async () => {
  await act(async () => input()?.click());
  expect(options().map(({ textContent }) => textContent)).toEqual([
    'Adaapproverada@example.org',
    'Cleoviewer, ownercleo@example.org',
  ]);
  await act(async () => options()[1]?.click());
  expect([kept, input()?.value]).toEqual([['cleo@example.org'], 'cleo@example.org']);
});

it('accepts any typed text', async () => {
  await act(async () => {
    const field = input();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'somebody else');
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
  expect([kept, options()]).toEqual([['somebody else'], []]);
});
