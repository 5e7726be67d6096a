import type { ReactElement } from 'react';
import { NumberField } from '../../ui/fields/FormFields.js';
import type { Form } from '../../ui/forms/use-form.js';
import type { ConnectionDraft } from './connection-draft.js';

export function LimitFields({ form }: { readonly form: Form<ConnectionDraft> }): ReactElement {
  return (
    <>
      <fieldset className="sheet-part">
        <legend>Limits</legend>
        <p className="quiet">Shared by all runs. Calls over a limit wait in a queue and show their position.</p>
        <div className="field-pair">
          <NumberField
            title="Requests per minute"
            {...form.field('requestsPerMinute')}
            step={1}
            placeholder="No limit"
            error={form.errors['limits.requestsPerMinute']}
          />
          <NumberField
            title="Tokens per minute"
            {...form.field('tokensPerMinute')}
            step={1}
            placeholder="No limit"
            error={form.errors['limits.tokensPerMinute']}
          />
          <NumberField
            title="Concurrent calls"
            {...form.field('concurrency')}
            step={1}
            placeholder="16"
            error={form.errors['limits.concurrency']}
          />
        </div>
      </fieldset>
      <fieldset className="sheet-part">
        <legend>Timeouts</legend>
        <div className="field-pair">
          <NumberField
            title="First token, in seconds"
            {...form.field('connectSeconds')}
            placeholder="30"
            error={form.errors['timeouts.connectMs']}
          />
          <NumberField
            title="Between tokens, in seconds"
            {...form.field('idleSeconds')}
            placeholder="60"
            error={form.errors['timeouts.idleMs']}
          />
          <NumberField
            title="Whole call, in seconds"
            {...form.field('totalSeconds')}
            placeholder="600"
            error={form.errors['timeouts.totalMs']}
          />
          <NumberField title="Attempts per call" {...form.field('attempts')} step={1} placeholder="3" />
        </div>
      </fieldset>
    </>
  );
}
