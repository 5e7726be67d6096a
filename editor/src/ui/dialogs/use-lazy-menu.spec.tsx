/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DropdownMenu } from 'radix-ui';
import { act, type ReactElement } from 'react';
import { openFakePage, type FakePage } from '../testing/fake-page.js';
import { lazyMenu, useLazyMenu, type LazyMenu, type MenuStart } from './use-lazy-menu.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom has no layout, which positioned menus need.
Object.assign(globalThis, {
  ResizeObserver: class {
    observe = () => undefined;
    unobserve = () => undefined;
    disconnect = () => undefined;
  },
});

type Props = { readonly start: MenuStart };

function Menu({ start }: Props): ReactElement {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={start.isOpened}>
      <DropdownMenu.Trigger autoFocus={start.hasFocus}>More</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content>
          <DropdownMenu.Item>Rename</DropdownMenu.Item>
          <DropdownMenu.Item>Delete</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Late({ menu }: { readonly menu: LazyMenu<Props> }): ReactElement {
  const { Menu: Loaded, start, placeholder } = useLazyMenu(menu);
  return Loaded === undefined ? <button {...placeholder}>More</button> : <Loaded start={start} />;
}

let page: FakePage;
let arrive: () => void;
let fetched: number;
beforeEach(async () => {
  fetched = 0;
  page = openFakePage(() => undefined);
  const menu = lazyMenu<Props>(() => {
    fetched += 1;
    return new Promise((resolve) => (arrive = () => resolve(Menu)));
  });
  await act(async () => page.root.render(<Late menu={menu} />));
});
afterEach(() => page.leave());

const button = (): HTMLButtonElement | null => document.querySelector('button');
const items = (): readonly (string | null)[] =>
  [...document.querySelectorAll('[role=menuitem]')].map(({ textContent }) => textContent);
const settled = (doing: () => void): Promise<void> =>
  act(async () => {
    doing();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });

describe('a menu that is fetched when its button is about to be used', () => {
  it('is not fetched before, and opens for the press that fetched it', async () => {
    expect(fetched).toBe(0);
    await settled(() => button()?.click());
    expect([fetched, items()]).toEqual([1, []]);
    await settled(() => arrive());
    expect(items()).toEqual(['Rename', 'Delete']);
  });

  it('is fetched on focus, keeps the focus, and opens at its first entry by a key', async () => {
    const placeholder = button();
    await settled(() => placeholder?.focus());
    await settled(() => arrive());
    expect([button() === placeholder, document.activeElement === button(), items()]).toEqual([false, true, []]);
    await settled(() => button()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));
    expect(document.activeElement?.textContent).toBe('Rename');
  });

  it('does not replace its button while that is pressed, so that the press is not lost', async () => {
    const placeholder = button();
    await settled(() => placeholder?.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true })));
    await settled(() => placeholder?.focus());
    await settled(() => arrive());
    expect(button()).toBe(placeholder);
    await settled(() => placeholder?.click());
    await settled(() => arrive());
    expect(items()).toEqual(['Rename', 'Delete']);
  });

  it('opens for a press while it is being fetched', async () => {
    await settled(() => button()?.focus());
    await settled(() => button()?.click());
    await settled(() => arrive());
    expect(items()).toEqual(['Rename', 'Delete']);
  });
});
