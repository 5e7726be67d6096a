/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import type { Preset } from '../../data/api/reply-parts.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { Codes } from '../people/account/SecondFactor.js';
import { draftFrom } from './connection-draft.js';
import { ConnectionForm } from './ConnectionForm.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { freshPolicy } from '../policies/policy-draft.js';
import { PolicyForm } from '../policies/PolicyForm.js';
import { navigate } from '../../ui/navigation/route.js';
import { emptyDraft } from '../tools/tool-server-draft.js';
import { ToolServerForm } from '../tools/ToolServerForm.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

let page: FakePage;
let cancelled: number;
beforeEach(() => {
  window.history.replaceState(null, '', '/here');
  cancelled = 0;
  page = openFakePage((method, path) =>
    method === 'PUT' && path.startsWith('/api/policies')
      ? { ...freshPolicy, name: 'house', candidates: [{ model: 'm', when: [] }] }
      : undefined,
  );
});
afterEach(() => page.leave());

async function show(element: ReactElement): Promise<void> {
  const session = { live: { onConnection: () => () => undefined, watchTopic: () => () => undefined } };
  await act(async () =>
    page.root.render(<SessionProvider value={session as unknown as Session}>{element}</SessionProvider>),
  );
}
const press = (name: string): Promise<void> =>
  act(async () =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent.trim() === name)?.click(),
  );
/** Types into the first matching field. */
function type(text: string): void {
  const field = document.querySelector<HTMLInputElement>(
    'form input:not([type=password], [type=checkbox]):not([readonly])',
  );
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
const leave = (): Promise<void> => act(async () => navigate('/models'));
const asked = (): string | undefined => document.querySelector('dialog h2')?.textContent ?? undefined;
const isThere = (): boolean => window.location.pathname === '/models';

const preset = { id: 'shop', title: 'Shop', kind: 'openai', needsKey: true, isLocal: false, hint: '' } as Preset;
const forms: readonly (readonly [string, () => ReactElement])[] = [
  ['policy', () => <PolicyForm initial={freshPolicy} isNew />],
  ['connection', () => <ConnectionForm initial={draftFrom(preset, [])} needsKey />],
  [
    'tool server',
    () => <ToolServerForm initial={emptyDraft} isNew onSaved={() => undefined} onCancel={() => (cancelled += 1)} />,
  ],
];

describe.each(forms)('the form of a %s', (what, form) => {
  it('asks before a user leaves it with changes, and closes once that is confirmed', async () => {
    await show(form());
    type('changed');
    await leave();
    expect(asked()).toBe(`Discard the changes to this ${what}?`);
    expect(isThere()).toBe(false);
    await press('Keep editing');
    expect(asked()).toBeUndefined();
    await leave();
    await press('Discard changes');
    expect(isThere()).toBe(true);
  });

  it('does not ask when nothing was changed', async () => {
    await show(form());
    await leave();
    expect(asked()).toBeUndefined();
    expect(isThere()).toBe(true);
  });
});

it('a changed tool server also asks when Cancel is pressed', async () => {
  await show(<ToolServerForm initial={emptyDraft} isNew onSaved={() => undefined} onCancel={() => (cancelled += 1)} />);
  type('files');
  await press('Cancel');
  expect([cancelled, asked()]).toEqual([0, 'Discard the changes to this tool server?']);
  await press('Discard changes');
  expect(cancelled).toBe(1);
});

it('a new policy that is saved opens its page without a question', async () => {
  await show(<PolicyForm initial={{ ...freshPolicy, candidates: [{ model: 'm', when: [] }] }} isNew />);
  type('house');
  await press('Save policy');
  expect(asked()).toBeUndefined();
  expect(window.location.pathname).toBe('/policies/house');
});

describe('recovery codes', () => {
  it('ask before a user leaves without copying them', async () => {
    await show(<Codes codes={['aaaa-bbbb', 'cccc-dddd']} onDone={() => undefined} />);
    await leave();
    expect(asked()).toBe('Leave without the recovery codes?');
    expect(isThere()).toBe(false);
    await press('Leave without codes');
    expect(isThere()).toBe(true);
  });

  it('can be left once they are copied', async () => {
    Object.assign(navigator, { clipboard: { writeText: async () => undefined } });
    await show(<Codes codes={['aaaa-bbbb']} onDone={() => undefined} />);
    await press('Copy the recovery codes');
    await leave();
    expect(asked()).toBeUndefined();
    expect(isThere()).toBe(true);
  });
});
