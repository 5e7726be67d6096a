import type { ConsentReply, Permission } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { HeddleMark } from '../../ui/icons/HeddleMark.js';
import { Link } from '../../ui/navigation/Link.js';
import { useAddress } from '../../ui/navigation/route.js';
import { failureOf, rightText } from './consent-text.js';
import styles from './consent.module.css';

/** Asks the user whether a program may use Heddle on their behalf. */
export function ConsentPage(): ReactElement {
  const parameters = new URLSearchParams(useAddress().split('?')[1] ?? '');
  const request = parameters.get('request');
  return (
    <main className="center">
      {request === null ? <Over text={failureOf(parameters.get('failed') ?? '')} /> : <Consent id={request} />}
    </main>
  );
}

function Over({ text }: { readonly text: string }): ReactElement {
  return (
    <div className={styles['consent']}>
      <HeddleMark />
      <h1>The program is not connected</h1>
      <p>{text}</p>
      <Link href="/" className="button">
        Open Heddle
      </Link>
    </div>
  );
}

function Consent({ id }: { readonly id: string }): ReactElement {
  const { value: asked, error } = useGet('/api/consents/{id}', { params: { path: { id } } });
  if (error !== undefined && asked === undefined) return <Over text={error.message} />;
  if (asked === undefined) return <p className="quiet">Opening…</p>;
  if (asked.projects.length === 0)
    return <Over text={`${asked.client.name} asks for rights that you have in no project. Ask an owner for a role.`} />;
  return <Decision asked={asked} />;
}

function Decision({ asked }: { readonly asked: ConsentReply }): ReactElement {
  const [projectId, setProject] = useState(asked.projects[0]?.id ?? '');
  const held = asked.projects.find(({ id }) => id === projectId)?.permissions ?? [];
  const [chosen, setChosen] = useState<readonly Permission[]>(held);
  const permissions = chosen.filter((right) => held.includes(right));
  const action = useAction();
  const decide = (body: Parameters<typeof sendDecision>[1]): void => action.run(() => sendDecision(asked.id, body));
  const { name, goesTo, address } = asked.client;
  return (
    <form
      className={styles['consent']}
      aria-label="Connect a program"
      onSubmit={(event) => {
        event.preventDefault();
        decide({ decision: 'allow', project: projectId, permissions: [...permissions] });
      }}
    >
      <HeddleMark />
      <h1>Connect {name}?</h1>
      <p>
        The program acts for you, with the rights below while you have them. Disconnect it at any time in the settings,
        under API keys.
      </p>
      <dl>
        <dt className="quiet">You</dt>
        <dd>{asked.who}</dd>
        <dt className="quiet">{address === undefined ? 'The program says it is' : 'Described by'}</dt>
        <dd>{address ?? name}</dd>
        <dt className="quiet">The answer goes to</dt>
        <dd className="mono">{goesTo}</dd>
      </dl>
      {asked.projects.length > 1 ? (
        <SelectField
          title="Project"
          value={projectId}
          choices={asked.projects.map((project) => [project.id, project.name] as const)}
          onChange={(next) => {
            setProject(next);
            setChosen(asked.projects.find((project) => project.id === next)?.permissions ?? []);
          }}
        />
      ) : null}
      <fieldset className="choices">
        <legend className="quiet">It may</legend>
        <CheckList
          value={permissions}
          choices={held.map((right) => [right, rightText(right)] as const)}
          onChange={setChosen}
        />
      </fieldset>
      {action.error === undefined ? null : (
        <p className="failure" role="alert">
          {action.error.message}
        </p>
      )}
      <div className={styles['consent-buttons']}>
        <button type="submit" className="button button-primary" disabled={action.isBusy || permissions.length === 0}>
          Connect
        </button>
        <button type="button" className="button" disabled={action.isBusy} onClick={() => decide({ decision: 'deny' })}>
          Do not connect
        </button>
      </div>
    </form>
  );
}

/** Sends the decision, then redirects the browser to the program. */
async function sendDecision(
  id: string,
  body:
    | { readonly decision: 'allow'; readonly project: string; readonly permissions: Permission[] }
    | { readonly decision: 'deny' },
): Promise<void> {
  const { redirect } = await client.POST('/api/consents/{id}', { params: { path: { id } }, body });
  window.location.assign(redirect);
}
