import { lexer, type Token } from 'marked';
import { decodeEntities } from '../../ui/markdown/decode-entities.js';
import { createTokenRenderer, type Attributes } from '../../ui/markdown/render-tokens.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { h } from './dom.js';

/** Longer text is shown without Markdown, so that rendering a very long or hostile text does not block the page. */
const mostCharacters = 60_000;

/** Creates the mark of a source from its number in the text, where the source exists. */
export type MarkSource = (number: number) => Node | undefined;

/** Markdown as our own elements: HTML in it is shown as text, and images are named, not loaded. */
export function markdown(text: string, mark: MarkSource = () => undefined): readonly Node[] {
  let tokens: readonly Token[];
  try {
    tokens = lexer(text.slice(0, mostCharacters), { gfm: true, breaks: false });
  } catch {
    return [h('p', { class: 'plain' }, visibleText(text))];
  }
  const rest = text.slice(mostCharacters);
  const made = createTokenRenderer<Node>({
    level: 2,
    element: (name, attributes, children) => h(name, named(attributes), ...children),
    group,
    text: (_token, part, isCode) => (isCode ? visibleText(part) : group(marked(part, mark))),
    code: (token) => visibleText(token.text),
  })(tokens);
  return rest === '' ? [made] : [made, h('p', { class: 'plain' }, visibleText(rest))];
}

function group(children: readonly (Node | string | undefined)[]): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(...children.filter((child) => child !== undefined));
  return fragment;
}

/** Text in which `[1]` stands for a source. */
function marked(text: string, mark: MarkSource): (Node | string)[] {
  return visibleText(decodeEntities(text))
    .split(/(\[\d{1,3}\])/)
    .map((part) => (/^\[\d+\]$/.test(part) ? (mark(Number(part.slice(1, -1))) ?? part) : part));
}

/** The attributes by their names in the document. */
const named = ({ className, tabIndex, ...attributes }: Attributes): Record<string, string | number | undefined> => ({
  ...attributes,
  class: className,
  tabindex: tabIndex,
});
