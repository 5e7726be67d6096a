import { useContext, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import {
  usageFigures,
  isBreakpoint,
  nodeOf,
  scopeOf,
  openScope,
  RunFocusContext,
  RunContext,
  ScopeContext,
  useExecutionAt,
  useLog,
  useQuestions,
} from '../run/index.js';
import {
  InputValue,
  OneValue,
  RunFailure,
  ExecutionRecord,
  useAttemptText,
  useInputSources,
  useExecutionTitle,
} from '../executions/index.js';
import { AnswerForm } from '../human-input/index.js';
import { WrittenText } from '../../ui/markdown/WrittenText.js';
import { FailureActions } from './FailureActions.js';
import styles from './run-drawer.module.css';

/** The inputs, outputs, log and state of an execution. */
export function ExecutionDetail({ path }: { readonly path: string }): ReactElement | null {
  const run = useContext(RunContext);
  const focus = useContext(RunFocusContext);
  const here = useContext(ScopeContext);
  const execution = useExecutionAt(path);
  const title = useExecutionTitle(path);
  const attempt = useAttemptText(path);
  const scope = scopeOf(path);
  const sources = useInputSources(nodeOf(path), path);
  const request = useQuestions().find((candidate) => candidate.path === path);
  if (execution === undefined || run === undefined) return null;
  // The edges of another workflow are not known here.
  const incoming = scope === here ? sources : [];
  const written = Object.entries(execution.text).filter(([port]) => execution.outputs?.[port] === undefined);
  const figures = usageFigures(execution);
  const took =
    execution.startedAt === undefined || execution.endedAt === undefined
      ? []
      : [formatDuration(execution.endedAt - execution.startedAt)];
  return (
    <div className="values">
      <p>
        <strong data-tip={path}>{title}</strong>
        {attempt === undefined ? null : <span className="quiet"> {attempt}</span>}
      </p>
      <p className="quiet figure">{[...took, ...figures.map((figure) => figure.value)].join(' · ')}</p>
      {scope === here ? null : (
        <button type="button" className="button" onClick={() => openScope(focus, scope)}>
          Open nested run
        </button>
      )}
      {request === undefined ? null : (
        <AnswerForm
          key={request.requestId}
          runId={run.runId}
          requestId={request.requestId}
          question={request.question}
          isBreakpoint={isBreakpoint(request)}
        />
      )}
      {execution.error === undefined ? null : (
        <>
          <RunFailure error={execution.error} />
          <FailureActions path={path} error={execution.error} />
        </>
      )}
      <ExecutionRecord path={path} />
      {incoming.length === 0 ? null : <h3>Inputs</h3>}
      {incoming.map(({ edge, path: from }) => (
        <InputValue key={`${edge.from} ${edge.to}`} from={edge.from} to={edge.to} path={from} />
      ))}
      <h3>Outputs</h3>
      {written.map(([port, text]) => (
        <div className="value" key={port}>
          <h4>{port}</h4>
          <WrittenText text={text} isWriting={execution.status === 'streaming'} />
        </div>
      ))}
      {Object.entries(execution.outputs ?? {}).map(([port, labelled]) => (
        <OneValue key={port} name={port} labelled={labelled} path={path} port={port} />
      ))}
      {Object.keys(execution.outputs ?? {}).length === 0 && written.length === 0 ? <p className="quiet">None</p> : null}
      <ExecutionLog path={path} />
    </div>
  );
}

function ExecutionLog({ path }: { readonly path: string }): ReactElement | null {
  const lines = useLog().filter((line) => line.path === path);
  if (lines.length === 0) return null;
  return (
    <>
      <h3>Log</h3>
      <ul className={styles['detail-log']}>
        {lines.slice(-100).map((line) => (
          <li key={line.seq} data-level={line.level} dir="auto">
            {line.message}
          </li>
        ))}
      </ul>
    </>
  );
}
