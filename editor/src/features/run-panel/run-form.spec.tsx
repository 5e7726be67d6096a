/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PortDescription } from '@heddle/core';
import { act } from 'react';
import { all, one, pageText, pressKey, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { RunForm, type RunFormProps } from './RunForm.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const port = (name: string, more: Partial<PortDescription> = {}): PortDescription => ({
  name,
  type: 'Text',
  mode: 'one',
  isOptional: false,
  ...more,
});
let page: FakePage;
let started: unknown[];
beforeEach(() => {
  started = [];
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const show = (ports: readonly PortDescription[], more: Partial<RunFormProps> = {}): Promise<void> =>
  act(async () =>
    page.root.render(
      <RunForm
        ports={ports}
        initial={{}}
        isBusy={false}
        obstacle={undefined}
        onRun={(inputs) => started.push(inputs)}
        {...more}
      />,
    ),
  );
const submit = (): Promise<void> =>
  act(async () => void one('form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })));
const fields = (): (HTMLInputElement | HTMLTextAreaElement)[] =>
  all<HTMLInputElement | HTMLTextAreaElement>('input, textarea');

describe('the form that starts a run', () => {
  it('gives each input by its type', async () => {
    await show([port('text'), port('count', { type: 'Number' }), port('data', { type: 'Json' })]);
    await type(fields()[0] as HTMLElement, ' as typed ');
    await type(fields()[1] as HTMLElement, '1.5');
    await type(fields()[2] as HTMLElement, '{"a":[0]}');
    await submit();
    expect(started).toEqual([{ text: ' as typed ', count: 1.5, data: { a: [0] } }]);
  });

  it('marks every wrong field at once, starts nothing, and clears the errors when it starts', async () => {
    await show([port('text', { title: 'Question' }), port('count', { type: 'Number' })]);
    await type(fields()[1] as HTMLElement, 'many');
    await submit();
    expect([started, texts('.field-error').length]).toEqual([[], 2]);
    expect(fields().map((field) => field.getAttribute('aria-invalid'))).toEqual(['true', 'true']);
    await type(fields()[0] as HTMLElement, 'Why?');
    await type(fields()[1] as HTMLElement, '0');
    await submit();
    expect([started, texts('.field-error')]).toEqual([[{ text: 'Why?', count: 0 }], []]);
  });

  it('leaves out empty optional inputs', async () => {
    await show([port('text', { isOptional: true })]);
    await submit();
    expect(started).toEqual([{}]);
  });

  it('starts with the inputs of the last run, otherwise with the defaults of the workflow', async () => {
    const ports = [port('a', { default: 'one' }), port('b', { type: 'Json', default: { x: 1 } }), port('c')];
    await show(ports, { initial: { a: 'last', c: 'more' } });
    expect(fields().map(({ value }) => value)).toEqual(['last', '{"x":1}', 'more']);
  });

  it('says that there are no inputs, and still starts', async () => {
    await show([]);
    expect(pageText()).toContain('This workflow has no inputs.');
    await submit();
    expect(started).toEqual([{}]);
  });

  it.each([
    ['there is an obstacle', { obstacle: 'Fix one issue first.' }],
    ['a run starts', { isBusy: true }],
  ])('starts nothing while %s', async (_what, more) => {
    await show([port('text')], { ...more, initial: { text: 'x' } });
    await submit();
    expect(started).toEqual([]);
  });

  it('shows markup in a title and a help as text', async () => {
    await show([port('text', { title: '<b>Q</b>', help: '<img src=x>' })]);
    expect([texts('label'), all('b, img')]).toEqual([['<b>Q</b>'], []]);
  });
});

describe('the keys of the form', () => {
  it('start a run with Enter when there is one text, and add a line with Shift and Enter', async () => {
    await show([port('text')], { initial: { text: 'x' } });
    expect(await pressKey(fields()[0] as HTMLElement, 'Enter', { shiftKey: true })).toBe(true);
    expect(started).toEqual([]);
    expect(await pressKey(fields()[0] as HTMLElement, 'Enter')).toBe(false);
    expect(started).toEqual([{ text: 'x' }]);
  });

  it.each([{ ctrlKey: true }, { metaKey: true }])('start a run with %o and Enter in any form', async (more) => {
    await show([port('a'), port('b')], { initial: { a: '1', b: '2' } });
    await pressKey(fields()[1] as HTMLElement, 'Enter');
    expect(started).toEqual([]);
    await pressKey(fields()[1] as HTMLElement, 'Enter', more);
    expect(started).toEqual([{ a: '1', b: '2' }]);
  });

  it('start nothing while an input method composes', async () => {
    await show([port('text')], { initial: { text: 'x' } });
    await pressKey(fields()[0] as HTMLElement, 'Enter', { isComposing: true });
    expect(started).toEqual([]);
  });

  it('leave the shortcut that stops a run to the editor while a run is active', async () => {
    await show([port('text')], { initial: { text: 'x' }, isBusy: true });
    const seen: string[] = [];
    const listen = (event: KeyboardEvent): void => void seen.push(event.key);
    window.addEventListener('keydown', listen);
    await pressKey(fields()[0] as HTMLElement, 'Enter', { ctrlKey: true });
    window.removeEventListener('keydown', listen);
    expect([seen, started]).toEqual([['Enter'], []]);
  });
});
