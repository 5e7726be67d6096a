import type { Token, Tokens } from 'marked';
import { decodeEntities } from './decode-entities.js';
import { safeLink } from './safe-link.js';
import { visibleText } from './visible-text.js';

/** Deeper nesting is shown as text. */
const deepest = 24;

export type Attributes = Readonly<Record<string, string | number>>;

/** What Markdown is made of: elements of React, or of the document. */
export interface Maker<Element> {
  /** The level below which the headings of a text begin. */
  readonly level: number;
  element(name: string, attributes: Attributes, children: readonly Child<Element>[]): Element;
  group(children: readonly Child<Element>[]): Element;
  /** The text of a token. In code, entities stay as they are. */
  text(token: Token, text: string, isCode: boolean): Child<Element>;
  /** The text of a code block. */
  code(token: Tokens.Code): Child<Element>;
}
type Child<Element> = Element | string | undefined;

/** An outside page learns nothing of this one. */
export const linkAttributes = (address: string): Attributes => ({
  href: address,
  target: '_blank',
  rel: 'noreferrer noopener nofollow',
  title: visibleText(address),
});

/** Makes elements of parsed Markdown: HTML in it is shown as text, and an image is named and linked, never loaded. */
export function createTokenRenderer<Element>(make: Maker<Element>): (tokens: readonly Token[]) => Element {
  type Part = Child<Element>;

  const blocks = (tokens: readonly Token[], depth: number): Part[] => tokens.map((token) => block(token, depth));
  const inlines = (tokens: readonly Token[] | undefined, depth: number): Part[] =>
    (tokens ?? []).map((token) => inline(token, depth + 1));
  const cells = (name: 'th' | 'td', row: readonly Tokens.TableCell[], depth: number): Element =>
    make.element(
      'tr',
      {},
      row.map(({ tokens }) => make.element(name, name === 'th' ? { scope: 'col' } : {}, inlines(tokens, depth))),
    );

  // The lexer's tokens are an open union: each branch casts to the token of its type.
  function block(token: Token, depth: number): Part {
    if (depth > deepest) return visibleText(token.raw);
    switch (token.type) {
      case 'space':
      case 'def':
        return undefined;
      case 'heading':
        return heading(token as Tokens.Heading, depth);
      case 'paragraph':
        return make.element('p', {}, inlines((token as Tokens.Paragraph).tokens, depth));
      case 'code':
        return make.element('pre', { className: 'output-json mono', tabIndex: 0, 'aria-label': 'Code' }, [
          make.element('code', {}, [make.code(token as Tokens.Code)]),
        ]);
      case 'blockquote':
        return make.element('blockquote', {}, blocks((token as Tokens.Blockquote).tokens, depth + 1));
      case 'list':
        return list(token as Tokens.List, depth);
      case 'table':
        return table(token as Tokens.Table, depth);
      case 'hr':
        return make.element('hr', {}, []);
      case 'checkbox':
        return boxText((token as Tokens.Checkbox).checked);
      case 'html':
        return make.element('p', {}, [make.text(token, token.raw.trim(), true)]);
      default:
        return inline(token, depth);
    }
  }

  /** Headings of a value are below those of the page. */
  function heading({ depth: level, tokens }: Tokens.Heading, depth: number): Element {
    const ariaLevel = Math.min(6, level + make.level);
    return make.element(
      'p',
      { className: 'markdown-heading', role: 'heading', 'aria-level': ariaLevel, 'data-level': level },
      inlines(tokens, depth),
    );
  }

  function list({ ordered, start, items }: Tokens.List, depth: number): Element {
    const entries = items.map(({ task, checked, tokens }) => {
      const isBoxMissing = task && !tokens.some(({ type }) => type === 'checkbox');
      return make.element('li', {}, [isBoxMissing ? boxText(checked) : undefined, ...blocks(tokens, depth + 1)]);
    });
    return ordered ? make.element('ol', { start: start === '' ? 1 : start }, entries) : make.element('ul', {}, entries);
  }

  function table({ header, rows }: Tokens.Table, depth: number): Element {
    const body = rows.map((row) => cells('td', row, depth));
    return make.element('div', { className: 'value-scroll', tabIndex: 0, role: 'region', 'aria-label': 'Table' }, [
      make.element('table', {}, [
        make.element('thead', {}, [cells('th', header, depth)]),
        make.element('tbody', {}, body),
      ]),
    ]);
  }

  function inline(token: Token, depth: number): Part {
    if (depth > deepest) return visibleText(token.raw);
    switch (token.type) {
      case 'strong':
      case 'em':
      case 'del':
        return make.element(token.type, {}, inlines((token as Tokens.Strong).tokens, depth));
      case 'codespan':
        return make.element('code', { className: 'mono' }, [make.text(token, (token as Tokens.Codespan).text, true)]);
      case 'br':
        return make.element('br', {}, []);
      case 'link': {
        const { href, tokens, raw } = token as Tokens.Link;
        return link(href, inlines(tokens, depth)) ?? visibleText(raw);
      }
      case 'image': {
        const { href, text } = token as Tokens.Image;
        const name = visibleText(text === '' ? 'picture' : text);
        return make.element('span', { className: 'picture-left-out' }, [
          'Image not loaded: ',
          link(href, [name]) ?? name,
        ]);
      }
      case 'escape':
        return make.text(token, (token as Tokens.Escape).text, false);
      case 'text': {
        const { tokens } = token as Tokens.Text;
        return tokens === undefined ? make.text(token, token.raw, false) : make.group(inlines(tokens, depth));
      }
      default:
        return visibleText(token.raw);
    }
  }

  function link(href: string, children: readonly Part[]): Element | undefined {
    const address = safeLink(decodeEntities(href));
    return address === undefined ? undefined : make.element('a', linkAttributes(address), children);
  }

  return (tokens) => make.group(blocks(tokens, 0));
}

const boxText = (isChecked: boolean | undefined): string => (isChecked === true ? '☑ ' : '☐ ');
