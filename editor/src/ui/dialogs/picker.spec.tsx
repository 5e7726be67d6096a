/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { all, one, press, pressKey, texts, type } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { Picker, type PickerItem } from './Picker.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not scroll.
Object.assign(Element.prototype, { scrollIntoView: () => undefined });

const items: readonly PickerItem[] = [
  { id: 'run', group: 'Run' },
  { id: 'stop', group: 'Run', isOff: true },
  { id: 'copy', group: 'Edit' },
  { id: 'paste', group: 'Edit' },
];

let page: FakePage;
let picked: string[];
let closed: number;
beforeEach(() => {
  picked = [];
  closed = 0;
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

const picker = (of: readonly PickerItem[] = items): ReactElement => (
  <Picker
    title="Commands"
    placeholder="Find a command"
    itemsFor={(query) => of.filter(({ id }) => id.includes(query))}
    draw={({ id }) => <b>{id}</b>}
    detail={({ id }) => <p>About {id}</p>}
    empty="No command has this name."
    onPick={({ id }) => picked.push(id)}
    onClose={() => (closed += 1)}
  />
);
const show = (element = picker()): Promise<void> => act(async () => page.root.render(element));
const search = (): HTMLInputElement => one<HTMLInputElement>('[role=combobox]');
const active = (): string => one('[aria-selected=true]').textContent ?? '';

describe('a list to pick from', () => {
  it('takes the focus, names itself and shows its groups once each', async () => {
    await show();
    expect(document.activeElement).toBe(search());
    expect(one('[role=dialog]').getAttribute('aria-label')).toBe('Commands');
    expect(texts('.picker-group')).toEqual(['Run', 'Edit']);
    expect(texts('[role=option]')).toEqual(['run', 'stop', 'copy', 'paste']);
    expect(texts('.picker-detail')).toEqual(['About run']);
  });

  it.each([
    ['ArrowDown', {}, 'stop'],
    ['ArrowUp', {}, 'paste'],
    ['PageDown', {}, 'run'],
    ['Tab', {}, 'stop'],
    ['Tab', { shiftKey: true }, 'paste'],
  ])('moves with %s %o to %s', async (key, more, next) => {
    await show();
    expect(await pressKey(search(), key, more)).toBe(false);
    expect(active()).toBe(next);
    expect(search().getAttribute('aria-activedescendant')).toBe(one('[aria-selected=true]').id);
  });

  it('picks the active item with Enter, and never a disabled one', async () => {
    await show();
    await pressKey(search(), 'ArrowDown');
    await pressKey(search(), 'Enter');
    expect(picked).toEqual([]);
    await pressKey(search(), 'ArrowDown');
    await pressKey(search(), 'Enter');
    expect(picked).toEqual(['copy']);
    const [, off] = all('[role=option]');
    expect(off?.getAttribute('aria-disabled')).toBe('true');
    await press(off as HTMLElement);
    expect(picked).toEqual(['copy']);
  });

  it('starts at the first result again when the search changes, and hides the groups', async () => {
    await show();
    await pressKey(search(), 'ArrowUp');
    await type(search(), 'st');
    expect([texts('[role=option]'), active(), texts('.picker-group')]).toEqual([['stop', 'paste'], 'stop', []]);
  });

  it('says that nothing matches, and then Enter and arrows do nothing', async () => {
    await show();
    await type(search(), 'nothing');
    expect(texts('.picker-empty')).toEqual(['No command has this name.']);
    await pressKey(search(), 'ArrowDown');
    await pressKey(search(), 'Enter');
    expect([picked, search().getAttribute('aria-activedescendant')]).toEqual([[], null]);
    expect(all('.picker-detail')).toEqual([]);
  });

  it('closes with Escape and with a press beside it, not with a press in it', async () => {
    await show();
    await pressKey(search(), 'Escape');
    expect(closed).toBe(1);
    const down = (selector: string): Promise<void> =>
      act(async () => void one(selector).dispatchEvent(new MouseEvent('pointerdown', { bubbles: true })));
    await down('.picker-body');
    expect(closed).toBe(1);
    await down('.overlay');
    expect(closed).toBe(2);
  });

  it('leaves letters to its field', async () => {
    await show();
    expect(await pressKey(search(), 'a')).toBe(true);
  });

  it('returns the focus to the element that had it', async () => {
    const both = (isOpen: boolean): ReactElement => (
      <>
        <button type="button">Open</button>
        {isOpen ? picker() : null}
      </>
    );
    await show(both(false));
    one('button').focus();
    await show(both(true));
    expect(document.activeElement).toBe(search());
    await show(both(false));
    expect(document.activeElement).toBe(one('button'));
  });

  it('moves the focus to the canvas when nothing had it', async () => {
    const canvas = (isOpen: boolean): ReactElement => (
      <>
        <div className="workflow-canvas" tabIndex={-1} />
        {isOpen ? picker() : null}
      </>
    );
    await show(canvas(true));
    await show(canvas(false));
    expect(document.activeElement).toBe(one('.workflow-canvas'));
  });

  it('moves to the item under the pointer', async () => {
    await show();
    await act(
      async () => void all('[role=option]')[3]?.dispatchEvent(new MouseEvent('pointermove', { bubbles: true })),
    );
    expect(active()).toBe('paste');
  });
});
