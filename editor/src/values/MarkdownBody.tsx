import type { Token, Tokens } from 'marked';
import { Fragment, memo, useContext, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { decodeEntities } from './decode-entities.js';
import { read } from './growing-blocks.js';
import { LongText, MoreText } from './LongText.js';
import { MarkedTokens, MarkedWords } from './MarkedWords.js';
import { markTokens, type Segment, type Span } from './mark-tokens.js';
import { safeLink } from './safe-link.js';
import { visibleText } from './visible-text.js';

/** More is parsed on demand, so that a hostile or endless text cannot block the page. */
const firstCharacters = 10_000;
const moreCharacters = 10_000;
/** Deeper nesting is shown as text. */
const deepest = 24;

/** Markdown as our own elements: HTML in it is shown as text. */
export default function MarkdownBody({
  text,
  marks,
}: {
  readonly text: string;
  /** The same text in parts, some of them marked. */
  readonly marks?: readonly Segment[] | undefined;
}): ReactElement {
  const [most, setMost] = useState(firstCharacters);
  const shown = text.slice(0, most);
  const tokens = useMemo(() => read(shown), [shown]);
  const marked = useMemo(
    () => (marks === undefined ? undefined : markTokens(tokens ?? [], unixLines(shown), spansOf(marks))),
    [tokens, shown, marks],
  );
  if (tokens === undefined) return <LongText text={text} />;
  return (
    <>
      <div className="markdown" dir="auto">
        <MarkedTokens value={marked}>{blocks(tokens, 0)}</MarkedTokens>
      </div>
      <MoreText shown={shown.length} all={text.length} onMore={() => setMost((before) => before + moreCharacters)} />
    </>
  );
}

/** Already parsed blocks; redrawn only where they changed. */
export const MarkdownBlocks = memo(function MarkdownBlocks({
  tokens,
}: {
  readonly tokens: readonly Token[];
}): ReactElement {
  return <>{blocks(tokens, 0)}</>;
});

function blocks(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{block(token, depth)}</Fragment>);
}

// The lexer's tokens are an open union: each branch casts to the token of its type.
function block(token: Token, depth: number): ReactNode {
  if (depth > deepest) return visibleText(token.raw);
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return heading(token as Tokens.Heading, depth);
    case 'paragraph':
      return <p>{inlines((token as Tokens.Paragraph).tokens, depth)}</p>;
    case 'code':
      return (
        <pre className="output-json mono" tabIndex={0} aria-label="Code">
          <CodeText token={token as Tokens.Code} />
        </pre>
      );
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens, depth + 1)}</blockquote>;
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table, depth);
    case 'hr':
      return <hr />;
    case 'checkbox':
      return (token as Tokens.Checkbox).checked ? '☑ ' : '☐ ';
    case 'text': {
      const { tokens } = token as Tokens.Text;
      return tokens === undefined ? words(token, token.raw) : inlines(tokens, depth);
    }
    case 'html':
      return (
        <p>
          <MarkedWords token={token} text={token.raw.trim()} isCode />
        </p>
      );
    default:
      return inline(token, depth);
  }
}

/** In pieces that stay the same while it grows; in marked pieces, where there are any. */
function CodeText({ token }: { readonly token: Tokens.Code }): ReactElement {
  const isMarked = useContext(MarkedTokens)?.has(token) === true;
  return (
    <code>
      {isMarked ? <MarkedWords token={token} text={token.text} isCode /> : stablePieces(visibleText(token.text))}
    </code>
  );
}

/** Headings of a value are below those of the page. */
function heading({ depth: level, tokens }: Tokens.Heading, depth: number): ReactNode {
  return (
    <p className="markdown-heading" role="heading" aria-level={Math.min(6, level + 3)} data-level={level}>
      {inlines(tokens, depth)}
    </p>
  );
}

function list({ ordered, start, items }: Tokens.List, depth: number): ReactNode {
  const entries = items.map((item, index) => (
    <li key={index}>
      {item.task && !item.tokens.some(({ type }) => type === 'checkbox') ? (item.checked === true ? '☑ ' : '☐ ') : null}
      {blocks(item.tokens, depth + 1)}
    </li>
  ));
  return ordered ? <ol start={start === '' ? 1 : start}>{entries}</ol> : <ul>{entries}</ul>;
}

function table({ header, rows }: Tokens.Table, depth: number): ReactNode {
  return (
    <div className="value-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              <th key={index} scope="col">
                {inlines(cell.tokens, depth)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{inlines(cell.tokens, depth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines(tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return (tokens ?? []).map((token, index) => <Fragment key={index}>{inline(token, depth + 1)}</Fragment>);
}

function inline(token: Token, depth: number): ReactNode {
  if (depth > deepest) return visibleText(token.raw);
  switch (token.type) {
    case 'strong':
      return <strong>{inlines((token as Tokens.Strong).tokens, depth)}</strong>;
    case 'em':
      return <em>{inlines((token as Tokens.Em).tokens, depth)}</em>;
    case 'del':
      return <del>{inlines((token as Tokens.Del).tokens, depth)}</del>;
    case 'codespan':
      return (
        <code className="mono">
          <MarkedWords token={token} text={(token as Tokens.Codespan).text} isCode />
        </code>
      );
    case 'br':
      return <br />;
    case 'link':
      return link(token as Tokens.Link, depth);
    case 'image':
      return image(token as Tokens.Image);
    case 'escape':
      return words(token, (token as Tokens.Escape).text);
    case 'text': {
      const { tokens } = token as Tokens.Text;
      return tokens === undefined ? words(token, token.raw) : inlines(tokens, depth);
    }
    default:
      return visibleText(token.raw);
  }
}

function link({ href, tokens, raw }: Tokens.Link, depth: number): ReactNode {
  const address = safeLink(decodeEntities(href));
  if (address === undefined) return visibleText(raw);
  return (
    <a href={address} target="_blank" rel="noreferrer noopener nofollow" title={visibleText(address)}>
      {inlines(tokens, depth)}
    </a>
  );
}

/** An external image would tell its host who views it, and when: it is named and linked, never loaded. */
function image({ href, text }: Tokens.Image): ReactNode {
  const address = safeLink(decodeEntities(href));
  const name = visibleText(text === '' ? 'picture' : text);
  return (
    <span className="picture-left-out">
      Image not loaded:{' '}
      {address === undefined ? (
        name
      ) : (
        <a href={address} target="_blank" rel="noreferrer noopener nofollow" title={visibleText(address)}>
          {name}
        </a>
      )}
    </span>
  );
}

function words(token: Token, text: string): ReactElement {
  return <MarkedWords token={token} text={text} />;
}

/** As the lexer counts, which normalises every line end to one character. */
const unixLines = (text: string): string => text.replace(/\r\n?/g, '\n');

function spansOf(parts: readonly Segment[]): readonly Span[] {
  let end = 0;
  return parts.flatMap(({ text, isMarked }) => {
    const start = end;
    end += unixLines(text).length;
    return isMarked ? [{ start, end }] : [];
  });
}
