/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, useState, type ReactElement } from 'react';
import { all, one, press, pressKey, texts, type } from '../testing/fake-person.js';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { Combobox, type ComboboxItem } from './Combobox.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not scroll.
Object.assign(Element.prototype, { scrollIntoView: () => undefined });

const items: readonly ComboboxItem[] = [
  { value: 'small', title: 'Small model', detail: '98 MB', mark: 'Ready' },
  { value: 'large', title: 'Large model', detail: '4.2 GB' },
  { value: 'house/writer', title: 'Writer', detail: 'Our server' },
];

let page: FakePage;
let given: string[];
beforeEach(() => {
  given = [];
  page = openFakePage(() => undefined);
});
afterEach(() => page.leave());

interface Setting {
  readonly first?: string;
  readonly of?: readonly ComboboxItem[];
  readonly isReadOnly?: boolean;
  readonly isInvalid?: boolean;
}

function Box({ first = '', of = items, isReadOnly = false, isInvalid = false }: Setting): ReactElement {
  const [value, setValue] = useState(first);
  return (
    <Combobox
      id="model"
      value={value}
      items={of}
      placeholder="Choose a model"
      empty="No model has this name."
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      describedBy="model-help"
      onChange={(next) => {
        given.push(next);
        setValue(next);
      }}
    />
  );
}
const show = (setting: Setting = {}): Promise<void> => act(async () => page.root.render(<Box {...setting} />));
const input = (): HTMLInputElement => one<HTMLInputElement>('[role=combobox]');
const isOpen = (): boolean => input().getAttribute('aria-expanded') === 'true';
const titles = (): string[] => texts('.combobox-title');
const active = (): string | undefined => {
  const id = input().getAttribute('aria-activedescendant');
  return id === null
    ? undefined
    : (document.getElementById(id)?.querySelector('.combobox-title')?.textContent ?? undefined);
};

describe('a field with suggestions', () => {
  it('is closed at first, and offers everything when it is pressed', async () => {
    await show();
    expect([isOpen(), titles()]).toEqual([false, []]);
    await press(input());
    expect([isOpen(), titles()]).toEqual([true, ['Small model', 'Large model', 'Writer']]);
    expect([texts('.combobox-mark'), texts('.combobox-detail')]).toEqual([
      ['Ready'],
      ['98 MB', '4.2 GB', 'Our server'],
    ]);
  });

  it('starts at the chosen suggestion', async () => {
    await show({ first: 'large' });
    await press(input());
    expect(active()).toBe('Large model');
    expect(all('[data-chosen]')).toHaveLength(1);
  });

  it.each([
    ['ArrowDown', ['Large model', 'Writer', 'Small model']],
    ['ArrowUp', ['Writer', 'Large model', 'Small model']],
  ])('moves through the suggestions with %s and starts again at the end', async (key, seen) => {
    await show();
    await pressKey(input(), key);
    expect(active()).toBe('Small model');
    for (const title of seen) {
      await pressKey(input(), key);
      expect(active()).toBe(title);
    }
  });

  it('takes the active suggestion with Enter, and does not submit the form around it', async () => {
    await show();
    await pressKey(input(), 'ArrowDown');
    await pressKey(input(), 'ArrowDown');
    expect(await pressKey(input(), 'Enter')).toBe(false);
    expect([given, input().value, isOpen()]).toEqual([['large'], 'large', false]);
  });

  it('leaves Enter to the form while it is closed, and with Ctrl while it is open', async () => {
    await show();
    expect(await pressKey(input(), 'Enter')).toBe(true);
    await press(input());
    expect(await pressKey(input(), 'Enter', { ctrlKey: true })).toBe(true);
    expect(given).toEqual([]);
  });

  it('closes with Escape and keeps the typed text, and leaves a second Escape to the dialog around it', async () => {
    await show();
    await type(input(), 'wri');
    expect(await pressKey(input(), 'Escape')).toBe(false);
    expect([isOpen(), input().value]).toEqual([false, 'wri']);
    expect(await pressKey(input(), 'Escape')).toBe(true);
  });

  it('takes a pressed suggestion, and keeps the focus in the field', async () => {
    await show();
    await press(input());
    const option = all('[role=option]')[2] as HTMLElement;
    const down = new MouseEvent('pointerdown', { bubbles: true, cancelable: true });
    await act(async () => void option.dispatchEvent(down));
    expect(down.defaultPrevented).toBe(true);
    await press(option);
    expect([given, isOpen()]).toEqual([['house/writer'], false]);
  });

  it.each([
    ['its title', 'SMALL', ['Small model']],
    ['its value', 'house/', ['Writer']],
    ['its detail', 'gb', ['Large model']],
    ['all words, in any order', 'model large', ['Large model']],
    ['an expression as plain text', '.*', []],
    ['only spaces as nothing', '   ', ['Small model', 'Large model', 'Writer']],
  ])('finds a suggestion by %s', async (_what, typed, found) => {
    await show();
    await type(input(), typed);
    expect(titles()).toEqual(found);
  });

  it('accepts a text that nothing suggests, and says that nothing matches', async () => {
    await show();
    await type(input(), 'my-own');
    expect([given, texts('.combobox-empty'), one('[role=listbox]').hidden]).toEqual([
      ['my-own'],
      ['No model has this name.'],
      true,
    ]);
    await pressKey(input(), 'ArrowDown');
    await pressKey(input(), 'Enter');
    expect([given, input().value]).toEqual([['my-own'], 'my-own']);
  });

  it('shows sixty of ten thousand suggestions, and finds the last one by its name', async () => {
    const many = Array.from({ length: 10_000 }, (_none, index) => ({
      value: `m${index}`,
      title: `Model ${index}`,
      detail: '',
    }));
    await show({ of: many });
    await press(input());
    expect(titles()).toHaveLength(60);
    await type(input(), 'm9999');
    expect(titles()).toEqual(['Model 9999']);
  });

  it('does not open when it is read-only', async () => {
    await show({ isReadOnly: true });
    await press(input());
    await pressKey(input(), 'ArrowDown');
    expect([input().readOnly, isOpen()]).toEqual([true, false]);
  });

  it('leaves keys alone while an input method composes a character', async () => {
    await show();
    await press(input());
    expect(await pressKey(input(), 'Enter', { isComposing: true })).toBe(true);
    expect(given).toEqual([]);
  });

  it('tells a screen reader that it is wrong and where the help is', async () => {
    await show({ isInvalid: true });
    expect(input().getAttribute('aria-invalid')).toBe('true');
    expect(input().getAttribute('aria-describedby')).toBe('model-help');
    expect(input().placeholder).toBe('Choose a model');
  });

  it('shows markup in a suggestion as text', async () => {
    await show({ of: [{ value: 'x', title: '<b>bold</b>', detail: '<script>1</script>' }] });
    await press(input());
    expect(titles()).toEqual(['<b>bold</b>']);
    expect(all('[role=option] b, script')).toEqual([]);
  });
});
