import { useEffect, useState, type ReactElement, type SyntheticEvent } from 'react';
import { toApiError } from '../../data/http/http.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { LinesField } from '../../ui/fields/FormFields.js';
import { useDocument, useSession } from '../session/index.js';
import { setOverlay } from '../view/index.js';
import { runTrial, wholeOutputs } from '../commands/index.js';

/** Edits the outputs of a node as text. A run can then continue from them, or they are pinned. */
export function EditOutput({ nodeId }: { readonly nodeId: string }): ReactElement {
  const session = useSession();
  const { view, runs } = session;
  const ports = useDocument((state) => state.compiled?.ports[nodeId]?.outputs);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>();
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<string>();
  const close = (): void => setOverlay(view, undefined);
  useEffect(() => {
    let isOver = false;
    const pinned = runs.trials.getState().pins[nodeId];
    (pinned === undefined ? wholeOutputs(session, nodeId) : Promise.resolve(pinned)).then(
      (outputs) => {
        if (!isOver)
          setTexts(
            Object.fromEntries(
              Object.entries(outputs ?? emptyOutputs(ports)).map(([port, value]) => [port, textOf(value)]),
            ),
          );
      },
      (error: unknown) => {
        if (!isOver) setFailure(toApiError(error).message);
      },
    );
    return () => {
      isOver = true;
    };
  }, [session, runs, nodeId, ports]);

  const submit = (event: SyntheticEvent<HTMLFormElement, SubmitEvent>): void => {
    event.preventDefault();
    const isPin = event.nativeEvent.submitter?.getAttribute('value') === 'pin';
    const read = readOutputs(texts ?? {}, (port) => ports?.find((candidate) => candidate.name === port)?.type);
    setErrors(read.errors);
    if (Object.keys(read.errors).length > 0) return;
    close();
    if (isPin) runs.trials.setState(({ pins }) => ({ pins: { ...pins, [nodeId]: read.outputs }, isOff: false }));
    else void runTrial(session.commands, { from: nodeId, pins: { [nodeId]: read.outputs } });
  };

  return (
    <Dialog title="Edit output" onClose={close}>
      <form className="dialog-form" onSubmit={submit}>
        {texts === undefined && failure === undefined ? <p className="quiet">Loading output…</p> : null}
        {failure === undefined ? null : <p className="field-error">{failure}</p>}
        {Object.entries(texts ?? {}).map(([port, text]) => (
          <LinesField
            key={port}
            title={port}
            value={text}
            rows={6}
            isCode
            error={errors[port]}
            onChange={(next) => setTexts((before) => ({ ...before, [port]: next }))}
          />
        ))}
        <p className="quiet">
          The earlier nodes keep their results; the following ones run again with this output. Clear a field to leave
          its port out.
        </p>
        <div className="request-actions">
          <button type="submit" value="continue" className="button button-primary" disabled={texts === undefined}>
            Continue from here
          </button>
          <button type="submit" value="pin" className="button" disabled={texts === undefined}>
            Pin
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function emptyOutputs(ports: readonly { readonly name: string }[] | undefined): Record<string, unknown> {
  return Object.fromEntries((ports ?? []).filter(({ name }) => name !== 'error').map(({ name }) => [name, '']));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');
}

/** Reads text ports as text and the others as JSON. Leaves out empty fields. */
function readOutputs(
  texts: Readonly<Record<string, string>>,
  typeOf: (port: string) => string | undefined,
): { readonly outputs: Record<string, unknown>; readonly errors: Record<string, string> } {
  const outputs: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const [port, text] of Object.entries(texts)) {
    if (text === '') continue;
    if (typeOf(port) === 'Text') {
      outputs[port] = text;
      continue;
    }
    try {
      outputs[port] = JSON.parse(text);
    } catch {
      // In a JSON port, a text without quotes is accepted unless it begins like JSON.
      if (typeOf(port) === 'Json' && !/^[\s]*[[{"]/.test(text)) outputs[port] = text;
      else errors[port] = 'This is not valid JSON. Texts need quotes.';
    }
  }
  return { outputs, errors };
}
