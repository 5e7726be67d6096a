/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { pageText, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { GateOfVersion } from './GateOfVersion.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const rules = [
  { rule: 'right', title: 'Right answers', state: 'failed' as const },
  { rule: 'tests', title: 'Has tests', state: 'passed' as const },
];

it('says that a version passed the gate', async () => {
  await act(async () => page.root.render(<GateOfVersion gate={{ state: 'passed', rules }} nameOf={String} />));
  expect(pageText()).toBe('Passed the gate');
});

it('says who published past the gate, why, and what did not pass', async () => {
  const gate = { state: 'overridden' as const, rules, overriddenBy: 'user:u', reason: '<b>Now</b>' };
  await act(async () => page.root.render(<GateOfVersion gate={gate} nameOf={() => 'Una'} />));
  expect(texts('.badge')).toEqual(['Past the gate']);
  expect(pageText()).toContain('Una: <b>Now</b>Did not pass: Right answers');
  expect(pageText()).not.toContain('Has tests');
});
