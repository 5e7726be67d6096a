import clsx from 'clsx';
import { Layers } from 'lucide-react';
import { useContext, type ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { openScope, RunFocusContext } from '../run/index.js';
import { JsonText } from '../../ui/values/JsonText.js';
import { LongText } from '../../ui/values/LongText.js';
import type { AgentCall, AgentStep } from './agent-steps.js';
import styles from './executions.module.css';

const longText = 1_500;

const stateText: Readonly<Record<AgentCall['state'], string>> = {
  asked: 'running',
  waiting: 'waits for approval',
  done: 'done',
  failed: 'failed',
};
const dots: Readonly<Record<AgentCall['state'], string>> = {
  asked: 'running',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
};

/** The turns of an agent: the text of the model, and each tool call with its arguments, approval and result. */
export function AgentSteps({ steps }: { readonly steps: readonly AgentStep[] }): ReactElement {
  return (
    <section className={styles['agent']} aria-label="Steps">
      <h3>Steps</h3>
      <ol>
        {steps.map(({ number, turn, preview, calls }) => (
          <li key={number} className={clsx(styles['agent-step'], 'stack gap-8')}>
            <p className={clsx(styles['agent-head'], 'wrapped')}>
              <strong>Step {number}</strong>
              {turn === undefined ? null : (
                <span className="quiet figure">
                  {turn.model} · {formatDuration(turn.ms)} · {formatCount(turn.usage.inputTokens)} →{' '}
                  {formatCount(turn.usage.outputTokens)} tokens
                  {turn.usage.cost === undefined ? '' : ` · ${formatCost(turn.usage.cost)}`}
                </span>
              )}
            </p>
            {turn === undefined ? (
              <p className="quiet">{preview ?? 'This turn is too large to show here.'}</p>
            ) : turn.text === '' ? null : (
              <ModelText text={turn.text} />
            )}
            {calls.map((call) => (
              <Call key={call.key} call={call} />
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The text of a model. A long text scrolls in its own box, so that the calls after it stay visible. */
function ModelText({ text }: { readonly text: string }): ReactElement {
  if (text.length < longText) return <LongText text={text} />;
  return (
    // A scrolling box must be reachable by keyboard.
    <div className={styles['agent-said']} role="group" tabIndex={0} aria-label="Model text">
      <LongText text={text} />
    </div>
  );
}

function Call({ call }: { readonly call: AgentCall }): ReactElement {
  const focus = useContext(RunFocusContext);
  const { scope } = call;
  return (
    <details className={clsx(styles['agent-call'], 'boxed')} data-state={call.state}>
      <summary>
        <span className="row-dot" data-status={dots[call.state]} />{' '}
        <span className="mono">
          {call.tool}({shortened(call.arguments)})
        </span>{' '}
        <span className="quiet">
          {stateText[call.state]}
          {call.approvedBy === undefined ? '' : `, approved by ${call.approvedBy}`}
        </span>
      </summary>
      <div className={clsx(styles['agent-call-body'], 'stack')}>
        <h4>Arguments</h4>
        <JsonText value={parsedOr(call.arguments)} />
        {call.error === undefined ? null : (
          <p className="field-error">
            <span className="mono">{call.error.code}</span> {call.error.message}
          </p>
        )}
        {call.result === undefined ? null : (
          <>
            <h4>{call.isCut ? 'Result (truncated)' : 'Result'}</h4>
            <LongText text={call.result} />
          </>
        )}
        {scope === undefined ? null : (
          <button type="button" className="button" onClick={() => openScope(focus, scope)}>
            <Layers size={14} aria-hidden /> Open nested run
          </button>
        )}
      </div>
    </details>
  );
}

/** Arguments in one line, truncated if they are long. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Arguments parsed as JSON; invalid JSON is shown as text. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
