import { Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { toolServers } from '../../api/tools.js';
import { Confirm } from '../Confirm.js';
import { navigate } from '../route.js';

/** Removes a server after asking. */
export function RemoveServer({ id }: { readonly id: string }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className="icon-button" aria-label={`Remove ${id}`} onClick={() => setAsking(true)}>
        <Trash2 size={15} aria-hidden />
      </button>
      {isAsking ? (
        <Confirm
          title={`Remove ${id}?`}
          verb="Remove server"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await toolServers.remove(id);
            navigate('/tools');
          }}
        >
          <p>
            The server and every approval of its tools are gone for good. Agents that name it say so, and fail there.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
