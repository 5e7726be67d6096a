import type { Role, ServiceReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { useNamedProject } from '../../access/project-store.js';
import { access } from '../../api/access.js';
import { Notice } from '../../frame/Notice.js';
import { Confirm } from '../Confirm.js';
import { FormDialog } from '../FormDialog.js';
import { TextField } from '../FormFields.js';
import { useLoaded } from '../home/use-loaded.js';
import { useAction } from '../use-action.js';
import { RoleFields } from './RoleFields.js';

/** Accounts of programs: their keys go on when the person who made them leaves. */
export function ServiceAccounts(): ReactElement | null {
  return useMay('user:manage') ? <Accounts /> : null;
}

function Accounts(): ReactElement {
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

function NewService({ onMade, onClose }: { readonly onMade: () => void; readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(['runner']);
  const project = useNamedProject();
  const action = useAction();
  return (
    <FormDialog
      title="New service account"
      verb="Make account"
      action={action}
      isHeld={roles.length === 0}
      onClose={onClose}
      onSubmit={async () => {
        await access.createService({ name, roles: [...roles] });
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
