/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { all, texts } from '../../ui/testing/fake-person.js';
import { showVersions } from './versions-store.js';
import { WorkflowHeader } from './WorkflowHeader.js';
import { WorkflowTabs } from './WorkflowTabs.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const tabs = (): readonly (readonly [string, string | null, boolean])[] =>
  all('.parts a').map((tab) => [
    tab.textContent ?? '',
    tab.getAttribute('href'),
    tab.getAttribute('aria-current') === 'page',
  ]);

it('leads to every page of a workflow in one order, and marks the shown one', () => {
  act(() => page.root.render(<WorkflowHeader name="Orders" slug="my orders" part="api" />));
  expect(tabs()).toEqual([
    ['Canvas', '/workflows/my%20orders', false],
    ['Versions', '/workflows/my%20orders/versions', false],
    ['Tests', '/workflows/my%20orders/tests', false],
    ['API', '/workflows/my%20orders/api', true],
    ['Triggers', '/workflows/my%20orders/triggers', false],
  ]);
});

it('marks none on the page of a run', () => {
  act(() => page.root.render(<WorkflowTabs slug="orders" part={undefined} />));
  expect(tabs().some(([, , isCurrent]) => isCurrent)).toBe(false);
});

it('counts the versions of this workflow, and not those of another one', async () => {
  await act(() => showVersions('w1', { versions: [{ version: 1 }, { version: 2 }], live: undefined } as never));
  act(() => page.root.render(<WorkflowTabs id="w1" slug="orders" part="canvas" />));
  expect(texts('.parts a')[1]).toBe('Versions 2');
  act(() => page.root.render(<WorkflowTabs id="w2" slug="other" part="canvas" />));
  expect(texts('.parts a')[1]).toBe('Versions');
});
