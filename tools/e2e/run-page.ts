import type { Page } from 'playwright-core';
import { eventually } from './eventually.js';

/** The id of the run that the page shows. */
export const runIdOf = (page: Page): string => {
  const { pathname, searchParams } = new URL(page.url());
  return searchParams.get('run') ?? /^\/runs\/([^/]+)$/.exec(pathname)?.[1] ?? '';
};
/** A card by its title. */
export const card = (page: Page, title: string) => page.getByRole('article', { name: title, exact: true });
/** The result region of the run that the page shows. */
export const result = (page: Page) => page.getByRole('region', { name: 'Result' });
/** Counts the cards that are not fully visible on the canvas; undefined if there are no cards yet. */
export const cutCards = (page: Page): Promise<number | undefined> =>
  page.evaluate(() => {
    const room = document.querySelector('.react-flow')?.getBoundingClientRect();
    const boxes = [...document.querySelectorAll('.react-flow__node')].map((node) => node.getBoundingClientRect());
    if (room === undefined || boxes.length === 0) return undefined;
    return boxes.filter(
      (box) => box.left < room.left || box.right > room.right || box.top < room.top || box.bottom > room.bottom,
    ).length;
  });
/** Lists the cards and notes that a part of the page covers. */
export const coveredCards = (page: Page, part: string): Promise<readonly string[]> =>
  page.evaluate((selector) => {
    const over = document.querySelector(selector)?.getBoundingClientRect();
    if (over === undefined) throw new Error(`There is no ${selector}.`);
    return [...document.querySelectorAll('.react-flow__node')].flatMap((node) => {
      const box = node.getBoundingClientRect();
      const isApart =
        box.right <= over.left || box.left >= over.right || box.bottom <= over.top || box.top >= over.bottom;
      return isApart ? [] : [node.textContent ?? ''];
    });
  }, part);
/** Puts a text on one line. */
export const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What a user does with runs on the open page. */
export function runPage(address: () => string, page: () => Page) {
  /** Opens a workflow, fills in a field and runs it; returns the id of the run. */
  async function runIn(slug: string, field: string, text: string): Promise<string> {
    await page().goto(`${address()}/workflows/${slug}`);
    await page()
      .getByRole('textbox', { name: new RegExp(`^${field}\\b`) })
      .fill(text);
    return begin();
  }
  /** Presses Run; returns the id of the new run. */
  async function begin(): Promise<string> {
    const before = runIdOf(page());
    await page().locator('.run-actions button[type=submit]').click();
    return began(before);
  }
  /** Waits until the page shows another run. */
  const began = (before: string): Promise<string> =>
    eventually('run', () => (runIdOf(page()) !== before && runIdOf(page()) !== '' ? runIdOf(page()) : undefined));
  /** Waits until the page shows that the run has ended. */
  const seenEnded = () => page().locator('.run-actions button[type=submit]').waitFor({ state: 'attached' });
  /** Selects a node by its card. */
  const choose = (title: string) => card(page(), title).locator('.canvas_card-icon').click();
  /** Runs a command by its name, like the palette. */
  async function command(name: string): Promise<void> {
    await page().keyboard.press('Control+k');
    await page().getByRole('combobox', { name: 'Commands' }).fill(name);
    await page().keyboard.press('Enter');
  }
  return { runIn, begin, began, seenEnded, choose, command };
}
