/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openFeaturePage, pageText, type FeaturePage } from '../../session/testing/feature-page.js';
import { setOverlay } from '../../view/view-store.js';
import { Legend } from './Legend.js';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
});
afterEach(() => page.leave());

it('says what port colours, the error port, edges, labels, states and icons mean, and closes', async () => {
  setOverlay(page.session.view, { kind: 'legend' });
  await page.show(<Legend />);
  for (const word of ['Passages', 'Optional', 'Error port', 'a loop', 'Dropped', 'confidential', 'Failed', 'Retrieval'])
    expect(pageText()).toContain(word);
  document.querySelector<HTMLElement>('dialog [aria-label^="Close"]')?.click();
  expect(page.session.view.getState().overlay).toBeUndefined();
});
