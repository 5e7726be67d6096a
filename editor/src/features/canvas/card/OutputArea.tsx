import clsx from 'clsx';
import type { LabelledValue, PortDescription } from '@heddle/core';
import { memo, type ReactElement } from 'react';
import { formatScore } from '../../../ui/format/format-score.js';
import { previewValue, type PassagePreview } from '../../../ui/format/preview-value.js';
import type { ExecutionView } from '../../run/index.js';
import { plainText } from '../../../ui/markdown/plain-text.js';
import styles from './card.module.css';

/** Number of characters of a streaming text that a card shows, from its end, where new text appears. */
const shownTail = 420;

/** The output of a node on its card; nothing if there is none. */
export const OutputArea = memo(function OutputArea({
  execution,
  outputs,
}: {
  readonly execution: ExecutionView | undefined;
  readonly outputs: readonly PortDescription[];
}): ReactElement | null {
  if (execution === undefined) return null;
  if (execution.error !== undefined && execution.status !== 'done') {
    return (
      <div className={clsx(styles['card-error'], 'failed-text')}>
        <p>{execution.error.message}</p>
      </div>
    );
  }
  const written = Object.values(execution.text).at(-1);
  if (execution.outputs === undefined && written !== undefined && written !== '')
    return <StreamedText text={written} isWriting={execution.status === 'streaming'} />;
  const shown = shownOutput(execution.outputs, outputs);
  if (shown === undefined) return execution.progress === undefined ? null : <Progress progress={execution.progress} />;
  const preview = previewValue(shown.labelled, shown.port?.type);
  if (preview.kind === 'text') return preview.text === '' ? null : <WrittenText text={preview.text} />;
  return (
    <ol className={clsx(styles['card-passages'], 'stack')}>
      {preview.passages.map((passage) => (
        <li key={passage.id}>
          <span className={clsx(styles['card-passage-name'], 'truncate')}>{passage.name}</span>
          <PassageBar {...passage} />
        </li>
      ))}
      {preview.count > preview.passages.length ? (
        <li className="quiet">and {preview.count - preview.passages.length} more</li>
      ) : null}
    </ol>
  );
});

/** Shows how relevant a passage is. The score alone means little, so it is only in the tooltip. */
function PassageBar({ relevance, score }: Pick<PassagePreview, 'relevance' | 'score'>): ReactElement | null {
  if (relevance === undefined || score === undefined) return null;
  const percent = Math.round(relevance * 100);
  return (
    <span
      className={styles['card-passage-bar']}
      role="img"
      aria-label={`Relevance ${percent} %`}
      data-tip={`Relevance ${percent} %, score ${formatScore(score)}`}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}

function WrittenText({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={styles['card-text']} dir="auto">
      <p>{plainText(text)}</p>
    </div>
  );
}

function StreamedText({ text, isWriting }: { readonly text: string; readonly isWriting: boolean }): ReactElement {
  // Reads only the end of the text, with a margin for hidden Markdown marks, so that a text of megabytes is not scanned.
  const plain = plainText(text.slice(-4 * shownTail));
  const tail = plain.length > shownTail || text.length > 4 * shownTail ? `…${plain.slice(-shownTail)}` : plain;
  return (
    <div className={styles['card-stream']}>
      <div className={styles['card-stream-end']}>
        <p>
          {tail}
          {isWriting ? <span className="caret" aria-hidden /> : null}
        </p>
      </div>
    </div>
  );
}

function Progress({ progress }: { readonly progress: NonNullable<ExecutionView['progress']> }): ReactElement {
  return (
    <div className={styles['card-progress']}>
      {progress.message === undefined ? null : <p className="quiet">{progress.message}</p>}
      {progress.share === undefined ? null : <progress max={1} value={progress.share} aria-label="Progress" />}
    </div>
  );
}

interface Shown {
  readonly port: PortDescription | undefined;
  readonly labelled: LabelledValue;
}

/** The most useful output: the first text or passages in port order, otherwise the first output with a value. */
function shownOutput(
  values: Readonly<Record<string, LabelledValue>> | undefined,
  outputs: readonly PortDescription[],
): Shown | undefined {
  if (values === undefined) return undefined;
  const taken = outputs.filter((port) => Object.hasOwn(values, port.name));
  const port = taken.find((candidate) => candidate.type === 'Text' || candidate.type === 'Passages') ?? taken[0];
  const labelled = port === undefined ? Object.values(values)[0] : values[port.name];
  return labelled === undefined ? undefined : { port, labelled };
}
