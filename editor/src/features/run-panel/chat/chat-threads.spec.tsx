/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { undoStore } from '../../../ui/states/undo-store.js';
import {
  button,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { ChatThreads } from './ChatThreads.js';

const list = 'GET /api/conversations';
const thread = (id: string, title: string) => ({
  id,
  title,
  turns: 2,
  level: 'internal',
  createdAt: 1,
  updatedAt: 2,
  owner: { project: 'default', workflow: 'w', subject: 'user:ada' },
});

let page: FeaturePage;
let opened: unknown[];
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  opened = [];
});
afterEach(() => {
  page.leave();
  undoStore.setState({ offers: [] });
});

async function open(shown?: string): Promise<void> {
  await page.show(
    <ChatThreads
      workflow="w"
      shown={shown}
      isBusy={false}
      onOpen={(id, { messages, earlier }) => opened.push([id, messages, earlier])}
    />,
  );
  const details = document.querySelector('details');
  await act(async () => {
    if (details !== null) details.open = true;
    details?.dispatchEvent(new Event('toggle'));
    await new Promise((resolve) => setTimeout(resolve));
  });
}

describe('the earlier conversations of a chat', () => {
  it('are loaded when the list is opened, and one of them opens at a press of its title', async () => {
    page.answer(list, { conversations: [thread('t1', 'Payday'), thread('t2', 'Leave')], names: {} });
    page.answer('GET /api/conversations/t2', { said: [] });
    await open();
    expect(textsOf('.chat-threads .topbar-link')).toEqual(['Payday', 'Leave']);
    await press('Leave');
    expect(opened).toEqual([['t2', [], undefined]]);
  });

  it('are searched among those of the user on this workflow', async () => {
    page.answer(list, { conversations: [thread('t1', 'Payday'), thread('t2', 'Leave')], names: {} });
    await open();
    page.answer(list, { conversations: [thread('t2', 'Leave')], names: {} });
    await fill('Search conversations', ' leave ');
    expect(textsOf('.chat-threads .topbar-link')).toEqual(['Leave']);
    const query = page.requests.at(-1)?.path.split('?')[1];
    expect(Object.fromEntries(new URLSearchParams(query))).toMatchObject({
      workflow: 'w',
      search: 'leave',
      subject: 'user:ada',
    });
  });

  it('are renamed, and listed under the new name', async () => {
    page.answer(list, { conversations: [thread('t1', 'Payday')], names: {} });
    page.answer('POST /api/conversations/t1/rename', {});
    await open();
    await press('Rename Payday');
    await fill('Name', '  ');
    expect(button('Rename')?.disabled).toBe(true);
    await fill('Name', 'When is payday?');
    page.answer(list, { conversations: [thread('t1', 'When is payday?')], names: {} });
    await press('Rename');
    expect(page.sent().at(-1)).toMatchObject({
      method: 'POST',
      path: '/api/conversations/t1/rename',
      body: { title: 'When is payday?' },
    });
    expect(textsOf('.chat-threads .topbar-link')).toEqual(['When is payday?']);
  });

  it('are deleted after a confirmation, and restored within ten seconds', async () => {
    page.answer(list, { conversations: [thread('t1', 'Payday')], names: {} });
    page.answer('DELETE /api/conversations/t1?undo=true', {});
    page.answer('POST /api/conversations/t1/restore', {});
    await open('t1');
    await press('Delete Payday');
    expect(pageText()).toContain('You can undo this for 10 seconds.');
    page.answer(list, { conversations: [], names: {} });
    await press('Delete conversation');
    expect(page.sent().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /api/conversations/t1?undo=true',
    ]);
    expect([opened, pageText()]).toEqual([[[undefined, [], undefined]], expect.stringContaining('No conversation.')]);
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('the conversation “Payday”');
    page.answer(list, { conversations: [thread('t1', 'Payday')], names: {} });
    await act(async () => {
      await offer?.restore();
      offer?.onRestored();
      await new Promise((resolve) => setTimeout(resolve));
    });
    expect(textsOf('.chat-threads .topbar-link')).toEqual(['Payday']);
  });
});
