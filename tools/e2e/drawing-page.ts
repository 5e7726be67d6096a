import type { Locator, Page } from 'playwright-core';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';

/** The greeting workflow with a position for each node. */
export const laidOut = { ...greeting, layout: { nodes: { who: [0, 0], words: [320, 0], reply: [640, 0] } } };

/** A stored draft. */
export interface Stored {
  readonly nodes: Readonly<
    Record<string, { readonly type: string; readonly config: Readonly<Record<string, unknown>> }>
  >;
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly layout?: {
    readonly nodes: Readonly<Record<string, readonly [number, number]>>;
    readonly notes: readonly { readonly text: string; readonly color?: string }[];
    readonly groups: readonly { readonly title: string; readonly nodes: readonly string[] }[];
  };
  readonly workflows?: Readonly<Record<string, unknown>>;
}

/** Drops a file on the canvas. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content ?? ''], file ?? ''));
      return data;
    },
    [name, text],
  );
  await page.dispatchEvent('.react-flow', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('.react-flow', 'drop', { dataTransfer: transfer, clientX: 500, clientY: 600 });
}

/** Gives the box of an element once the view has stopped moving; the view moves to new nodes. */
async function restingBox(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  for (let before = ''; ;) {
    const box = await element.boundingBox();
    if (box === null) throw new Error('The element is not on the page.');
    if (JSON.stringify(box) === before) return box;
    before = JSON.stringify(box);
    await element.page().waitForTimeout(60);
  }
}

async function middleOf(element: Locator): Promise<readonly [number, number]> {
  const box = await restingBox(element);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Actions on the canvas of the open page. */
export function drawingPage(address: () => string, page: () => Page) {
  /** Stores a workflow and opens its canvas; returns its id. */
  async function open(document: object): Promise<string> {
    const reply = await fetch(`${address()}/api/workflows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ document }),
    });
    const { id } = (await reply.json()) as { readonly id: string };
    await page().goto(`${address()}/workflows/${id}`);
    await page().getByRole('textbox', { name: 'Workflow name' }).waitFor();
    await page().locator('.react-flow__viewport').waitFor({ state: 'attached' });
    return id;
  }
  const stored = async (id: string): Promise<Stored> => {
    const reply = await fetch(`${address()}/api/workflows/${id}`);
    return ((await reply.json()) as { readonly document: Stored }).document;
  };
  /** Waits until the stored draft fulfils a condition. */
  const until = (id: string, what: string, isSo: (document: Stored) => boolean): Promise<Stored> =>
    eventually(what, async () => {
      const document = await stored(id);
      return isSo(document) ? document : undefined;
    });
  const card = (title: string): Locator => page().getByRole('article', { name: title, exact: true });
  const handle = (title: string, port: string, side: 'source' | 'target'): Locator =>
    card(title).locator(`.react-flow__handle.${side}[data-handleid="${port}"]`);
  /** Draws an edge with the pointer from a port to a position on the screen. */
  async function drawEdge(from: Locator, to: readonly [number, number]): Promise<void> {
    const { mouse } = page();
    await mouse.move(...(await middleOf(from)));
    await mouse.down();
    await mouse.move(to[0] - 8, to[1] - 8, { steps: 4 });
    await mouse.move(...to);
    await mouse.up();
  }
  const pick = (name: string) => page().locator('.picker-item').filter({ hasText: name }).first().click();
  /** Types into the open list and chooses the first result. */
  async function choose(label: string): Promise<void> {
    // The previous list may still be closing, and the new one may not have the focus yet.
    const search = page().locator('.picker-search:focus');
    await search.waitFor();
    await page().keyboard.type(label);
    await eventually(`${label} in the search`, async () => ((await search.inputValue()) === label ? true : undefined));
    await page().keyboard.press('Enter');
  }
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page().keyboard.press(key);
  };
  const focusCanvas = () => page().locator('.workflow-canvas').focus();
  return { open, stored, until, card, handle, middleOf, drawEdge, pick, choose, press, focusCanvas };
}
