import { placeWords } from '../../ui/values/read/place-words.js';
import { plainWords } from '../../ui/markdown/plain-words.js';
import { linkAttributes } from '../../ui/markdown/render-tokens.js';
import { safeLink } from '../../ui/markdown/safe-link.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { h } from './dom.js';
import type { Source } from './kept.js';

const mostWords = 3_000;
const around = 400;

/** The sources of an answer, each folded until it is opened; and the mark in the text that opens one. */
export function createSources(sources: readonly Source[]) {
  const folds = new Map<number, HTMLDetailsElement>();
  for (const source of sources) if (!folds.has(source.number)) folds.set(source.number, fold(source));
  const element =
    folds.size === 0
      ? undefined
      : h(
          'section',
          { class: 'sources', 'aria-label': 'Sources' },
          h('p', { class: 'quiet' }, 'Sources'),
          ...folds.values(),
        );
  return {
    element,
    mark(number: number): Node | undefined {
      const source = folds.get(number);
      if (source === undefined) return undefined;
      const name = source.querySelector('.source-name')?.textContent ?? '';
      const open = (): void => {
        source.open = true;
        source.querySelector('summary')?.focus();
        source.scrollIntoView({ block: 'nearest' });
      };
      const given = { type: 'button', class: 'mark', title: name, 'aria-label': `Source ${number}: ${name}` };
      return h('button', { ...given, on: { click: open } }, String(number));
    },
  };
}

function fold(source: Source): HTMLDetailsElement {
  const place = [source.title === undefined ? '' : source.document, placeWords(source.place)].filter(
    (part) => part !== '',
  );
  const address = source.source === undefined ? undefined : safeLink(source.source);
  return h(
    'details',
    { class: 'source' },
    h(
      'summary',
      {},
      h('span', { class: 'number' }, String(source.number)),
      h('span', { class: 'source-name' }, visibleText(source.title ?? source.document)),
    ),
    place.length === 0 ? undefined : h('p', { class: 'quiet' }, visibleText(place.join(' · '))),
    h('blockquote', { dir: 'auto' }, ...passage(source)),
    address === undefined ? undefined : h('p', {}, h('a', { ...linkAttributes(address) }, 'Open document')),
  );
}

/** Without Markdown marks, as there is space for only a few lines. */
const asRead = (words: string): string => visibleText(plainWords(words));

/** The passage with the supporting text marked; only the quote where the run returned no passage. */
function passage({ words, quote, quoteStart, quoteEnd }: Source): (Node | string)[] {
  const quoted = h('mark', {}, asRead(quote.slice(0, mostWords)));
  if (words === undefined || words.slice(quoteStart, quoteEnd) !== quote) return [quoted];
  const before = words.slice(Math.max(0, quoteStart - around), quoteStart);
  const after = words.slice(quoteEnd, quoteEnd + around);
  return [
    quoteStart > around ? '… ' : '',
    asRead(before),
    quoted,
    asRead(after),
    quoteEnd + around < words.length ? ' …' : '',
  ];
}
