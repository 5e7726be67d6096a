import type { Token } from 'marked';
import { memo, useMemo, useState, type ReactElement } from 'react';
import { read } from './growing-blocks.js';
import { LongText, MoreText } from '../values/LongText.js';
import { MarkedTokens } from './MarkedText.js';
import { markTokens, type Segment, type Span } from './mark-tokens.js';
import { renderTokens } from './render-tokens.js';

/** A longer text is parsed further only on demand, so that a hostile or endless text cannot block the page. */
const firstCharacters = 10_000;
const moreCharacters = 10_000;

/** Renders Markdown as React elements. HTML in it is shown as text. */
export default function MarkdownBody({
  text,
  marks,
}: {
  readonly text: string;
  /** The same text in parts; some of them are marked. */
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
        <MarkedTokens value={marked}>{renderTokens(tokens)}</MarkedTokens>
      </div>
      <MoreText shown={shown.length} all={text.length} onMore={() => setMost((before) => before + moreCharacters)} />
    </>
  );
}

/** Renders parsed blocks again only where they changed. */
export const MarkdownBlocks = memo(function MarkdownBlocks({
  tokens,
}: {
  readonly tokens: readonly Token[];
}): ReactElement {
  return <>{renderTokens(tokens)}</>;
});

/** The lexer also normalises line ends to one character, so positions match. */
const unixLines = (text: string): string => text.replace(/\r\n?/g, '\n');

function spansOf(parts: readonly Segment[]): readonly Span[] {
  let end = 0;
  return parts.flatMap(({ text, isMarked }) => {
    const start = end;
    end += unixLines(text).length;
    return isMarked ? [{ start, end }] : [];
  });
}
