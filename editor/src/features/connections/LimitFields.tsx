import type { ReactElement } from 'react';
import { NumberField } from '../../ui/fields/FormFields.js';
import type { ConnectionDraft } from './connection-draft.js';

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
        <p className="quiet">Shared by all runs. Calls over a limit wait in a queue and show their position.</p>
        <div className="field-pair">
          <NumberField
            title="Requests per minute"
            value={draft.requestsPerMinute}
            step={1}
            placeholder="No limit"
            error={errors['limits.requestsPerMinute']}
            onChange={(requestsPerMinute) => onChange({ requestsPerMinute })}
          />
          <NumberField
            title="Tokens per minute"
            value={draft.tokensPerMinute}
            step={1}
            placeholder="No limit"
            error={errors['limits.tokensPerMinute']}
            onChange={(tokensPerMinute) => onChange({ tokensPerMinute })}
          />
          <NumberField
            title="Concurrent calls"
            value={draft.concurrency}
            step={1}
            placeholder="16"
            error={errors['limits.concurrency']}
            onChange={(concurrency) => onChange({ concurrency })}
          />
        </div>
      </fieldset>
      <fieldset className="sheet-part">
        <legend>Timeouts</legend>
        <div className="field-pair">
          <NumberField
            title="First token, in seconds"
            value={draft.connectSeconds}
            placeholder="30"
            error={errors['timeouts.connectMs']}
            onChange={(connectSeconds) => onChange({ connectSeconds })}
          />
          <NumberField
            title="Between tokens, in seconds"
            value={draft.idleSeconds}
            placeholder="60"
            error={errors['timeouts.idleMs']}
            onChange={(idleSeconds) => onChange({ idleSeconds })}
          />
          <NumberField
            title="Whole call, in seconds"
            value={draft.totalSeconds}
            placeholder="600"
            error={errors['timeouts.totalMs']}
            onChange={(totalSeconds) => onChange({ totalSeconds })}
          />
          <NumberField
            title="Attempts per call"
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
