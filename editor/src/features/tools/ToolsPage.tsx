import { Plus, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { useNow } from '../../ui/format/use-now.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Section } from '../../ui/states/Section.js';
import { Link } from '../../ui/navigation/Link.js';
import { IntegrationLayout } from '../integrations/index.js';
import { exampleToolServerPath, toolServerPath } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { useSignInReturn } from './sign-in-return.js';
import { ToolServerRow } from './ToolServerRow.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';

const everyMs = 5_000;

/** The tool servers with their states and open approvals. */
export function ToolsPage(): ReactElement {
  const servers = useGet('/api/tools/servers', {}, ({ servers }) => servers);
  useReloadInterval(servers.again, everyMs);
  const signIn = useSignInReturn(servers.again);
  const now = useNow(false);
  const mayRegister = useMay('tool:register');
  const list = servers.value;
  return (
    <IntegrationLayout
      page="tools"
      title="Tools"
      lead="Tool servers (MCP) for agents. A tool works after it is approved, until its definition changes."
      // An empty list shows the button in its centre.
      actions={!mayRegister || list?.length === 0 ? undefined : <Register />}
    >
      {signIn.isBusy ? <p className="quiet">Signing in…</p> : null}
      {signIn.error === undefined ? null : <Notice error={signIn.error} />}
      <Section
        title={list === undefined || list.length === 0 ? 'Servers' : `${list.length} registered`}
        loaded={servers}
        empty={
          <EmptyState
            Icon={Wrench}
            action={mayRegister ? <Register /> : undefined}
            example={
              mayRegister ? (
                <Link href={exampleToolServerPath} className="text-link">
                  Start from an example: files of a folder
                </Link>
              ) : undefined
            }
          >
            No tool servers yet. Agents can use search, workflows, code and a calculator without one. Register a server
            for files, tickets, calendars or anything else with MCP: by its address, or as a command on this machine.
          </EmptyState>
        }
      >
        {(all) => (
          <ul className="rows">
            {all.map((server) => (
              <ToolServerRow key={server.id} server={server} now={now} onChanged={servers.again} />
            ))}
          </ul>
        )}
      </Section>
    </IntegrationLayout>
  );
}

function Register(): ReactElement {
  return (
    <Link href={toolServerPath()} className="button button-primary">
      <Plus size={15} aria-hidden /> Register server
    </Link>
  );
}
