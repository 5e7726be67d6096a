import type { Citation, LabelledValue } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { textOf } from '../../ui/format/text-of.js';
import { type RunHead, runText, useRunNow, useRunHead } from '../run/index.js';
import { useDocument } from '../session/index.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { useWholeOutput } from './use-whole-output.js';
import { citationsAsShown, type AsShown } from '../../ui/values/read/citations-as-shown.js';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import { citationsOf } from './citations-of.js';
import { CitationList } from './CitationList.js';
import { LiveText } from './LiveText.js';
import { RunFeedback } from './RunFeedback.js';
import { RunScores } from './RunScores.js';
import { RunFailure } from '../executions/index.js';
import { Standstill } from './Standstill.js';

const mayStandStill: ReadonlySet<RunHead['status']> = new Set(['queued', 'running', 'paused']);
/** A longer text is slow to render. */
const mostShown = 100_000;

/** The result of a run: its streaming text while it is in progress, then its outputs with their citations. */
export function RunResult(): ReactElement | null {
  const head = useRunHead();
  if (head === undefined) return null;
  return (
    <section className="result" aria-label="Result">
      <RunLine head={head} />
      {mayStandStill.has(head.status) ? <Standstill head={head} key={head.status} /> : null}
      {head.status === 'failed' ? <RunFailure error={head.error} isAlone /> : null}
      {head.isEnded ? <Outputs runId={head.runId} outputs={head.outputs} /> : <LiveText />}
      {head.isEnded ? <RunFeedback key={head.runId} runId={head.runId} answer={answerOf(head.outputs)} /> : null}
      {head.isEnded ? <RunScores runId={head.runId} /> : null}
    </section>
  );
}

/** The text of the answer, if the outputs contain exactly one text. */
function answerOf(outputs: RunHead['outputs'] = {}): string | undefined {
  const texts = Object.values(outputs).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  return texts.length === 1 ? texts[0] : undefined;
}

function RunLine({ head }: { readonly head: RunHead }): ReactElement {
  const now = useRunNow(!head.isEnded && head.startedAt !== undefined);
  const took = head.startedAt === undefined ? undefined : Math.max(0, (head.endedAt ?? now) - head.startedAt);
  const word = head.isCancelRequested && !head.isEnded ? 'Stopping' : runText[head.status];
  return (
    <p className="run-line aligned gap-8" data-status={head.status} role="status">
      <span className="run-dot" aria-hidden />
      <strong>{word}</strong>
      {took === undefined ? null : <span className="figure">{formatDuration(took)}</span>}
    </p>
  );
}

/** The outputs of an ended run. Texts come first. */
function Outputs({
  runId,
  outputs,
}: {
  readonly runId: string;
  readonly outputs: Readonly<Record<string, LabelledValue>> | undefined;
}): ReactElement | null {
  const titles = useDocument((state) => state.compiled?.interface.outputs);
  const citations = useMemo(() => {
    const values = Object.entries(outputs ?? {}).map(([name, { value, preview }]) => [name, value ?? preview] as const);
    const found = citationsOf(Object.fromEntries(values));
    const text = values.flatMap(([, value]) => (typeof value === 'string' ? [value] : [])).join('\n');
    return found === undefined ? undefined : { name: found.name, list: citationsAsShown(text, found.list) };
  }, [outputs]);
  if (outputs === undefined) return null;
  return (
    <>
      {Object.entries(outputs).map(([name, labelled]) =>
        citations?.name === name ? null : (
          <Output
            key={name}
            runId={runId}
            name={name}
            title={titles?.find((port) => port.name === name)?.title ?? name}
            labelled={labelled}
            citations={citations?.list ?? []}
          />
        ),
      )}
      {citations === undefined ? null : <CitationList citations={citations.list} />}
    </>
  );
}

interface OutputProps {
  readonly runId: string;
  readonly name: string;
  readonly title: string;
  readonly labelled: LabelledValue;
  readonly citations: readonly AsShown<Citation>[];
}

function Output({ runId, name, title, labelled, citations }: OutputProps): ReactElement {
  const { value, isWhole, loadAll } = useWholeOutput(runId, name, labelled);
  const text = isWhole ? textOf(value) : (labelled.preview ?? '');
  return (
    <div className="output">
      <h3 className="output-name small-quiet">{title}</h3>
      {text === '' ? (
        <p className="quiet">Empty</p>
      ) : typeof value === 'string' || !isWhole ? (
        <AnswerText text={text.slice(0, mostShown)} citations={citations} />
      ) : (
        <ValueView value={{ ...labelled, value }} />
      )}
      {isWhole ? null : (
        <p className="quiet">
          Truncated{labelled.size === undefined ? '' : ` (${formatBytes(labelled.size)} in total)`}.{' '}
          {loadAll === undefined ? (
            'Loading the rest…'
          ) : (
            <button type="button" className="text-link" onClick={loadAll}>
              Show all
            </button>
          )}
        </p>
      )}
      {text.length > mostShown ? (
        <button type="button" className="text-link" onClick={() => saveFile(`${name}.txt`, text, 'text/plain')}>
          Truncated: download all of it
        </button>
      ) : null}
    </div>
  );
}
