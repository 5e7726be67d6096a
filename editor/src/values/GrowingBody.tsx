import { useState, type ReactElement } from 'react';
import { stablePieces } from '../format/stable-pieces.js';
import { createBlockReader } from './growing-blocks.js';
import { MarkdownBlocks } from './MarkdownBody.js';
import { usePaced } from './use-paced.js';
import { visibleText } from './visible-text.js';

/** Ten times a second reads as a flow; what takes long to read and to draw is read less often. */
const pauseMs = 100;

/** Markdown while it is written: what is finished stays as it is drawn, and the block that is being written is read at a steady pace. */
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
    <div className="markdown" dir="auto" data-writing={isWriting || undefined}>
      {[...finished, open].map((tokens, index) => (
        <MarkdownBlocks key={index} tokens={tokens} />
      ))}
      {rest === '' ? null : <p className="value-text">{stablePieces(visibleText(rest))}</p>}
    </div>
  );
}
