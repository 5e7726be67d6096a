import { Cable, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { useGet } from '../../data/queries/use-get.js';
import { useNow } from '../../ui/format/use-now.js';
import { ConnectionRow } from './ConnectionRow.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Section } from '../../ui/states/Section.js';
import { Link } from '../../ui/navigation/Link.js';
import { IntegrationLayout } from '../integrations/index.js';
import { connectionPath, newConnectionPath } from '../../ui/navigation/route.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';

const everyMs = 5_000;

/** The list of connections with their states. Each can be tested. */
export function ConnectionsPage(): ReactElement {
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  useReloadInterval(connections.again, everyMs);
  const now = useNow(false);
  const list = connections.value;
  return (
    <IntegrationLayout
      page="connections"
      title="Connections"
      lead="Model providers and your own model servers."
      // An empty list shows the button in its centre.
      actions={list?.length === 0 ? undefined : <AddConnection />}
    >
      <Section
        title={
          list === undefined || list.length === 0
            ? 'Connections'
            : list.length === 1
              ? '1 connection'
              : `${list.length} connections`
        }
        loaded={connections}
        empty={
          <EmptyState
            Icon={Cable}
            action={<AddConnection />}
            example={
              <IfMay permission="connection:write">
                <Link href={newConnectionPath('OpenAI')} className="text-link">
                  Connect OpenAI
                </Link>
              </IfMay>
            }
          >
            No connections yet. Add a connection to use frontier models or a larger server of your own. Each connection
            has a clearance that limits which data it may receive.
          </EmptyState>
        }
      >
        {(all) => (
          <ul className="rows">
            {all.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} now={now} onChanged={connections.again} />
            ))}
          </ul>
        )}
      </Section>
    </IntegrationLayout>
  );
}

function AddConnection(): ReactElement {
  return (
    <IfMay permission="connection:write">
      <Link href={connectionPath()} className="button button-primary">
        <Plus size={15} aria-hidden /> Add connection
      </Link>
    </IfMay>
  );
}
