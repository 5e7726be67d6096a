/** @jest-environment jsdom */
import type { DocumentInfo } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { fill, openFeaturePage, pageText, press, textsOf, type FeaturePage } from '../session/testing/feature-page.js';
import { DocumentReaders } from './DocumentReaders.js';
import { kindText, readersText, titleOf } from './reader-text.js';

const document: DocumentInfo = {
  id: 'hr/pay.md',
  title: 'Pay',
  mediaType: 'text/plain',
  hash: 'h',
  size: 1,
  passages: 1,
  updatedAt: 1,
  readers: ['group:g_1', 'user:gone'],
};
let page: FeaturePage;
let isClosed: boolean;
beforeEach(() => {
  isClosed = false;
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/readers', { readers: [{ reader: 'group:g_1', title: 'Legal' }] });
  page.answer('PUT /api/collections/faq/documents/hr%2Fpay.md/readers', { documents: 1, readers: [] });
});
afterEach(() => page.leave());

const show = (shown: DocumentInfo): Promise<void> =>
  page.show(
    <DocumentReaders collection="faq" document={shown} onChanged={() => undefined} onClose={() => (isClosed = true)} />,
  );
const bodies = (): readonly unknown[] => page.sent().map(({ body }) => body);

describe('the readers of a document', () => {
  it('are shown by their names, and deleted ones by their ids', async () => {
    await show(document);
    expect(textsOf('[data-part=reader-list] .row-title')).toEqual(['Legal', 'gone']);
  });

  it('change when they are saved', async () => {
    await show(document);
    await press('Remove gone');
    await fill('Add a person or group', 'end-user:ann');
    await press('Add');
    await press('Save readers');
    expect(bodies()).toEqual([{ readers: ['group:g_1', 'end-user:ann'] }]);
    expect(isClosed).toBe(true);
  });

  it('include a typed name after Enter, or when the field is left', async () => {
    await show(document);
    await fill('Add a person or group', 'end-user:ann');
    const field = globalThis.document.querySelector<HTMLInputElement>('input[role=combobox]')!;
    await act(async () => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));
    await fill('Add a person or group', 'end-user:bea');
    const save = [...globalThis.document.querySelectorAll('button')].find((one) => one.textContent === 'Save readers')!;
    await act(async () => {
      field.focus();
      save.focus();
    });
    await press('Save readers');
    expect(bodies()).toEqual([{ readers: ['group:g_1', 'user:gone', 'end-user:ann', 'end-user:bea'] }]);
  });

  it('can be everybody or nobody', async () => {
    await show(document);
    await fill('Who may read', 'everybody');
    await press('Save readers');
    await fill('Who may read', 'these');
    expect(pageText()).toContain('Nobody may read it yet.');
    await press('Save readers');
    expect(bodies()).toEqual([{ readers: null }, { readers: [] }]);
  });

  it('are described in texts', () => {
    expect(kindText('oidc-group:x')).toBe('Group of the sign-in provider');
    expect(kindText('other:x')).toBe('Unknown');
    expect(titleOf('user:a:b', [])).toBe('a:b');
    expect([readersText([]), readersText(['a']), readersText(['a', 'b'])]).toEqual([
      'Nobody may read it',
      '1 reader',
      '2 readers',
    ]);
  });
});
