import type { Role, ServiceReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { access } from '../../api/access.js';
import { Notice } from '../../frame/Notice.js';
import { Dialog } from '../../palette/Dialog.js';
import { Confirm } from '../Confirm.js';
import { TextField } from '../FormFields.js';
import { useLoaded } from '../home/use-loaded.js';
import { useAction } from '../use-action.js';
import { RoleFields } from './RoleFields.js';

/** Accounts of programs: their keys go on when the person who made them leaves. */
export function ServiceAccounts({ project }: { readonly project: string }): ReactElement | null {
  return useMay('user:manage') ? <Accounts project={project} /> : null;
}

function Accounts({ project }: { readonly project: string }): ReactElement {
  const { value: services, error, again } = useLoaded(access.services);
  const [isMaking, setMaking] = useState(false);
  const [removed, setRemoved] = useState<ServiceReply>();
  const removing = useAction();
  return (
    <section className="section" aria-labelledby="services">
      <div className="section-bar">
        <h2 id="services">Service accounts</h2>
        <button type="button" className="button button-small" onClick={() => setMaking(true)}>
          New service account
        </button>
      </div>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {services === undefined ? null : services.length === 0 ? (
        <p className="quiet">
          A program that outlives whoever set it up gets an account of its own. Its keys act for it, with its roles.
        </p>
      ) : (
        <ul className="rows">
          {services.map((service) => (
            <li key={service.id} className="row">
              <span className="row-main">
                <span className="row-title">{service.name}</span>
                <span className="quiet mono">service:{service.id}</span>
              </span>
              <button type="button" className="button button-small" onClick={() => setRemoved(service)}>
                Remove<span className="visually-hidden"> {service.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {isMaking ? (
        <NewService
          project={project}
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
          action={removing}
          onClose={() => setRemoved(undefined)}
          onConfirm={() =>
            removing.run(async () => {
              await access.removeService(removed.id);
              again();
              setRemoved(undefined);
            })
          }
        >
          <p>Its keys end at once, for good.</p>
        </Confirm>
      )}
    </section>
  );
}

function NewService({
  project,
  onMade,
  onClose,
}: {
  readonly project: string;
  readonly onMade: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['runner']);
  const action = useAction();
  return (
    <Dialog title="New service account" onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            await access.createService(project, { name, roles: [...roles] });
            onMade();
          });
        }}
      >
        <TextField title="Name" value={name} onChange={setName} isRequired isFirst />
        <RoleFields legend="Roles" roles={roles} onChange={setRoles} />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={action.isBusy || roles.length === 0}>
            Make account
          </button>
        </div>
      </form>
    </Dialog>
  );
}
