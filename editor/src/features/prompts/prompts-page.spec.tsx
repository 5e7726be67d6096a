/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DocumentNode, Issue } from '@heddle/core';
import { act, useState, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, buttonNamed, one, pageText, pressButton, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { schemaFields } from '../../ui/schema-form/schema-field.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { PromptField } from './PromptField.js';
import { PromptsPage } from './PromptsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
Object.assign(HTMLElement.prototype, { scrollIntoView: () => undefined });

const info = {
  id: 'p1',
  project: 'default',
  name: 'greeting',
  title: '',
  kind: 'text',
  version: 2,
  labels: { production: 1 },
  owners: [],
  createdAt: 1,
  updatedAt: 1,
};
const version = (number: number, text: string) => ({
  version: number,
  hash: 'sha256:0',
  note: '',
  who: 'user:u',
  createdAt: 1,
  variables: [],
  content: { kind: 'text', text },
});
const opened = {
  ...info,
  versions: [version(2, ''), version(1, '')],
  newest: version(2, 'Dear {{ name }}'),
  uses: [{ workflow: 'w', slug: 'welcome', name: 'Welcome', node: 'say', field: 'template', label: 'production' }],
};

let page: FakePage;
let sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
beforeEach(() => {
  sent = [];
  roles = ['owner'];
  replies = {
    'GET /api/prompts': { prompts: [{ ...info, workflows: 1 }] },
    'GET /api/prompts/p1': opened,
    'GET /api/prompts/p1/versions/1': version(1, 'Hello {{ name }}'),
    'GET /api/prompts/p1/versions/2': version(2, 'Dear {{ name }}'),
    'GET /api/models': { models: [] },
    'GET /api/connections': { connections: [] },
  };
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ method, path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return replies[`${method} ${path}`];
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
  undoStore.setState({ offers: [] });
  window.history.replaceState(null, '', '/');
});

async function show(shown: ReactElement): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={{ live } as unknown as Session}>{shown}</SessionProvider>);
  });
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
}
const press = async (name: string): Promise<void> => {
  await act(async () => pressButton(name));
  await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
};
const submit = (form: HTMLElement): Promise<void> =>
  act(async () => void form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));

describe('the list of prompts', () => {
  it('names each prompt with its labels and the number of workflows that use it', async () => {
    await show(<PromptsPage item={undefined} tabs={<nav />} />);
    expect(texts('.row-title')).toEqual(['greeting']);
    expect(pageText()).toContain('text · version 2 · production is 1');
    expect(pageText()).toContain('1 workflow');
  });

  it('says that the library is empty, and offers a viewer no new prompt', async () => {
    replies['GET /api/prompts'] = { prompts: [] };
    roles = ['viewer'];
    await show(<PromptsPage item={undefined} tabs={<nav />} />);
    expect(pageText()).toContain('No prompts yet');
    expect(buttonNamed('New prompt')).toBeUndefined();
  });
});

describe('a prompt', () => {
  const open = () => show(<PromptsPage item="p1" tabs={<nav />} />);

  it('shows its variables while the text changes, and is saved on the base of the version that was opened', async () => {
    await open();
    expect(one<HTMLButtonElement>('.prompt-save .button-primary').disabled).toBe(true);
    await act(async () => type(one<HTMLTextAreaElement>('textarea'), 'Hi {{ who }}'));
    expect(pageText()).toContain('Variables: who');
    replies['POST /api/prompts/p1/versions'] = { ...version(3, ''), isNew: true };
    await submit(one('.prompt-save'));
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/api/prompts/p1/versions',
        body: { content: { kind: 'text', text: 'Hi {{ who }}' }, note: '', base: 2 },
      },
    ]);
  });

  it('says what is wrong with a text, and does not save it', async () => {
    await open();
    await act(async () => type(one<HTMLTextAreaElement>('textarea'), 'Hi {{ who'));
    expect(one('.field-error').textContent).toContain('no closing }}');
    expect(one<HTMLButtonElement>('.prompt-save .button-primary').disabled).toBe(true);
  });

  it('is tried in up to six columns, each on the same rows of a dataset with their label', async () => {
    replies['GET /api/datasets'] = { datasets: [{ id: 'd', name: 'Guests', version: 1, rows: 2 }] };
    replies['GET /api/datasets/d/rows?limit=5'] = {
      rows: ['Ada', 'Bob'].map((name) => ({ id: name, inputs: { name }, label: 'confidential', hash: 'h' })),
    };
    await open();
    for (let column = 2; column <= 6; column += 1) await press('Add column');
    expect(all('.playground-columns > *')).toHaveLength(6);
    expect(buttonNamed('Add column')!.disabled).toBe(true);
    await press('Rows of a dataset');
    await press('Run 12 times');
    const tries = sent.filter(({ path }) => path.startsWith('/api/runs'));
    expect(tries).toHaveLength(12);
    for (const { body } of tries) expect(JSON.stringify(body)).toContain('confidential');
  });

  it('names where it is used, and compares a version word by word', async () => {
    await open();
    expect(pageText()).toContain('Welcome');
    expect(pageText()).toContain('follows production');
    await press('Compare version 2');
    expect(texts('ins')).toEqual(['Dear']);
    expect(texts('del')).toEqual(['Hello']);
  });

  it('says why it cannot be deleted, and is deleted with an offer to undo it', async () => {
    await open();
    await press('Delete');
    await press('Delete prompt');
    expect(all('dialog [role=alert]')).toHaveLength(1);
    expect(undoStore.getState().offers).toEqual([]);
    replies['DELETE /api/prompts/p1?undo=true'] = {};
    await press('Delete prompt');
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the prompt “greeting”']);
  });

  it('is read by a viewer, without buttons that would be refused', async () => {
    roles = ['viewer'];
    await open();
    expect(one<HTMLTextAreaElement>('textarea').readOnly).toBe(true);
    expect(all('.prompt-save')).toHaveLength(0);
    expect(buttonNamed('Delete')).toBeUndefined();
    expect(pageText()).toContain('Trying a prompt needs the role');
  });
});

