/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act, useState } from 'react';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { WorkflowFields } from './WorkflowFields.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const choices = [
  ['w1', 'Orders'],
  ['w2', 'Letters'],
] as const;
let page: FakePage;
let chosen: readonly string[] | undefined;
beforeEach(() => {
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

function Form({ first }: { readonly first: readonly string[] | undefined }): React.ReactElement {
  const [value, setValue] = useState(first);
  const change = (next: readonly string[] | undefined): void => {
    chosen = next;
    setValue(next);
  };
  return (
    <WorkflowFields legend="Workflows" everything="Every workflow" value={value} choices={choices} onChange={change} />
  );
}
const show = (first: readonly string[] | undefined): Promise<void> =>
  act(async () => page.root.render(<Form first={first} />));
const labels = (): string[] => [...document.querySelectorAll('label')].map(({ textContent }) => textContent);
const tick = (text: string): Promise<void> =>
  act(async () => [...document.querySelectorAll('label')].find(({ textContent }) => textContent === text)?.click());

it('offers workflows by name once not every one is chosen', async () => {
  await show(undefined);
  expect(labels()).toEqual(['Every workflow']);
  await tick('Every workflow');
  expect([labels(), chosen]).toEqual([['Every workflow', 'Orders', 'Letters'], []]);
  await tick('Letters');
  expect(chosen).toEqual(['w2']);
  await tick('Every workflow');
  expect(chosen).toBeUndefined();
});

it('keeps an unknown workflow until the user removes it', async () => {
  await show(['gone']);
  expect(labels()).toEqual(['Every workflow', 'Orders', 'Letters', 'gone']);
  await tick('Orders');
  expect(chosen).toEqual(['gone', 'w1']);
  await tick('gone');
  expect(chosen).toEqual(['w1']);
});
