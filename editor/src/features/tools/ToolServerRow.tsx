import clsx from 'clsx';
import type { ToolServerSummary, ToolServerTest } from '@heddle/core';
import { Globe, SquareTerminal } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { Link } from '../../ui/navigation/Link.js';
import { toolServerPath } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { SignInButton } from './SignInButton.js';
import { ToolTestResult } from './ToolTestResult.js';
import { countsText, stateOf } from './tool-text.js';
import styles from './tools.module.css';

/** A tool server with its location, state and open approvals. */
export function ToolServerRow({
  server,
  now,
  onChanged,
}: {
  readonly server: ToolServerSummary;
  readonly now: number;
  readonly onChanged: () => void;
}): ReactElement {
  const test = useAction();
  const signIn = useAction();
  const [tested, setTested] = useState<ToolServerTest>();
  const { id, title, kind, place: location, clearance, tools, activity } = server;
  const name = title === '' ? id : title;
  const state = stateOf(server, now);
  const Icon = kind === 'http' ? Globe : SquareTerminal;
  const waiting = (tools.new ?? 0) + (tools.changed ?? 0);
  return (
    <li className="connection">
      <div className="fills grid gap-4">
        <Link href={toolServerPath(id)} className="connection-name aligned-inline">
          <Icon size={16} aria-hidden className="quiet" />
          <span>{name}</span>
          {name === id ? null : <span className="mono quiet">{id}</span>}
        </Link>
        <p className="connection-facts aligned-wrapped quiet">
          <span>{kind === 'http' ? 'URL' : 'Command'}</span>
          {location === '' ? null : <span className="mono">{location}</span>}
          <span>{countsText(server)}</span>
        </p>
        <p className="connection-standing aligned-wrapped">
          <span className="row-dot" data-status={test.isBusy ? 'running' : state.status} />
          {test.isBusy ? 'Testing: connects and lists the tools…' : state.text}
          {activity.inFlight === 0 ? null : <span className="quiet figure">{activity.inFlight} active</span>}
        </p>
        {activity.problem === undefined || tested !== undefined || server.signIn?.isNeeded === true ? null : (
          <p className={clsx('quiet', styles['tool-problem'])}>{activity.problem}</p>
        )}
        {tested === undefined || test.isBusy ? null : <ToolTestResult test={tested} />}
        {test.error === undefined ? null : <Notice error={test.error} />}
        {signIn.error === undefined ? null : <Notice error={signIn.error} />}
      </div>
      <div className="connection-side aligned">
        <LabelMark level={clearance} title={`Clearance: data above ${clearance} is not sent`} />
        <SignInButton server={server} action={signIn} onChanged={onChanged} />
        <IfMay permission="tool:approve">
          <button
            type="button"
            className="button"
            disabled={test.isBusy}
            aria-label={`Test ${name}`}
            onClick={() =>
              test.run(async () => {
                setTested(await client.POST('/api/tools/servers/{id}/test', { params: { path: { id } } }));
                onChanged();
              })
            }
          >
            Test
          </button>
          {waiting === 0 ? null : (
            <Link href={toolServerPath(id)} className="button button-primary">
              Review {waiting}
            </Link>
          )}
        </IfMay>
      </div>
    </li>
  );
}
