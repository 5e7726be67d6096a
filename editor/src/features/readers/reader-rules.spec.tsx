/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { fill, openFeaturePage, pageText, press, type FeaturePage } from '../session/testing/feature-page.js';
import { ReaderRulesPanel } from './ReaderRulesPanel.js';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/readers', { readers: [] });
  page.answer('GET /api/collections/faq/reader-rules', { rules: [] });
});
afterEach(() => page.leave());

const open = async (): Promise<void> => {
  await page.show(<ReaderRulesPanel name="faq" onChanged={() => undefined} />);
  await act(async () => {
    const details = document.querySelector('details')!;
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
};

describe('the rules for readers of a collection', () => {
  it('are saved, and the page says how many documents have other readers', async () => {
    await open();
    await press('Add a rule for a path');
    await fill('Documents below', 'hr/');
    const rules = [{ prefix: 'hr/', readers: [] }];
    page.answer('PUT /api/collections/faq/reader-rules', { documents: 3 });
    page.answer('GET /api/collections/faq/reader-rules', { rules });
    await press('Save the rules');
    expect(page.sent().map(({ body }) => body)).toEqual([{ rules, base: { rules: [] } }]);
    expect(pageText()).toContain('The rules are saved. 3 documents have other readers now.');
  });
});
