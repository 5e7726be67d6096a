import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { navigate } from '../../ui/navigation/route.js';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** Removes a server after a confirmation. */
export function RemoveServer({ id }: { readonly id: string }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <RemoveButton label={`Remove ${id}`} onClick={() => setAsking(true)} />
      {isAsking ? (
        <Confirm
          title={`Remove ${id}?`}
          verb="Remove server"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await client.DELETE('/api/tools/servers/{id}', { params: { path: { id } } });
            navigate('/tools');
          }}
        >
          <p>
            The server and all approvals of its tools are deleted permanently. Agents that use it show an error and
            fail.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
