import type { ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { proposalPath } from '../../ui/navigation/route.js';

/** Open proposals of programs and models, for one workflow if it is given. Hidden if there are none. */
export function WaitingProposals({ workflow }: { readonly workflow?: string }): ReactElement | null {
  const may = useKnownMay('workflow:read') === true;
  return may ? <Proposals workflow={workflow} /> : null;
}

function Proposals({ workflow }: { readonly workflow: string | undefined }): ReactElement | null {
  const query = { open: 'true' as const, workflow };
  const { value } = useGet('/api/proposals', { params: { query } }, ({ proposals }) => proposals);
  const now = useNow(false);
  const waiting = value?.filter(({ isWorking }) => !isWorking) ?? [];
  if (waiting.length === 0) return null;
  return (
    <section className="section" aria-label="Proposals">
      <h2>Proposals</h2>
      <ul className="rows">
        {waiting.map(({ id, kind, title, authorName, madeAt }) => (
          <li key={id} className="row">
            <Link href={proposalPath(id)} className="row-title truncate">
              {title}
            </Link>
            <span className="quiet">
              {kind === 'publish' ? 'Publish' : 'Change to a draft'} · {authorName} · {formatAgo(madeAt, now)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
