import { Citation, type LabelledValue } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { z } from 'zod';
import { formatDuration } from '../format/format-duration.js';
import { textOf } from '../format/preview-value.js';
import type { RunHead } from '../run/run-view.js';
import { runWords } from '../run/run-words.js';
import { useNow } from '../run/use-now.js';
import { useRunHead } from '../run/use-run.js';
import { useDocument } from '../session.js';
import { AnswerText } from './AnswerText.js';
import { CitationList } from './CitationList.js';
import { LiveText } from './LiveText.js';
import { RunFailure } from './RunFailure.js';

const Citations = z.array(Citation).min(1);

/** What a run gives: while it runs the text that is being written, then its outputs, citations as sources. */
export function RunResult(): ReactElement | null {
  const head = useRunHead();
  if (head === undefined) return null;
  return (
    <section className="result" aria-label="Result">
      <RunLine head={head} />
      {head.status === 'failed' ? <RunFailure error={head.error} /> : null}
      {head.isEnded ? <Outputs outputs={head.outputs} /> : <LiveText />}
    </section>
  );
}

function RunLine({ head }: { readonly head: RunHead }): ReactElement {
  const now = useNow(!head.isEnded && head.startedAt !== undefined);
  const took = head.startedAt === undefined ? undefined : Math.max(0, (head.endedAt ?? now) - head.startedAt);
  const word = head.isCancelRequested && !head.isEnded ? 'Stopping' : runWords[head.status];
  return (
    <p className="run-line" data-status={head.status} role="status">
      <span className="run-dot" aria-hidden />
      <strong>{word}</strong>
      {took === undefined ? null : <span className="figure">{formatDuration(took)}</span>}
    </p>
  );
}

/** Outputs of a run that ended, text first. */
function Outputs({ outputs }: { readonly outputs: Readonly<Record<string, LabelledValue>> | undefined }): ReactElement | null {
  const titles = useDocument((state) => state.compiled?.interface.outputs);
  const citations = useMemo(() => citationsOf(outputs), [outputs]);
  if (outputs === undefined) return null;
  return (
    <>
      {Object.entries(outputs).map(([name, labelled]) => {
        if (citations?.name === name) return null;
        const text = labelled.value === undefined ? (labelled.preview ?? '') : textOf(labelled.value);
        const isText = typeof labelled.value === 'string' || labelled.value === undefined;
        return (
          <div className="output" key={name}>
            <h3 className="output-name">{titles?.find((port) => port.name === name)?.title ?? name}</h3>
            {text === '' ? <p className="quiet">Empty.</p> : isText ? <AnswerText text={text} citations={citations?.list ?? []} /> : <pre className="output-json mono">{text}</pre>}
            {labelled.value === undefined && labelled.preview !== undefined ? <p className="quiet">The beginning of a large value.</p> : null}
          </div>
        );
      })}
      {citations === undefined ? null : <CitationList citations={citations.list} />}
    </>
  );
}

function citationsOf(outputs: Readonly<Record<string, LabelledValue>> | undefined): { readonly name: string; readonly list: readonly Citation[] } | undefined {
  for (const [name, labelled] of Object.entries(outputs ?? {})) {
    const parsed = Citations.safeParse(labelled.value);
    if (parsed.success) return { name, list: parsed.data };
  }
  return undefined;
}
