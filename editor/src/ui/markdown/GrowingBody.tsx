import { useState, type ReactElement } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { createBlockReader } from './growing-blocks.js';
import { MarkdownBlocks } from './MarkdownBody.js';
import { usePaced } from './use-paced.js';
import { visibleText } from './visible-text.js';

/** Ten updates a second appear continuous. A text that is slow to parse and render is updated less often. */
const pauseMs = 100;

/** Streaming Markdown. Finished blocks are not rendered again, and the current block is parsed at intervals. */
export default function GrowingBody({
  text,
  isWriting,
}: {
  readonly text: string;
  readonly isWriting: boolean;
}): ReactElement {
  const [readBlocks] = useState(createBlockReader);
  const paced = usePaced(text, isWriting, pauseMs);
  const { finished, open, rest } = readBlocks(paced, isWriting);
  return (
    <div className="markdown stack" dir="auto" data-writing={isWriting || undefined}>
      {[...finished, open].map((tokens, index) => (
        <MarkdownBlocks key={index} tokens={tokens} />
      ))}
      {rest === '' ? null : <p className="value-text">{stablePieces(visibleText(rest))}</p>}
    </div>
  );
}
