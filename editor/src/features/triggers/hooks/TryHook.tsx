import type { HookReceived, HookReply, PortDescription } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { ApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { LinesField } from '../../../ui/fields/FormFields.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { exampleBody } from './hook-text.js';

/** Sends a test message to an incoming webhook, signed as its sender would sign it. */
export function TryHook({
  workflow,
  hook,
  ports,
  onClose,
}: {
  readonly workflow: string;
  readonly hook: HookReply;
  readonly ports: readonly PortDescription[];
  readonly onClose: () => void;
}): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(exampleBody(hook.inputs, ports), null, 2));
  const [received, setReceived] = useState<HookReceived>();
  const action = useAction();
  const send = (): void =>
    action.run(async () => {
      setReceived(undefined);
      setReceived(
        await client.POST('/api/workflows/{id}/hooks/{hook}/try', {
          params: { path: { id: workflow, hook: hook.id } },
          body: { body: parsed(text) },
        }),
      );
    });
  return (
    <Dialog title={`Try ${hook.name}`} onClose={onClose}>
      <form
        className="dialog-form dialog-wide"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <LinesField
          title="Message body, as JSON"
          rows={10}
          isCode
          value={text}
          help="The message is signed here and handled like any other. It starts a real run."
          onChange={setText}
        />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <p role="status">
          {received === undefined ? null : (
            <>
              A run started.{' '}
              <Link href={runPath(received.runId)} className="text-link">
                Open run
              </Link>
            </>
          )}
        </p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="button button-primary" disabled={action.isBusy}>
            Send
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError('bad_json', `The body is not valid JSON: ${error instanceof Error ? error.message : ''}.`, 0);
  }
}
