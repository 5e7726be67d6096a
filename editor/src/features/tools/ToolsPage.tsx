import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { useNow } from '../../ui/format/use-now.js';
import { Section } from '../../ui/states/Section.js';
import { Link } from '../../ui/navigation/Link.js';
import { IntegrationLayout } from '../integrations/index.js';
import { toolServerPath } from '../../ui/navigation/route.js';
import { Notice } from '../../ui/states/Notice.js';
import { useSignInReturn } from './sign-in-return.js';
import { ToolServerRow } from './ToolServerRow.js';
import { useAgain } from '../../data/queries/use-again.js';

const everyMs = 5_000;

/** The tool servers with their state and open approvals. */
export function ToolsPage(): ReactElement {
  const servers = useGet('/api/tools/servers', {}, ({ servers }) => servers);
  useAgain(servers.again, everyMs);
  const signIn = useSignInReturn(servers.again);
  const now = useNow(false);
  const mayRegister = useMay('tool:register');
  const list = servers.value;
  return (
    <IntegrationLayout
      page="tools"
      title="Tools"
      lead="Tool servers (MCP) for agents. A tool works after it is approved, until its definition changes."
      actions={
        !mayRegister ? null : (
          <Link href={toolServerPath()} className="button button-primary">
            <Plus size={15} aria-hidden /> Register server
          </Link>
        )
      }
    >
      {signIn.isBusy ? <p className="quiet">Signing in…</p> : null}
      {signIn.error === undefined ? null : <Notice error={signIn.error} />}
      <Section
        title={list === undefined || list.length === 0 ? 'Servers' : `${list.length} registered`}
        loaded={servers}
        empty={
          <>
            No tool servers yet. Agents can use search, workflows, code and a calculator without one. Register a server
            for files, tickets, calendars or anything else with MCP: by its address, or as a command on this machine.
          </>
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
