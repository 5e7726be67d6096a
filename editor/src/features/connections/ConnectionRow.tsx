import type { ConnectionReply } from '@heddle/core';
import { Laptop, Cloud } from 'lucide-react';
import type { ReactElement } from 'react';
import { providerOf } from '../../ui/icons/makers.js';
import { MakerMark } from '../../ui/icons/ModelMark.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { Link } from '../../ui/navigation/Link.js';
import { connectionPath } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { keyText, kindText, hostOf, standingOf } from './connection-text.js';
import { TestResult } from './TestResult.js';

/** One connection: its address, clearance and state. */
export function ConnectionRow({
  connection,
  now,
  onChanged,
}: {
  readonly connection: ConnectionReply;
  readonly now: number;
  readonly onChanged: () => void;
}): ReactElement {
  const test = useAction();
  const { id, title, kind, region, clearance, isLocal, activity, lastTest } = connection;
  const name = title === '' ? id : title;
  const standing = standingOf(connection, now);
  const host = hostOf(connection);
  // Only users who may test connections see the result of the test. For others it is unknown, so "untested" would be wrong.
  const isShown = useKnownMay('connection:write') === true || standing.isUntested !== true;
  const HostIcon = isLocal ? Laptop : Cloud;
  const provider = providerOf(connection.preset, kind);
  const run = (): void =>
    test.run(async () => {
      await client.POST('/api/connections/{id}/test', { params: { path: { id } }, body: {} });
      onChanged();
    });
  return (
    <li className="connection">
      <div className="fills grid gap-4">
        <Link href={connectionPath(id)} className="connection-name aligned-inline">
          {provider === undefined ? (
            <HostIcon size={16} aria-hidden className="quiet" />
          ) : (
            <MakerMark maker={provider} />
          )}
          <span>{name}</span>
          {name === id ? null : <span className="mono quiet">{id}</span>}
        </Link>
        <p className="connection-facts aligned-wrapped quiet">
          <span>{kindText[kind]}</span>
          {host === undefined ? null : <span>{host}</span>}
          {region === undefined ? null : <span>{region}</span>}
          <span>{isLocal ? 'Own' : 'Remote'}</span>
          <span>{keyText[connection.key]}</span>
        </p>
        <p className="connection-standing aligned-wrapped">
          {isShown ? (
            <>
              <span className="row-dot" data-status={test.isBusy ? 'running' : standing.status} />
              {test.isBusy ? 'Testing: lists the models and requests a one-word reply…' : standing.text}
            </>
          ) : null}
          {activity.inFlight + activity.waiting === 0 ? null : (
            <span className="quiet figure">
              {activity.inFlight} active{activity.waiting === 0 ? '' : `, ${activity.waiting} waiting`}
            </span>
          )}
        </p>
        {test.isBusy || lastTest === undefined ? null : <TestResult test={lastTest} />}
        {test.error === undefined ? null : <Notice error={test.error} />}
      </div>
      <div className="connection-side aligned">
        <LabelMark level={clearance} title={`Clearance: data above ${clearance} is not sent`} />
        <IfMay permission="connection:write">
          <button type="button" className="button" disabled={test.isBusy} onClick={run} aria-label={`Test ${name}`}>
            Test
          </button>
        </IfMay>
      </div>
    </li>
  );
}