describe('a field of a node', () => {
  const [field] = schemaFields({ type: 'object', properties: { template: { type: 'string', title: 'Template' } } }, {});
  const issue: Issue = { code: 'reference-missing', severity: 'error', field: 'template', message: 'It is not here.' };
  let node: DocumentNode;
  function Field({ first, isReadOnly = false }: { readonly first: DocumentNode; readonly isReadOnly?: boolean }) {
    const [now, setNow] = useState(first);
    node = now;
    if (field === undefined) throw new Error('no field');
    return (
      <PromptField
        {...{ node: now, field, accepts: 'chat', isReadOnly }}
        issues={now.prompts === undefined ? [] : [issue]}
        onChange={(change) => setNow(change)}
      >
        <p>The field itself</p>
      </PromptField>
    );
  }
  const plain: DocumentNode = { type: 'prompt', version: 1, config: { template: 'own' } };
  const linked = { ...plain, prompts: { template: { prompt: 'greeting', label: 'production' } } };

  it('takes a prompt of the library, with the label that it follows and its text', async () => {
    await show(<Field first={plain} />);
    expect(pageText()).toContain('The field itself');
    await press('Use a library prompt');
    await act(async () => one('[role=option]').click());
    await act(async () => new Promise((resolve) => setTimeout(resolve, 20)));
    expect(node).toEqual({
      ...plain,
      config: { template: 'Hello {{ name }}' },
      prompts: { template: { prompt: 'greeting', label: 'production' } },
    });
    expect(pageText()).not.toContain('The field itself');
    expect(one('.prompt-preview').textContent).toBe('Hello {{ name }}');
    expect(pageText()).toContain('It is not here.');
  });

  it('is detached with the current text of the prompt', async () => {
    await show(<Field first={linked} />);
    await press('Detach');
    expect(node).toEqual({ ...plain, config: { template: 'Hello {{ name }}' } });
  });

  it('keeps its text when the prompt is gone', async () => {
    replies['GET /api/prompts'] = { prompts: [] };
    await show(<Field first={linked} />);
    expect(one('.prompt-preview').textContent).toBe('own');
    await press('Detach');
    expect(node).toEqual(plain);
  });

  it('is read-only when the node is read-only', async () => {
    await show(<Field first={linked} isReadOnly />);
    expect(buttonNamed('Detach')).toBeUndefined();
    expect(all('select')).toHaveLength(0);
  });

  it('becomes a prompt of the library', async () => {
    replies['POST /api/prompts'] = { ...info, name: 'mine' };
    await show(<Field first={plain} />);
    await press('Save as library prompt');
    await act(async () => type(one<HTMLInputElement>('form input'), 'mine'));
    await submit(one('form'));
    expect(sent[0]?.body).toMatchObject({ name: 'mine', content: { kind: 'text', text: 'own' } });
    expect(node.prompts).toEqual({ template: { prompt: 'mine', label: 'latest' } });
  });
});
