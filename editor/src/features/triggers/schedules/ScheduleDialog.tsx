import { configOf, ScheduleConfig, type PortDescription, type SchedulePreview, type ScheduleReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { toApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
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
  const form = useForm<ScheduleConfig>(() =>
    schedule === undefined
      ? { ...ScheduleConfig.parse({ name: 'x', cron: '0 9 * * 1-5', timeZone: ownZone() }), name: '' }
      : configOf(ScheduleConfig, schedule),
  );
  const [texts, setTexts] = useState<TemplateTexts>(() => textsOf(form.values.inputs));
  const { reading, problem } = useReading(workflow, form.values.cron, form.values.timeZone);
  const submit = async (): Promise<void> => {
    const config = { ...form.values, name: form.values.name.trim(), inputs: { ...inputsOf(texts, ports) } };
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
  const preset = cronChoices.find(([cron]) => cron === form.values.cron)?.[0] ?? '';
  return (
    <FormDialog
      title={schedule === undefined ? 'New schedule' : `Edit ${schedule.name}`}
      verb={schedule === undefined ? 'Create schedule' : 'Save'}
      isDisabled={form.values.name.trim() === '' || problem !== undefined}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst placeholder="Every morning" />
      <div className="field-pair">
        <SelectField
          title="When"
          value={preset}
          choices={cronChoices}
          onChange={(cron) => (cron === '' ? undefined : form.change({ cron }))}
        />
        <TextField
          title="Cron expression"
          {...form.field('cron')}
          error={problem}
          help="Minute, hour, day, month, weekday; an optional sixth field in front is seconds."
        />
      </div>
      <TextField title="Time zone" {...form.field('timeZone')} suggestions={timeZones()} />
      <div aria-live="polite">
        {reading === undefined ? (
          <p className="quiet">{problem === undefined ? 'Checking…' : 'This cron expression is not valid yet.'}</p>
        ) : (
          <ScheduleReading reading={reading} timeZone={form.values.timeZone} />
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
        <SelectField title="Missed times while Heddle was off" {...form.field('catchUp')} choices={catchUpChoices} />
        {form.values.catchUp === 'all' ? (
          <NumberField
            title="Limit"
            value={form.values.catchUpLimit}
            step={1}
            help="The newest missed times."
            onChange={(catchUpLimit) => form.change({ catchUpLimit: catchUpLimit ?? 10 })}
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
