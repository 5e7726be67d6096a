import type { Page } from 'playwright-core';
import { greeting } from './documents.js';

/** Repeats a loop until a text is long enough. Its edges use the ports of the switch in another order than the switch has them. */
export const sorting = {
  ...greeting,
  nodes: {
    ...greeting.nodes,
    sort: {
      type: 'switch',
      version: 1,
      config: { cases: [{ name: 'yes', when: 'endsWith(value, "!!")' }], otherwise: 'no' },
    },
  },
  edges: [
    { from: 'who.name', to: 'words.name' },
    { from: 'words.text', to: 'sort.value' },
    { from: 'sort.no', to: 'words.name', loop: { max: 5 } },
    { from: 'sort.yes', to: 'reply.greeting' },
  ],
  layout: { nodes: { who: [0, 0], words: [320, 0], sort: [640, 0], reply: [960, 0] } },
};

/** Lists the edges on the canvas, with the larger distance in pixels of an end from its port, and their lowest point. */
export function edgesOf(page: Page): Promise<readonly { name: string; off: number; lowest: number }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<SVGGElement>('.react-flow__edge')].map((edge) => {
      const name = edge.getAttribute('aria-label') ?? '';
      const path = edge.querySelector<SVGPathElement>('.canvas_edge-line');
      const matrix = path?.getScreenCTM();
      if (path === null || matrix === null || matrix === undefined) return { name, off: Infinity, lowest: 0 };
      const length = path.getTotalLength();
      const at = (share: number): DOMPoint => path.getPointAtLength(length * share).matrixTransform(matrix);
      const [from = '', to = ''] = name.replace('From ', '').split(' to ');
      const offOf = (end: string, side: string, point: DOMPoint): number => {
        const [node, port] = end.split('.');
        const selector = `.react-flow__handle.${side}[data-nodeid="${node}"][data-handleid="${port}"]`;
        const box = document.querySelector(selector)?.getBoundingClientRect();
        return box === undefined ? Infinity : Math.abs(box.y + box.height / 2 - point.y);
      };
      const heights = Array.from({ length: 41 }, (_, step) => at(step / 40).y);
      return {
        name,
        off: Math.max(offOf(from, 'source', at(0)), offOf(to, 'target', at(1))),
        lowest: Math.max(...heights),
      };
    }),
  );
}
