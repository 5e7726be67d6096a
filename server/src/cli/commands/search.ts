import { type Passage } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, printToStderr } from '../output.js';
import { withClient } from './context.js';

/** `heddle search`: prints the best passages for a query. */
export async function search(
  collection: string,
  query: string,
  options: {
    readonly k: number;
    readonly mode?: 'hybrid' | 'dense' | 'lexical';
    readonly graphWeight?: number;
    readonly json?: true;
  },
  command: Command,
): Promise<void> {
  const { k, mode, graphWeight } = options;
  const { results: passages, unranked } = await withClient(command, ({ api }) =>
    api.POST('/api/collections/{name}/search', {
      params: { path: { name: collection } },
      body: { query, k, mode, graphWeight },
    }),
  );
  if (unranked !== undefined) printToStderr(`Not reranked: ${unranked.message}`);
  if (options.json === true) printJson(passages);
  else if (passages.length === 0) printToStderr(`Nothing in '${collection}' fits.`);
  else print(...passages.map(passageText));
}

function passageText({ document, title, score, place: location, linkedBy = [], text }: Passage, index: number): string {
  // The first heading of a document is often its title, which the set keeps once.
  const names = [...new Set([title ?? document, ...(location?.headings ?? [])])].join(' › ');
  const page = location?.page === undefined ? '' : `, page ${location.page}`;
  const head = `${index + 1}. ${names}  [${document}${page}]${score === undefined ? '' : `  ${score.toFixed(3)}`}`;
  const flat = text.replace(/\s+/g, ' ').trim();
  const links = linkedBy.length === 0 ? '' : `\n   found through ${linkedBy.join(', ')}`;
  return `${head}${links}\n   ${flat.length <= 300 ? flat : `${flat.slice(0, 297)}...`}`;
}
