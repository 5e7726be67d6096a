import { configOf, ScheduleConfig, type PortDescription, type SchedulePreview, type ScheduleReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { toApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useAction } from '../../../data/queries/use-action.js';
import { ownZone } from '../../../ui/format/own-zone.js';
import { catchUpChoices, cronChoices, timeZones } from './schedule-text.js';
import { ScheduleReading } from './ScheduleReading.js';
import { inputsOf, textsOf, type TemplateTexts } from '../template-fields.js';
import { TemplateFields } from '../TemplateFields.js';

const restMs = 250;

/** Creates or changes a schedule, with a preview of its times. */
export function ScheduleDialog({
  workflow,
  schedule,
  ports,
  onSaved,
  onClose,
}: {
  readonly workflow: string;
  readonly schedule: ScheduleReply | undefined;
  readonly ports: readonly PortDescription[];
  readonly onSaved: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [draft, setDraft] = useState<ScheduleConfig>(() =>
    schedule === undefined
      ? { ...ScheduleConfig.parse({ name: 'x', cron: '0 9 * * 1-5', timeZone: ownZone() }), name: '' }
      : configOf(ScheduleConfig, schedule),
  );
  const [texts, setTexts] = useState<TemplateTexts>(() => textsOf(draft.inputs));
  const { reading, problem } = useReading(workflow, draft.cron, draft.timeZone);
  const save = useAction();
  const change = (part: Partial<ScheduleConfig>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    const config = { ...draft, name: draft.name.trim(), inputs: { ...inputsOf(texts, ports) } };
    if (schedule === undefined)
      await client.POST('/api/workflows/{id}/schedules', { params: { path: { id: workflow } }, body: config });
    else
      await client.PUT('/api/workflows/{id}/schedules/{schedule}', {
        params: { path: { id: workflow, schedule: schedule.id } },
        body: config,
      });
    onSaved();
    onClose();
  };
  const preset = cronChoices.find(([cron]) => cron === draft.cron)?.[0] ?? '';
  return (
    <FormDialog
      title={schedule === undefined ? 'New schedule' : `Edit ${schedule.name}`}
      verb={schedule === undefined ? 'Create schedule' : 'Save'}
      action={save}
      isDisabled={draft.name.trim() === '' || problem !== undefined}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={draft.name}
        isFirst
        placeholder="Every morning"
        onChange={(name) => change({ name })}
      />
      <div className="field-pair">
        <SelectField
          title="When"
          value={preset}
          choices={cronChoices}
          onChange={(cron) => (cron === '' ? undefined : change({ cron }))}
        />
        <TextField
          title="Cron expression"
          value={draft.cron}
          error={problem}
          help="Minute, hour, day, month, weekday; an optional sixth field in front is seconds."
          onChange={(cron) => change({ cron })}
        />
      </div>
      <TextField
        title="Time zone"
        value={draft.timeZone}
        suggestions={timeZones()}
        onChange={(timeZone) => change({ timeZone })}
      />
      <div aria-live="polite">
        {reading === undefined ? (
          <p className="quiet">{problem === undefined ? 'Checking…' : 'This cron expression is not valid yet.'}</p>
        ) : (
          <ScheduleReading reading={reading} timeZone={draft.timeZone} />
        )}
      </div>
      <TemplateFields
        legend="Inputs of the run"
        help={
          <>
            The same for each run; <code className="mono">{'{{ time }}'}</code> is the scheduled time.
          </>
        }
        ports={ports}
        texts={texts}
        placeholder={({ isOptional }) => (isOptional ? 'Empty' : '')}
        onChange={setTexts}
      />
      <div className="field-pair">
        <SelectField
          title="Missed times while Heddle was off"
          value={draft.catchUp}
          choices={catchUpChoices}
          onChange={(catchUp) => change({ catchUp })}
        />
        {draft.catchUp === 'all' ? (
          <NumberField
            title="Limit"
            value={draft.catchUpLimit}
            step={1}
            help="The newest missed times."
            onChange={(catchUpLimit) => change({ catchUpLimit: catchUpLimit ?? 10 })}
          />
        ) : null}
      </div>
    </FormDialog>
  );
}

interface Reading {
  readonly reading: SchedulePreview | undefined;
  readonly problem: string | undefined;
}

/** The server's description of a cron expression, requested shortly after the last change. */
function useReading(workflow: string, cron: string, timeZone: string): Reading {
  const [state, setState] = useState<Reading>({ reading: undefined, problem: undefined });
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      if (cron.trim() === '') {
        setState({ reading: undefined, problem: 'Enter a cron expression.' });
        return;
      }
      client
        .POST('/api/workflows/{id}/schedules/preview', {
          params: { path: { id: workflow } },
          body: { cron, timeZone },
          signal: controller.signal,
        })
        .then(
          (reading) => setState({ reading, problem: undefined }),
          (error: unknown) => {
            if (!controller.signal.aborted) setState({ reading: undefined, problem: toApiError(error).message });
          },
        );
    }, restMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [workflow, cron, timeZone]);
  return state;
}
