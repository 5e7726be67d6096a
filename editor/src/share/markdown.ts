import { lexer, type Token, type Tokens } from 'marked';
import { decodeEntities } from '../values/decode-entities.js';
import { safeLink } from '../values/safe-link.js';
import { visibleText } from '../values/visible-text.js';
import { h, type Child } from './dom.js';

/** Longer text is shown as it is: an endless or hostile text must not block the page. */
const mostCharacters = 60_000;
const deepest = 24;

/** Creates the mark of a source from its number in the text, where the source exists. */
export type MarkSource = (number: number) => Node | undefined;

/** Markdown as our own elements: HTML in it is shown as text, and images are named, not loaded. */
export function markdown(text: string, mark: MarkSource = () => undefined): readonly Node[] {
  const shown = text.slice(0, mostCharacters);
  let tokens: readonly Token[];
  try {
    tokens = lexer(shown, { gfm: true, breaks: false });
  } catch {
    return [h('p', { class: 'plain' }, visibleText(text))];
  }
  const rest = text.slice(mostCharacters);
  const made = createWriter(mark).blocks(tokens, 0);
  return rest === '' ? made : [...made, h('p', { class: 'plain' }, visibleText(rest))];
}

function createWriter(mark: MarkSource) {
  const words = (text: string): string => visibleText(decodeEntities(text));

  /** Text in which `[1]` stands for a source. */
  function marked(text: string): Child[] {
    return words(text)
      .split(/(\[\d{1,3}\])/)
      .map((part) => (/^\[\d+\]$/.test(part) ? (mark(Number(part.slice(1, -1))) ?? part) : part));
  }

  function blocks(tokens: readonly Token[], depth: number): Node[] {
    return tokens.flatMap((token) => {
      const made = block(token, depth);
      return made === undefined ? [] : [typeof made === 'string' ? document.createTextNode(made) : made];
    });
  }

  // The lexer's tokens are an open union: each branch casts to the token of its type.
  function block(token: Token, depth: number): Child {
    if (depth > deepest) return visibleText(token.raw);
    switch (token.type) {
      case 'space':
      case 'def':
        return undefined;
      case 'heading': {
        const { depth: level, tokens } = token as Tokens.Heading;
        const given = { role: 'heading', 'aria-level': Math.min(6, level + 2), class: `heading heading-${level}` };
        return h('p', given, ...inlines(tokens, depth));
      }
      case 'paragraph':
        return h('p', {}, ...inlines((token as Tokens.Paragraph).tokens, depth));
      case 'code': {
        const { text } = token as Tokens.Code;
        return h('pre', { tabindex: 0, 'aria-label': 'Code' }, h('code', {}, visibleText(text)));
      }
      case 'blockquote':
        return h('blockquote', {}, ...blocks((token as Tokens.Blockquote).tokens, depth + 1));
      case 'list':
        return list(token as Tokens.List, depth);
      case 'table':
        return table(token as Tokens.Table, depth);
      case 'hr':
        return h('hr');
      case 'checkbox':
        return (token as Tokens.Checkbox).checked ? '☑ ' : '☐ ';
      case 'html':
        return h('p', {}, visibleText(token.raw.trim()));
      case 'text': {
        const { tokens } = token as Tokens.Text;
        return h('span', {}, ...(tokens === undefined ? marked(token.raw) : inlines(tokens, depth)));
      }
      default:
        return inline(token, depth)[0];
    }
  }

  function list({ ordered, start, items }: Tokens.List, depth: number): Node {
    const entries = items.map(({ task, checked, tokens }) => {
      const hasBox = tokens.some(({ type }) => type === 'checkbox');
      const box = task && !hasBox ? (checked === true ? '☑ ' : '☐ ') : undefined;
      return h('li', {}, box, ...blocks(tokens, depth + 1));
    });
    return ordered ? h('ol', { start: start === '' ? 1 : start }, ...entries) : h('ul', {}, ...entries);
  }

  function table({ header, rows }: Tokens.Table, depth: number): Node {
    const head = h('tr', {}, ...header.map(({ tokens }) => h('th', { scope: 'col' }, ...inlines(tokens, depth))));
    const body = rows.map((row) => h('tr', {}, ...row.map(({ tokens }) => h('td', {}, ...inlines(tokens, depth)))));
    const whole = h('table', {}, h('thead', {}, head), h('tbody', {}, ...body));
    return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' }, whole);
  }

  function inlines(tokens: readonly Token[] | undefined, depth: number): Child[] {
    return (tokens ?? []).flatMap((token) => inline(token, depth + 1));
  }

  function inline(token: Token, depth: number): Child[] {
    if (depth > deepest) return [visibleText(token.raw)];
    switch (token.type) {
      case 'strong':
        return [h('strong', {}, ...inlines((token as Tokens.Strong).tokens, depth))];
      case 'em':
        return [h('em', {}, ...inlines((token as Tokens.Em).tokens, depth))];
      case 'del':
        return [h('del', {}, ...inlines((token as Tokens.Del).tokens, depth))];
      case 'codespan':
        return [h('code', {}, visibleText((token as Tokens.Codespan).text))];
      case 'br':
        return [h('br')];
      case 'link': {
        const { href, tokens, raw } = token as Tokens.Link;
        return link(href, inlines(tokens, depth)) ?? [visibleText(raw)];
      }
      case 'image': {
        const { href, text } = token as Tokens.Image;
        const name = visibleText(text === '' ? 'picture' : text);
        return ['Image not loaded: ', ...(link(href, [name]) ?? [name])];
      }
      case 'escape':
        return [words((token as Tokens.Escape).text)];
      case 'text': {
        const { tokens } = token as Tokens.Text;
        return tokens === undefined ? marked(token.raw) : inlines(tokens, depth);
      }
      default:
        return [visibleText(token.raw)];
    }
  }

  return { blocks };
}

function link(href: string, children: readonly Child[]): Child[] | undefined {
  const address = safeLink(decodeEntities(href));
  return address === undefined ? undefined : [outside(address, ...children)];
}

/** A link that leaves the page without a referrer. */
export const outside = (address: string, ...children: readonly Child[]): HTMLAnchorElement =>
  h(
    'a',
    { href: address, target: '_blank', rel: 'noreferrer noopener nofollow', title: visibleText(address) },
    ...children,
  );
