import { Layers } from 'lucide-react';
import { useContext, type ReactElement } from 'react';
import { formatCost } from '../format/format-cost.js';
import { formatDuration } from '../format/format-duration.js';
import { formatCount } from '../format/format-money.js';
import { openScope } from '../run/run-look.js';
import { LookContext } from '../run/use-run.js';
import { JsonText } from '../values/JsonText.js';
import { LongText } from '../values/LongText.js';
import type { AgentCall, AgentStep } from './agent-steps.js';

const longText = 1_500;

const stateWords: Readonly<Record<AgentCall['state'], string>> = {
  asked: 'on its way',
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

/** An agent's work, turn by turn: what the model said, each call with its arguments, who approved it, and what came back. */
export function AgentSteps({ steps }: { readonly steps: readonly AgentStep[] }): ReactElement {
  return (
    <section className="agent" aria-label="Steps">
      <h3>Steps</h3>
      <ol>
        {steps.map(({ number, turn, preview, calls }) => (
          <li key={number} className="agent-step">
            <p className="agent-head">
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
              <p className="quiet">{preview ?? 'This turn is too large to be shown here.'}</p>
            ) : turn.text === '' ? null : (
              <Said text={turn.text} />
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

/** What a model said. A long text scrolls in a box of its own, so that the calls after it stay in sight. */
function Said({ text }: { readonly text: string }): ReactElement {
  if (text.length < longText) return <LongText text={text} />;
  return (
    // A box that scrolls is reached by keyboard.
    <div className="agent-said" role="group" tabIndex={0} aria-label="What the model said">
      <LongText text={text} />
    </div>
  );
}

function Call({ call }: { readonly call: AgentCall }): ReactElement {
  const look = useContext(LookContext);
  const { scope } = call;
  return (
    <details className="agent-call" data-state={call.state}>
      <summary>
        <span className="row-dot" data-status={dots[call.state]} />{' '}
        <span className="mono">
          {call.tool}({shortened(call.arguments)})
        </span>{' '}
        <span className="quiet">
          {stateWords[call.state]}
          {call.approvedBy === undefined ? '' : `, approved by ${call.approvedBy}`}
        </span>
      </summary>
      <div className="agent-call-body">
        <h4>Arguments</h4>
        <JsonText value={parsedOr(call.arguments)} />
        {call.error === undefined ? null : (
          <p className="field-error">
            <span className="mono">{call.error.code}</span> {call.error.message}
          </p>
        )}
        {call.result === undefined ? null : (
          <>
            <h4>{call.isCut ? 'Result, its beginning' : 'Result'}</h4>
            <LongText text={call.result} />
          </>
        )}
        {scope === undefined ? null : (
          <button type="button" className="button" onClick={() => openScope(look, scope)}>
            <Layers size={14} aria-hidden /> Open the run inside
          </button>
        )}
      </div>
    </details>
  );
}

/** Arguments on one line, cut where they are long. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Arguments as the JSON that they are; what is none as it came. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
