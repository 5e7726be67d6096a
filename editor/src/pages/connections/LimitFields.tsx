import type { ReactElement } from 'react';
import { NumberField } from '../FormFields.js';
import type { ConnectionDraft } from './connection-draft.js';

/** How much at once, and how long a reply may take. */
export function LimitFields({
  draft,
  errors,
  onChange,
}: {
  readonly draft: ConnectionDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<ConnectionDraft>) => void;
}): ReactElement {
  return (
    <>
      <fieldset className="sheet-part">
        <legend>Limits</legend>
        <p className="quiet">Shared by all runs. Calls over them wait their turn, and say at which place.</p>
        <div className="field-pair">
          <NumberField
            title="Requests a minute"
            value={draft.requestsPerMinute}
            step={1}
            placeholder="No limit"
            error={errors['limits.requestsPerMinute']}
            onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
          />
          <NumberField
            title="Tokens a minute"
            value={draft.tokensPerMinute}
            step={1}
            placeholder="No limit"
            error={errors['limits.tokensPerMinute']}
            onChange={(tokensPerMinute) => onChange({ tokensPerMinute })}
          />
          <NumberField
            title="Calls at once"
            value={draft.concurrency}
            step={1}
            placeholder="16"
            error={errors['limits.concurrency']}
            onChange={(concurrency) => onChange({ concurrency })}
          />
        </div>
      </fieldset>
      <fieldset className="sheet-part">
        <legend>Patience</legend>
        <div className="field-pair">
          <NumberField
            title="Until a reply begins, in seconds"
            value={draft.connectSeconds}
            placeholder="30"
            error={errors['timeouts.connectMs']}
            onChange={(connectSeconds) => onChange({ connectSeconds })}
          />
          <NumberField
            title="Silence inside a reply, in seconds"
            value={draft.idleSeconds}
            placeholder="60"
            error={errors['timeouts.idleMs']}
            onChange={(idleSeconds) => onChange({ idleSeconds })}
          />
          <NumberField
            title="A whole call, in seconds"
            value={draft.totalSeconds}
            placeholder="600"
            error={errors['timeouts.totalMs']}
            onChange={(totalSeconds) => onChange({ totalSeconds })}
          />
          <NumberField
            title="Tries of a call"
            value={draft.attempts}
            step={1}
            placeholder="3"
            error={errors['attempts']}
            onChange={(attempts) => onChange({ attempts })}
          />
        </div>
      </fieldset>
    </>
  );
}
