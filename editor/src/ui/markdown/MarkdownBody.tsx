import type { Token, Tokens } from 'marked';
import { createElement, Fragment, memo, useContext, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { read } from './growing-blocks.js';
import { LongText, MoreText } from '../values/LongText.js';
import { MarkedTokens, MarkedWords } from './MarkedWords.js';
import { markTokens, type Segment, type Span } from './mark-tokens.js';
import { createTokenRenderer } from './render-tokens.js';
import { visibleText } from './visible-text.js';

/** More is parsed on demand, so that a hostile or endless text cannot block the page. */
const firstCharacters = 10_000;
const moreCharacters = 10_000;

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
      <div className="markdown stack" dir="auto">
        <MarkedTokens value={marked}>{blocks(tokens)}</MarkedTokens>
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
  return <>{blocks(tokens)}</>;
});

/** In pieces that stay the same while it grows; in marked pieces, where there are any. */
function CodeText({ token }: { readonly token: Tokens.Code }): ReactElement {
  const isMarked = useContext(MarkedTokens)?.has(token) === true;
  return isMarked ? (
    <MarkedWords token={token} text={token.text} isCode />
  ) : (
    <>{stablePieces(visibleText(token.text))}</>
  );
}

const blocks = createTokenRenderer<ReactNode>({
  level: 3,
  element: (name, attributes, children) => createElement(name, attributes, ...children),
  group: (children) => createElement(Fragment, null, ...children),
  text: (token, text, isCode) => <MarkedWords token={token} text={text} isCode={isCode} />,
  code: (token) => <CodeText token={token} />,
});

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
