import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { IfMay } from '../access/IfMay.js';
import { portfolio } from '../api/portfolio.js';
import { useNow } from '../run/use-now.js';
import { ConnectionRow } from './connections/ConnectionRow.js';
import { Section } from './home/Section.js';
import { useLoaded } from './home/use-loaded.js';
import { Link } from './Link.js';
import { PlacePage } from './portfolio/PlacePage.js';
import { connectionPath } from './route.js';
import { useAgain } from './use-again.js';

const everyMs = 5_000;

/** Every way to a provider, how it stands, and a test with one click. */
export function ConnectionsPage(): ReactElement {
  const connections = useLoaded(portfolio.connections);
  useAgain(connections.again, everyMs);
  const now = useNow(false);
  const list = connections.value;
  return (
    <PlacePage
      page="connections"
      title="Connections"
      lead="Ways to models on other machines: providers, and servers of your own."
      actions={
        <IfMay permission="connection:write">
          <Link href={connectionPath()} className="button button-primary">
            <Plus size={15} aria-hidden /> Add a connection
          </Link>
        </IfMay>
      }
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
          <>
            Heddle works on this machine alone. Add a connection where a frontier model pays, or where your own server
            has more room: each has a ceiling that says which data may go there.
          </>
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
    </PlacePage>
  );
}
