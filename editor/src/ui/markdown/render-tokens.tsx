import type { Token, Tokens } from 'marked';
import { createElement, Fragment, useContext, type ReactElement, type ReactNode } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { decodeEntities } from './decode-entities.js';
import { MarkedTokens, MarkedText } from './MarkedText.js';
import { isRelative, linkAttributes, safeLink } from './safe-link.js';
import { visibleText } from './visible-text.js';

/** Deeper nesting is shown as text. */
const deepest = 24;
/** Headings of a value are below those of the page. */
const levelsAbove = 3;

/** Renders parsed Markdown. HTML in it is shown as text; an image becomes a link with its name and is never loaded. */
export const renderTokens = (tokens: readonly Token[]): ReactNode => group(blocks(tokens, 0));

const element = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly ReactNode[],
): ReactElement => createElement(name, attributes, ...children);
const group = (children: readonly ReactNode[]): ReactElement => createElement(Fragment, null, ...children);
const textOf = (token: Token, text: string, isCode: boolean): ReactElement => (
  <MarkedText token={token} text={text} isCode={isCode} />
);

/** Renders code in pieces that stay the same while the text grows. Code with marks is split at the marks instead. */
function CodeText({ token }: { readonly token: Tokens.Code }): ReactElement {
  const isMarked = useContext(MarkedTokens)?.has(token) === true;
  return isMarked ? textOf(token, token.text, true) : <>{stablePieces(visibleText(token.text))}</>;
}

const blocks = (tokens: readonly Token[], depth: number): ReactNode[] => tokens.map((token) => block(token, depth));
const inlines = (tokens: readonly Token[] | undefined, depth: number): ReactNode[] =>
  (tokens ?? []).map((token) => inline(token, depth + 1));
const cells = (name: 'th' | 'td', row: readonly Tokens.TableCell[], depth: number): ReactElement =>
  element(
    'tr',
    {},
    row.map(({ tokens }) => element(name, name === 'th' ? { scope: 'col' } : {}, inlines(tokens, depth))),
  );

// The lexer's tokens are an open union: each branch casts to the token of its type.
function block(token: Token, depth: number): ReactNode {
  if (depth > deepest) return visibleText(token.raw);
  switch (token.type) {
    case 'space':
    case 'def':
      return undefined;
    case 'heading':
      return heading(token as Tokens.Heading, depth);
    case 'paragraph':
      return element('p', {}, inlines((token as Tokens.Paragraph).tokens, depth));
    case 'code':
      return element('pre', { className: 'output-json mono', tabIndex: 0, 'aria-label': 'Code' }, [
        element('code', {}, [<CodeText token={token as Tokens.Code} />]),
      ]);
    case 'blockquote':
      return element('blockquote', {}, blocks((token as Tokens.Blockquote).tokens, depth + 1));
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table, depth);
    case 'hr':
      return element('hr', {}, []);
    case 'checkbox':
      return boxText((token as Tokens.Checkbox).checked);
    case 'html':
      return element('p', {}, [textOf(token, token.raw.trim(), true)]);
    default:
      return inline(token, depth);
  }
}

function heading({ depth: level, tokens }: Tokens.Heading, depth: number): ReactElement {
  const ariaLevel = Math.min(6, level + levelsAbove);
  return element(
    'p',
    { className: 'markdown-heading', role: 'heading', 'aria-level': ariaLevel, 'data-level': level },
    inlines(tokens, depth),
  );
}

function list({ ordered, start, items }: Tokens.List, depth: number): ReactElement {
  const entries = items.map(({ task, checked, tokens }) => {
    const isBoxMissing = task && !tokens.some(({ type }) => type === 'checkbox');
    return element('li', {}, [isBoxMissing ? boxText(checked) : undefined, ...blocks(tokens, depth + 1)]);
  });
  return ordered ? element('ol', { start: start === '' ? 1 : start }, entries) : element('ul', {}, entries);
}

function table({ header, rows }: Tokens.Table, depth: number): ReactElement {
  const body = rows.map((row) => cells('td', row, depth));
  return element('div', { className: 'value-scroll', tabIndex: 0, role: 'region', 'aria-label': 'Table' }, [
    element('table', {}, [element('thead', {}, [cells('th', header, depth)]), element('tbody', {}, body)]),
  ]);
}

function inline(token: Token, depth: number): ReactNode {
  if (depth > deepest) return visibleText(token.raw);
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return element(token.type, {}, inlines((token as Tokens.Strong).tokens, depth));
    case 'codespan':
      return element('code', { className: 'mono' }, [textOf(token, (token as Tokens.Codespan).text, true)]);
    case 'br':
      return element('br', {}, []);
    case 'link': {
      const { href, tokens, raw } = token as Tokens.Link;
      const text = inlines(tokens, depth);
      return link(href, text) ?? (isRelative(decodeEntities(href)) ? group(text) : visibleText(raw));
    }
    case 'image': {
      const { href, text } = token as Tokens.Image;
      const name = visibleText(text === '' ? 'picture' : text);
      return element('span', { className: 'picture-left-out' }, ['Image not loaded: ', link(href, [name]) ?? name]);
    }
    case 'escape':
      return textOf(token, (token as Tokens.Escape).text, false);
    case 'text': {
      const { tokens } = token as Tokens.Text;
      return tokens === undefined ? textOf(token, token.raw, false) : group(inlines(tokens, depth));
    }
    default:
      return visibleText(token.raw);
  }
}

function link(href: string, children: readonly ReactNode[]): ReactElement | undefined {
  const address = safeLink(decodeEntities(href));
  return address === undefined ? undefined : element('a', linkAttributes(address), children);
}

const boxText = (isChecked: boolean | undefined): string => (isChecked === true ? '☑ ' : '☐ ');
