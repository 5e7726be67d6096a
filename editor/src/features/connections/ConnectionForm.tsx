import { useState, type ReactElement } from 'react';
import type { Connection, ConnectionReply, ConnectionTest } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { leaveSaved } from '../../ui/navigation/leave-guard.js';
import { LeaveGuard } from '../../ui/dialogs/LeaveGuard.js';
import { connectionPath, navigate } from '../../ui/navigation/route.js';
import { Sheet } from '../../ui/dialogs/Sheet.js';
import { useForm } from '../../ui/forms/use-form.js';
import { useAction } from '../../data/queries/use-action.js';
import { BasicFields } from './BasicFields.js';
import { movesKey, readDraft, type ConnectionDraft } from './connection-draft.js';
import { KeepUntested } from './KeepUntested.js';
import { LimitFields } from './LimitFields.js';
import { ModelTable } from './ModelTable.js';
import { PriceTable } from './PriceTable.js';
import { TestResult } from './TestResult.js';
import { KeyField } from './KeyField.js';

const store = (connection: Connection, isNew: boolean) =>
  isNew
    ? client.POST('/api/connections', { body: connection })
    : client.PUT('/api/connections/{id}', { params: { path: { id: connection.id } }, body: connection });
const storeKey = (id: string, value: string) =>
  client.PUT('/api/connections/{id}/key', { params: { path: { id } }, body: { value } });
const testOf = (id: string) => client.POST('/api/connections/{id}/test', { params: { path: { id } }, body: {} });

/** All settings of a connection, with a button that tests it. */
export function ConnectionForm({
  initial,
  saved,
  needsKey,
  onChanged = () => undefined,
}: {
  readonly initial: ConnectionDraft;
  /** The stored connection; undefined for a new one. */
  readonly saved?: ConnectionReply;
  readonly needsKey: boolean;
  readonly onChanged?: () => void;
}): ReactElement {
  const [stored, setStored] = useState(initial);
  const [key, setKey] = useState('');
  const [made, setMade] = useState<string>();
  const [failed, setFailed] = useState<{ readonly id: string; readonly test: ConnectionTest }>();
  const [isDeleting, setDeleting] = useState(false);
  const [note, setNote] = useState('');
  const save = useAction();
  const form = useForm(initial, { onChange: () => setNote('') });
  const { values: draft, errors } = form;
  const isNew = saved === undefined && made === undefined;

  const submit = (withTest: boolean): void => {
    const read = readDraft(draft);
    form.setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    save.run(async () => {
      const { connection } = read;
      await store(connection, isNew);
      setMade(connection.id);
      if (key !== '') await storeKey(connection.id, key);
      const test = withTest ? await testOf(connection.id) : undefined;
      // A new connection whose test fails is stored only after the user confirms it.
      if (saved === undefined && test?.isReachable === false) {
        setFailed({ id: connection.id, test });
        return;
      }
      setKey('');
      setStored(draft);
      setNote(test === undefined ? 'Saved.' : testNote(test));
      onChanged();
      if (saved === undefined) leaveSaved(() => navigate(connectionPath(connection.id)));
    });
  };
  const takeBack = (id: string): void =>
    save.run(async () => {
      await client.DELETE('/api/connections/{id}', { params: { path: { id } } });
      setMade(undefined);
      setFailed(undefined);
    });

  return (
    <>
      <Sheet
        permission="connection:write"
        save={save}
        verb="Save and test"
        busyVerb="Saving and testing…"
        hasErrors={Object.keys(errors).length > 0}
        note={note}
        onSubmit={() => submit(true)}
        actions={
          <>
            <button type="button" className="button" disabled={save.isBusy} onClick={() => submit(false)}>
              Save
            </button>
            {saved === undefined ? null : (
              <button type="button" className="button button-danger" onClick={() => setDeleting(true)}>
                Delete
              </button>
            )}
          </>
        }
      >
        <BasicFields form={form} isNew={isNew} />
        <KeyField
          value={key}
          source={saved?.key ?? 'none'}
          needsKey={needsKey || draft.kind !== 'openai-compatible'}
          isMoved={saved !== undefined && movesKey(saved, draft)}
          onChange={setKey}
          onRemove={
            saved?.key === 'vault'
              ? () =>
                  save.run(async () => {
                    await client.DELETE('/api/connections/{id}/key', { params: { path: { id: saved.id } } });
                    onChanged();
                  })
              : undefined
          }
        />
        {saved?.lastTest === undefined || save.isBusy ? null : <TestResult test={saved.lastTest} />}
        <ModelTable {...form.field('models')} found={saved?.lastTest?.models ?? []} errors={errors} />
        <PriceTable
          {...form.field('prices')}
          names={[...draft.models.map(({ name }) => name), ...(saved?.lastTest?.models ?? [])]}
          errors={errors}
        />
        <LimitFields form={form} />
      </Sheet>
      <LeaveGuard isChanged={key !== '' || JSON.stringify(draft) !== JSON.stringify(stored)} what="connection" />
      {failed === undefined ? null : (
        <KeepUntested
          name={draft.title.trim() === '' ? failed.id : draft.title.trim()}
          test={failed.test}
          problem={save.error}
          onKeep={() => leaveSaved(() => navigate(connectionPath(failed.id)))}
          onChange={() => takeBack(failed.id)}
        />
      )}
      {isDeleting && saved !== undefined ? (
        <Confirm
          title={`Delete ${saved.title === '' ? saved.id : saved.title}?`}
          verb="Delete connection"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await client.DELETE('/api/connections/{id}', { params: { path: { id: saved.id } } });
            leaveSaved(() => navigate('/connections'));
          }}
        >
          <p>
            The connection and its key are deleted permanently. Workflows that use its models show an error, and their
            runs fail there.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}

function testNote({ isReachable, ms, models }: ConnectionTest): string {
  return isReachable
    ? `Saved. The server answered in ${formatDuration(ms)}${models.length === 0 ? '' : ` and lists ${models.length} models`}.`
    : 'Saved. The test failed: see the error above.';
}
