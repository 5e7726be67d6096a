import { Bot } from 'lucide-react';
import type { Role, ServiceReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { useNamedProject } from '../../../data/access/project-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { ListRow } from '../../../ui/tables/ListRow.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { RoleFields } from '../users/RoleFields.js';

/** Accounts for programs. Their keys still work after the person who created them has left. */
export function ServiceAccounts(): ReactElement | null {
  return useMay('user:manage') ? <Accounts /> : null;
}

function Accounts(): ReactElement {
  const loaded = useGet('/api/services', {}, ({ services }) => services);
  const { again } = loaded;
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<ServiceReply>();
  return (
    <section className="section" aria-labelledby="services">
      <div className="section-bar">
        <h2 id="services">Service accounts</h2>
        <button type="button" className="button button-small" onClick={() => setMaking(true)}>
          New service account
        </button>
      </div>
      <WhenLoaded
        loaded={loaded}
        empty={
          <EmptyState
            Icon={Bot}
            action={
              <button type="button" className="button button-small" onClick={() => setMaking(true)}>
                Create the first service account
              </button>
            }
          >
            No service accounts yet. A service account belongs to a program, so its keys keep working when a person
            leaves.
          </EmptyState>
        }
      >
        {(services) => (
          <ul className="rows">
            {services.map((service) => (
              <ListRow key={service.id} title={service.name} facts={<span className="mono">service:{service.id}</span>}>
                <RowButton title="Remove" what={service.name} run={() => setRemoved(service)} />
              </ListRow>
            ))}
          </ul>
        )}
      </WhenLoaded>
      {isMaking ? (
        <NewService
          onClose={() => setMaking(false)}
          onMade={() => {
            again();
            setMaking(false);
          }}
        />
      ) : null}
      {removed === undefined ? null : (
        <Confirm
          title={`Remove “${removed.name}”?`}
          verb="Remove account"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/services/{id}', { params: { path: { id: removed.id } } });
            again();
            setRemoved(undefined);
          }}
        >
          <p>Its keys stop working at once and cannot be restored.</p>
        </Confirm>
      )}
    </section>
  );
}

function NewService({ onMade, onClose }: { readonly onMade: () => void; readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['runner']);
  const project = useNamedProject();
  return (
    <FormDialog
      title="New service account"
      verb="Create account"
      isDisabled={roles.length === 0}
      onClose={onClose}
      onSubmit={async () => {
        await client.POST('/api/services', { body: { name, roles: [...roles] } });
        onMade();
      }}
    >
      <TextField title="Name" value={name} onChange={setName} isRequired isFirst />
      <RoleFields
        legend={project === undefined ? 'Roles' : `Roles in ${project.name}`}
        roles={roles}
        onChange={setRoles}
      />
    </FormDialog>
  );
}
